"""The kinds of values that SQL rules reckon with, as far as databases agree about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import NESTED, LogicalType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.contract.model import ColumnType

EXACT = 15
"""Digits that a double always keeps."""


class Differs(Exception):  # noqa: N818 - it is no error of ours: it says where databases part
    """Why a part of a rule means something else in another database, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of values.

    Args:
        name: What it is called.
        digits: Of numbers that are exact: how many digits they have at most.
        scale: How many of these are behind the point.
    """

    name: str
    digits: int = 0
    scale: int = 0

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    def is_like(self, other: Kind) -> bool:
        """Say whether values of both are held in the same way."""
        return (self.name, self.scale) == (other.name, other.scale)

    def within(self, kinds: Iterable[Kind]) -> bool:
        """Say whether it is one of these, whatever its digits."""
        return any(self.name == kind.name for kind in kinds)


NULL = Kind("null")
BOOLEAN = Kind("boolean")
WHOLE = Kind("integer", 19)
DECIMAL = Kind("decimal", 38)
DOUBLE = Kind("double")
TEXT = Kind("text")
DATE = Kind("date")
TIME = Kind("time of day")
INSTANT = Kind("timestamp with a zone")
LOCAL = Kind("timestamp")
INTERVAL = Kind("interval")

WIDE = "decimal of over 18 digits"
"""What SQLite holds as texts that sort as the numbers do: it compares them, and reckons with none."""

NUMBERS = (WHOLE, DECIMAL, DOUBLE)
DAYS = (DATE, LOCAL, INSTANT)
"""What lies on the calendar, from the poorest to the richest: each of them is also one of the next."""

LOGICAL: dict[LogicalType, Kind] = {
    LogicalType.STRING: TEXT,
    LogicalType.INTEGER: WHOLE,
    LogicalType.NUMBER: DOUBLE,
    LogicalType.BOOLEAN: BOOLEAN,
    LogicalType.DATE: DATE,
    LogicalType.TIMESTAMP: INSTANT,
    LogicalType.TIME: TIME,
    **dict.fromkeys(NESTED, TEXT),
}
"""Logical type -> the kind of its values; those of a number with a precision are decimals."""


def kind_of(column_type: ColumnType) -> Kind:
    """Return the kind of a column's values."""
    if column_type.precision is not None:
        return Kind(DECIMAL.name, column_type.precision, column_type.scale or 0)
    return LOGICAL[column_type.logical]


def wide(kind: Kind) -> Kind:
    """Return the kind of such decimals; those of one scale are alike."""
    return Kind(f"{WIDE} with {kind.scale} places", scale=kind.scale)


def is_wide(kind: Kind) -> bool:
    """Say whether a kind is one of such decimals."""
    return kind.name.startswith(WIDE)


def common(kinds: Iterable[Kind]) -> Kind:
    """Return the kind that values of several kinds have together, in every database.

    Raises:
        Differs: If there is none.
    """
    found = [kind for kind in kinds if kind != NULL]
    if not found:
        return NULL
    if all(kind.within(NUMBERS) for kind in found):
        return _number(found)
    if all(kind.within(DAYS) for kind in found):
        return max(found, key=DAYS.index)
    if len({kind.name for kind in found}) == 1:
        return found[0]
    names = " and ".join(sorted({kind.name for kind in found}))
    raise Differs(f"{names} are mixed, which each database converts in its own way: write a CAST")


def _number(kinds: list[Kind]) -> Kind:
    digits = max(kind.digits for kind in kinds)
    if any(kind.within((DOUBLE,)) for kind in kinds):
        if any(kind.within((DECIMAL,)) and kind.digits > EXACT for kind in kinds):
            raise Differs(f"a decimal of more than {EXACT} digits and a double are mixed: CAST one of them")
        return DOUBLE
    if not any(kind.within((DECIMAL,)) for kind in kinds):
        return Kind(WHOLE.name, digits)
    scale = max(kind.scale for kind in kinds)
    return Kind(DECIMAL.name, max(kind.digits - kind.scale for kind in kinds) + scale, scale)


def of(kinds: Iterable[Kind], *allowed: Kind) -> Kind:
    """Return what kinds have in common, which must be one of those allowed, or null.

    Raises:
        Differs: If it is another.
    """
    found = common(kinds)
    if found == NULL or found.within(allowed):
        return found
    raise Differs(f"it is asked of {found}, and agreed on for {', '.join(map(str, allowed))} alone")
