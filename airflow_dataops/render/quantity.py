"""Numbers as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

NOTHING = "–"  # noqa: RUF001 - an en dash stands for a value that is not known
SPANS = ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s"))
"""From how many seconds on a duration is told in which two units."""

DAYS_ALONE = 10
"""From how many days on the hours don't matter any more."""


def count(number: int | None) -> str:
    """Return a number with its thousands apart, or a dash for one that is not known."""
    return NOTHING if number is None else f"{number:,}"


def duration(seconds: Fraction | float | None) -> str:
    """Return a duration in its two largest units, cut off after them, such as `3 h 12 min`.

    Args:
        seconds: How long; below zero is told with a minus, None as a dash.
    """
    if seconds is None:
        return NOTHING
    whole = abs(int(seconds))
    sign = "-" if seconds < 0 and whole else ""
    if whole >= DAYS_ALONE * 86400:
        return f"{sign}{whole // 86400} d"
    for large, unit, small, part in SPANS:
        if whole >= large:
            return f"{sign}{whole // large} {unit} {whole % large // small} {part}"
    return f"{sign}{whole} s"
