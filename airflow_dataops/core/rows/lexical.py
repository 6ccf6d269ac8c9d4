"""Which texts are values of a type. Nothing is trimmed, rounded or guessed.

Sources: XML Schema part 2 (integer, decimal, double, boolean, date, time, dateTime) and ISO 8601. Where they
leave a choice: a timestamp may have a blank for its `T`, no seconds, and at most six digits of a second
(zeros behind them don't count); without an offset it is UTC, or of the zone that the contract names: a local
time that the zone skips is none, one that it has twice is the later. A time of day is so, too, without an
offset; 24:00 and a leap second are none. NaN and infinity are no numbers, and a decimal has no
exponent. A text also has to be in the range of the type: an integer of 64 bits, a double that is finite, a
day that the calendar has; an instant is in the years 1 to 9999 of UTC, after its offset is applied. A double
is the one nearest to the text; a text that is an integer must be it exactly, and only a zero may be 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.core.contract.written import translation

if TYPE_CHECKING:
    from airflow_dataops.core.contract.model import ColumnType

INTEGER = r"[+-]?[0-9]+"
NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
BOOLEAN = r"([tT][rR][uU][eE]|[fF][aA][lL][sS][eE]|1|0)"
"""Letter by letter: a flag would take the long s, too."""
DATE = r"(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6}0*)?)?"
OFFSET = r"Z|[+-](0[0-9]|1[0-3]):?[0-5][0-9]|[+-](0[0-9]|1[0-4])(:?00)?"
ENDS_IN_OFFSET = r":[0-9.:]*(Z|[+-][0-9:]+)$"
"""What is found in a timestamp in ISO 8601 that has an offset."""

PATTERNS: dict[LogicalType, str] = {
    LogicalType.STRING: r"(?s:.*)",
    LogicalType.INTEGER: INTEGER,
    LogicalType.NUMBER: NUMBER,
    LogicalType.BOOLEAN: BOOLEAN,
    LogicalType.DATE: DATE,
    LogicalType.TIMESTAMP: rf"{DATE}[T ]{TIME}({OFFSET})?",
    LogicalType.TIME: TIME,
}
"""Logical type -> the pattern (RE2 and Python's `re` read it alike) that the whole text must match."""


def lexical(column_type: ColumnType) -> str:
    """Return the pattern that the whole text of a value must match."""
    if column_type.written.format:
        return translation(column_type.written.format, column_type.logical).pattern
    return iso(column_type)


def iso(column_type: ColumnType) -> str:
    """Return the pattern that the whole text of a value must match when it is in ISO 8601."""
    offset = column_type.written.offset
    if column_type.logical is LogicalType.TIMESTAMP and offset is not None:
        return rf"{DATE}[T ]{TIME}({OFFSET})" if offset else rf"{DATE}[T ]{TIME}"
    if column_type.precision is None:
        return PATTERNS[column_type.logical]
    scale = column_type.scale or 0
    whole = _digits(column_type.precision - scale)
    if column_type.logical is LogicalType.INTEGER:
        return rf"[+-]?{whole}"
    return rf"[+-]?({whole}(\.[0-9]{{0,{scale}}}0*)?|\.{_fraction(scale)})"


def _digits(count: int) -> str:
    return rf"0*[0-9]{{1,{count}}}" if count else "0+"


def _fraction(count: int) -> str:
    return rf"[0-9]{{1,{count}}}0*" if count else "0+"
