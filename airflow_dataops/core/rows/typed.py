"""Texts as Python's values of a type, by the same rules that the engines keep (`lexical.py`)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.core.contract.written import translation
from airflow_dataops.core.rows.lexical import iso

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.contract.model import ColumnType

Typed = str | int | float | bool | Decimal | datetime | date | time

LOWEST, HIGHEST = -(2**63), 2**63 - 1

WHOLE = re.compile(r"([+-]?)0*+([0-9]*)(\.0*)?")
"""A number that is an integer, with its digits apart: none of 0."""

ZERO = re.compile(r"[^1-9eE]*([eE].*)?")
"""A number that is 0."""


def typed(text: str, column_type: ColumnType) -> Typed | None:
    """Return the value of a text in a type, or None when it has none.

    Numbers with a precision are decimals, instants are in UTC.
    """
    return reader(column_type)(text)


@cache
def reader(column_type: ColumnType) -> Callable[[str], Typed | None]:
    """Return what reads texts as values of a type, as `typed` does."""
    in_iso, read = re.compile(iso(column_type)).fullmatch, READERS[column_type.logical]
    form = column_type.written.format
    translated = translation(form, column_type.logical).iso if form else None

    def value(text: str) -> Typed | None:
        found = text if translated is None else translated(text)
        if found is None or in_iso(found) is None:
            return None
        try:
            return read(found, column_type)
        except (ValueError, OverflowError):
            return None

    return value


def _integer(text: str, column_type: ColumnType) -> int | None:
    sign, digits = text[:1].strip("0123456789"), text.lstrip("+-").lstrip("0")
    found = int(f"{sign}{digits or 0}")  # Python refuses thousands of digits, also where they are zeros
    return found if column_type.precision is not None or LOWEST <= found <= HIGHEST else None


def _number(text: str, column_type: ColumnType) -> Decimal | float | None:
    if column_type.precision is not None:
        return Decimal(text)
    found = float(text)
    if not isfinite(found) or (found == 0 and not ZERO.fullmatch(text)):
        return None
    whole = WHOLE.fullmatch(text)
    return found if whole is None or int(f"{whole[1]}{whole[2] or 0}") == found else None


def _instant(text: str, column_type: ColumnType) -> datetime | None:
    found = datetime.fromisoformat(text)
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    if not column_type.written.zone:
        return found.replace(tzinfo=UTC)
    zone = ZoneInfo(column_type.written.zone)
    instant = found.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return instant if instant.astimezone(zone).replace(tzinfo=None) == found else None


READERS: dict[LogicalType, Callable[[str, ColumnType], Typed | None]] = {
    LogicalType.STRING: lambda text, _: text,
    LogicalType.INTEGER: _integer,
    LogicalType.NUMBER: _number,
    LogicalType.BOOLEAN: lambda text, _: text.lower() in {"true", "1"},
    LogicalType.DATE: lambda text, _: date.fromisoformat(text),
    LogicalType.TIMESTAMP: _instant,
    LogicalType.TIME: lambda text, _: time.fromisoformat(text),
}
"""Logical type -> the value of a text that is written as its values are."""
