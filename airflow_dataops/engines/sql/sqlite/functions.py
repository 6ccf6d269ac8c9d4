"""Functions that a session in SQLite gets from us, for what SQLite can't say exactly itself.

Each is a pure function of its arguments, and never raises.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING

import re2

from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.core.contract.written import Written
from airflow_dataops.core.rows.typed import reader
from airflow_dataops.engines.sql.agreement import letters
from airflow_dataops.engines.sql.reading import EXACT
from airflow_dataops.engines.sql.sqlite.names import (
    DIGITS,
    EXACTLY,
    FOUND,
    LENGTH,
    LOWER,
    REST,
    TEXT,
    UPPER,
    VALUE,
)
from airflow_dataops.engines.sql.sqlite.stored import EXACTLY as CONTEXT
from airflow_dataops.engines.sql.sqlite.stored import as_decimal, as_number, as_wide, stored

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from re2 import _Regexp

    from airflow_dataops.engines.sql.sqlite.stored import Stored

Unread = re2.error
"""What RE2 says of a pattern that it doesn't read."""

PATTERNS = 256
"""Compiled patterns that are kept."""

OPTIONS: dict[bool | None, str] = {None: "", False: "-", True: "+"}


def key_of(column_type: ColumnType) -> str:
    """Return a type as one text, which the functions take."""
    digits = "" if column_type.precision is None else f"{column_type.precision},{column_type.scale or 0}"
    written = column_type.written
    return "|".join((column_type.logical, digits, OPTIONS[written.offset], written.zone, written.format))


@lru_cache
def type_of(key: str) -> ColumnType:
    """Return the type of a text that `key_of` made."""
    logical, digits, sign, zone, form = key.split("|", 4)
    precision, _, scale = digits.partition(",")
    offset = next(known for known, text in OPTIONS.items() if text == sign)
    return ColumnType(
        LogicalType(logical),
        int(precision) if digits else None,
        int(scale) if digits else None,
        Written(form, zone, offset),
    )


@lru_cache
def _reads(key: str) -> Callable[[str], Stored | None]:
    column_type = type_of(key)
    read = reader(column_type)

    def value(text: str) -> Stored | None:
        found = read(text)
        return None if found is None else stored(found, column_type)

    return value


def value(text: str, key: str) -> Stored | None:
    """Return the value of a text in a type, as it is stored; None where it has none."""
    return _reads(key)(text)


def exactly(number: float, key: str) -> Stored | None:
    """Return a number of SQLite in a decimal type; None where it isn't of it.

    A fraction is the shortest that is read as the same double, a big double the integer that it is.
    """
    if not isfinite(number):
        return None
    whole = isinstance(number, int) or abs(number) >= EXACT
    return as_decimal(Decimal(number) if whole else Decimal(repr(number)), type_of(key))


def text(number: float) -> str:
    """Return the text of a double: the shortest that is read as it, as DuckDB writes it."""
    return repr(number)


def length(found: str) -> int:
    """Return how many code points a text has."""
    return len(found)


@lru_cache(maxsize=PATTERNS)
def compiled(pattern: str) -> _Regexp[str]:
    """Return a compiled pattern.

    Raises:
        re2.error: If RE2 doesn't read it.
    """
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def found(searched: str, pattern: str) -> bool:
    """Return whether a pattern is found in a text."""
    # As bytes, for where it was found in a text would be counted in characters, which takes twice the time.
    return compiled(pattern).search(searched.encode()) is not None


def rest(dividend: str, divisor: str) -> str:
    """Return what is left of a wide decimal when it is divided by another, without its sign."""
    return as_wide(as_number(dividend) % as_number(divisor))


def digits(held: int | str, scale: int) -> str:
    """Return a decimal as people write it: `-0.50` for the -50 of two digits behind the point."""
    number = as_number(held) if isinstance(held, str) else held
    return f"{Decimal(number).scaleb(-scale, CONTEXT):f}"


def lower(found: str) -> str:
    """Return a text in lower case, sign by sign, as DuckDB does."""
    return found.lower() if found.isascii() else "".join(map(letters.lower, found))


def upper(found: str) -> str:
    """Return a text in upper case, sign by sign, as DuckDB does."""
    return found.upper() if found.isascii() else "".join(map(letters.upper, found))


FUNCTIONS: dict[str, tuple[int, Callable[..., Stored | None]]] = {
    VALUE: (2, value),
    EXACTLY: (2, exactly),
    TEXT: (1, text),
    LENGTH: (1, length),
    LOWER: (1, lower),
    UPPER: (1, upper),
    FOUND: (2, found),
    REST: (2, rest),
    DIGITS: (2, digits),
}
"""Name -> how many arguments it takes, and what it does. Null in any of them is null without a call."""


def register(connection: sqlite3.Connection) -> None:
    """Make the functions known to a connection."""
    for name, (arguments, function) in FUNCTIONS.items():
        connection.create_function(name, arguments, _of_null(function), deterministic=True)


def _of_null(function: Callable[..., Stored | None]) -> Callable[..., Stored | None]:
    return lambda *values: None if None in values else function(*values)
