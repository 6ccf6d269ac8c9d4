"""The types that a contract can give a column."""

from __future__ import annotations

from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.core.contract.written import Written
from airflow_dataops.testing.texts import WRITTEN

KINDS: tuple[ColumnType, ...] = (
    *(ColumnType(logical) for logical in WRITTEN),
    *(ColumnType(LogicalType.NUMBER, *digits) for digits in ((12, 2), (2, 2), (38, 0), (38, 10), (38, 38))),
    *(ColumnType(LogicalType.INTEGER, digits, 0) for digits in (5, 20, 38)),
    ColumnType(LogicalType.DATE, written=Written("d.M.yyyy")),
    ColumnType(LogicalType.TIME, written=Written("HHmm")),
    ColumnType(LogicalType.TIMESTAMP, written=Written(offset=True)),
    ColumnType(LogicalType.TIMESTAMP, written=Written(offset=False)),
    ColumnType(LogicalType.TIMESTAMP, written=Written("yyyy-MM-dd HH:mm", zone="Europe/Berlin")),
    *(
        ColumnType(LogicalType.TIMESTAMP, written=Written(zone=zone))
        for zone in ("Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kathmandu", "Africa/Monrovia")
    ),
)
"""The types that a contract can give a column."""

INTEGER = ColumnType(LogicalType.INTEGER)
NUMERIC = (LogicalType.INTEGER, LogicalType.NUMBER)


NATURAL: dict[str, tuple[ColumnType, ...]] = {
    **dict.fromkeys(
        ("int16", "int32", "int64"),
        (*(ColumnType(logical) for logical in NUMERIC), *(k for k in KINDS if k.precision is not None)),
    ),
    **dict.fromkeys(("float32", "float64"), (ColumnType(LogicalType.NUMBER),)),
    "decimal(12,2)": tuple(kind for kind in KINDS if kind.logical is LogicalType.NUMBER),
    # A text with more digits than a double has is rounded to one, a decimal isn't: see lexical.py.
    **dict.fromkeys(
        ("decimal(38,0)", "decimal(38,10)"),
        tuple(kind for kind in KINDS if kind.logical is LogicalType.NUMBER and kind.precision is not None),
    ),
    "boolean": (ColumnType(LogicalType.BOOLEAN),),
    "date": (ColumnType(LogicalType.DATE),),
    "time": (ColumnType(LogicalType.TIME),),
    "local": tuple(
        kind for kind in KINDS if kind.logical is LogicalType.TIMESTAMP and not kind.written.format
    ),
    "instant": (
        ColumnType(LogicalType.TIMESTAMP),
        ColumnType(LogicalType.TIMESTAMP, written=Written(offset=True)),
    ),
}
"""Type of a column -> the contract's types in which its values are what their texts are."""
