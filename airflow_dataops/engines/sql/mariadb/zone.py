"""Local times of a time zone in MariaDB, by the offsets that Python's time zones have.

MariaDB's own CONVERT_TZ knows no zone unless an administrator loaded its tables, and converts nothing before
1970 and after 2037. So the offsets of a zone are part of the statement: when each begins, as a sorted list.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlglot import exp

from airflow_dataops.engines.sql.mariadb.words import call, cast, number, string
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterator

EARLIEST = datetime(1800, 1, 1, tzinfo=UTC)
"""No zone changed its offset before."""

CYCLE = 2100
"""From this year on, every zone does the same as 400 years before: the calendar repeats itself."""

YEARS, SECONDS = 400, 146_097 * 86_400
"""Length of the cycle."""

DAY = timedelta(days=1)

START = datetime(1, 1, 1, tzinfo=UTC)

BEFORE = 366 * 86_400
"""What TO_SECONDS says of START: it counts from the year 0."""


@cache
def offsets(name: str) -> tuple[tuple[int, int | None], ...]:
    """Return (first second, offset) of local times, as TO_SECONDS counts, until the cycle ends.

    The offset is in seconds. It is None for local times that the zone skips. Of a local time that the zone
    has twice it is the later one's.

    Raises:
        NotEvaluatedError: If there is no such zone.
    """
    try:
        zone = ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise NotEvaluatedError(
            f"the time zone `{name}` is not known here", hint="Install the package tzdata."
        ) from None
    found: list[tuple[int, int | None]] = [(0, _offset(EARLIEST, zone))]
    for moment, before, after in _changes(zone):
        second = int((moment - START).total_seconds()) + BEFORE
        if after > before:
            found.append((second + before, None))
        found.append((second + after, after))
    return tuple(found)


def _changes(zone: ZoneInfo) -> Iterator[tuple[datetime, int, int]]:
    """Yield each moment at which a zone changes its offset, with the offsets before and after."""
    last, end = EARLIEST, datetime(CYCLE + YEARS, 1, 1, tzinfo=UTC)
    before = _offset(last, zone)
    while last < end:
        after = _offset(last + DAY, zone)
        if after != before:
            first = bisect_left(range(86_401), 1, key=partial(_has_changed, last, zone, before))
            yield last + timedelta(seconds=first), before, after
        last, before = last + DAY, after


def _has_changed(start: datetime, zone: ZoneInfo, before: int, second: int) -> int:
    return int(_offset(start + timedelta(seconds=second), zone) != before)


def _offset(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def in_zone(local: exp.Expr, name: str) -> exp.Expr:
    """Return the instant, in UTC, of a local time in a zone; null for one that the zone skips.

    Args:
        local: A DATETIME.
        name: The zone.
    """
    (_, first), *later = offsets(name)
    if not later:
        return shifted(local, "SECOND", number(-(first or 0)))
    texts = [exp.null() if offset is None else string(str(-offset)) for _, offset in offsets(name)]
    second = call("TO_SECONDS", local)
    year = call("YEAR", local)
    cycles = exp.IntDiv(
        this=exp.Paren(this=exp.Sub(this=year, expression=number(CYCLE))), expression=number(YEARS)
    )
    within = exp.Sub(this=second, expression=exp.Mul(this=exp.Paren(this=cycles), expression=number(SECONDS)))
    counted = exp.case().when(exp.LT(this=year.copy(), expression=number(CYCLE)), second.copy()).else_(within)
    at = exp.Add(
        this=number(1), expression=call("INTERVAL", counted, *(number(second) for second, _ in later))
    )
    return shifted(local, "SECOND", cast(call("ELT", at, *texts), "signed"))


def shifted(local: exp.Expr, unit: str, by: exp.Expr) -> exp.Expr:
    """Return a DATETIME so many units later; null where that is in none of the years 1 to 9999."""
    return call("TIMESTAMPADD", exp.Var(this=unit), by, local)
