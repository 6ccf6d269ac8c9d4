"""How a value of a contract's type is held in SQLite, so that it compares there as what it is.

SQLite has integers of 64 bits, doubles and texts. A decimal of few digits is the integer of its digits, one
of many a text that sorts as the number does; so is a day, an instant in UTC, or a time of day.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Context, Decimal, Inexact
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import LogicalType

if TYPE_CHECKING:
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.core.rows.typed import Typed

Stored = int | float | str

MOST_DIGITS = 18
"""So many digits are an integer of 64 bits, whichever they are."""

ABOVE = 10**38
"""What is added to the digits of a wide decimal, so that none has a sign and all have one more digit."""

EXACTLY = Context(prec=400, traps=[Inexact])
"""Digits of any double, and of any decimal."""


def as_wide(number: int) -> str:
    """Return the text of an integer of at most 38 digits."""
    return f"{number + ABOVE:039d}"


def as_number(text: str) -> int:
    """Return the integer whose text `as_wide` made."""
    return int(text) - ABOVE


def is_decimal(column_type: ColumnType) -> bool:
    """Say whether values of a type are decimals."""
    return column_type.precision is not None


def is_wide(column_type: ColumnType) -> bool:
    """Say whether values of a type are decimals that are held as texts."""
    return (column_type.precision or 0) > MOST_DIGITS


def as_decimal(number: Decimal, column_type: ColumnType) -> int | str | None:
    """Return a number in a decimal type; None where it has too many digits."""
    try:
        digits = EXACTLY.to_integral_exact(EXACTLY.scaleb(number, column_type.scale or 0))
    except Inexact:
        return None
    found = int(digits)
    if abs(found) >= 10 ** (column_type.precision or 0):
        return None
    return as_wide(found) if is_wide(column_type) else found


def declared(column_type: ColumnType) -> str:
    """Return the type that a column of values is declared as."""
    return DECLARED.get(column_type.logical, "TEXT")


def stored(value: Typed, column_type: ColumnType) -> Stored | None:
    """Return a value of a type as it is held."""
    if is_decimal(column_type):
        return as_decimal(Decimal(value), column_type)  # type: ignore[arg-type]
    match value:
        case bool():
            return int(value)
        case datetime():
            return value.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec="microseconds")
        case _:
            return value  # type: ignore[return-value]


DECLARED = {
    LogicalType.INTEGER: "INTEGER",
    LogicalType.NUMBER: "NUMERIC",
    LogicalType.BOOLEAN: "INTEGER",
}
"""What is no text in a column -> the type that makes its values what they are."""

DUCKDB_TYPES: dict[str, LogicalType] = {
    "BIGINT": LogicalType.INTEGER,
    "DOUBLE": LogicalType.NUMBER,
    "BOOLEAN": LogicalType.BOOLEAN,
    "DATE": LogicalType.DATE,
    "TIMESTAMPTZ": LogicalType.TIMESTAMP,
    "TIME": LogicalType.TIME,
}
"""What sqlglot calls a type of DuckDB -> the type of a contract whose values it has there."""
