"""The contract's types as MariaDB spells them, for its casts and its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import NESTED, LogicalType

if TYPE_CHECKING:
    from airflow_dataops.core.contract.model import ColumnType

NAMES: dict[LogicalType, str] = {
    LogicalType.STRING: "char",
    LogicalType.INTEGER: "signed",
    LogicalType.NUMBER: "double",
    LogicalType.BOOLEAN: "signed",
    LogicalType.DATE: "date",
    LogicalType.TIMESTAMP: "datetime(6)",
    LogicalType.TIME: "time(6)",
    **dict.fromkeys(NESTED, "char"),
}
"""Logical type -> the type that its values are cast to; a number with a precision is a decimal."""


COLUMNS = NAMES | {
    LogicalType.STRING: "longtext",
    LogicalType.INTEGER: "bigint",
    LogicalType.BOOLEAN: "boolean",
    **dict.fromkeys(NESTED, "longtext"),
}
"""Logical type -> the type of a column of its values."""


def column_type(column: ColumnType) -> str:
    """Return the type of a column of values, such as `bigint`."""
    return mariadb_type(column) if column.precision is not None else COLUMNS[column.logical]


def mariadb_type(column: ColumnType) -> str:
    """Return the type of a column's values, such as `decimal(10,2)`; instants are in UTC."""
    if column.precision is not None:
        return f"decimal({column.precision},{column.scale or 0})"
    return NAMES[column.logical]
