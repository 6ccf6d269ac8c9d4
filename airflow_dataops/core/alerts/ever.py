"""Whether a time ever comes, and whether a route is ever told by: found out day by day, with no clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow_dataops.core.alerts.interval import MINUTES, on
from airflow_dataops.core.alerts.mute import muted_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from airflow_dataops.core.alerts.interval import Interval, NamedInterval
    from airflow_dataops.core.alerts.route import Route

CYCLE = range(2024, 2052)
"""Years after which the days of the week fall on the same days of the year again."""

DAY = timedelta(days=1)


def comes(interval: Interval) -> bool:
    """Tell whether an entry of a time interval ever comes: no 31st of February does."""
    return any(on(interval, day) for day in _days([interval]))


def ever_told(route: Route, intervals: Iterable[NamedInterval]) -> bool:
    """Tell whether there is any time at which a route is told by.

    What is muted changes when some entry begins or ends, or a day does: so those instants are looked at, of
    days of which no other was alike.

    Args:
        route: The route.
        intervals: Named intervals; what the route doesn't name is left out.
    """
    named = [one for one in intervals if one.name in {*route.mute, *route.active}]
    entries = [entry for one in named for entry in one.intervals]
    seen: set[tuple[object, ...]] = set()
    for day in _days(entries):
        alike = _alike(entries, day)
        if alike not in seen:
            seen.add(alike)
            if any(not muted_by(route, named, at) for at in _turns(entries, day)):
                return True
    return not entries


def _days(entries: Sequence[Interval]) -> Iterator[date]:
    """Yield each day of years that differ, those that entries name last."""
    named = {
        year
        for each in entries
        for first, last in each.years
        for year in range(max(first, 1), min(last, first + len(CYCLE)) + 1)
    }
    for year in (*CYCLE, *sorted(named.difference(CYCLE))):
        # What an instant of the first and the last of all days is elsewhere can't be told.
        day, last = date(year, 1, 2), date(year, 12, 30)
        while day <= last:
            yield day
            day += DAY


def _alike(entries: Sequence[Interval], day: date) -> tuple[object, ...]:
    """Return what tells days apart: what entries say of it and its neighbours, and what the clocks show."""
    return tuple(
        (
            *(on(each, day + number * DAY) for number in (-1, 0, 1)),
            datetime.combine(day, time(), ZoneInfo(each.location)).utcoffset(),
        )
        for each in entries
    )


def _turns(entries: Sequence[Interval], day: date) -> Iterator[datetime]:
    for each in entries:
        zone = ZoneInfo(each.location)
        for minute in {0, *(minute % MINUTES for times in each.times for minute in times)}:
            yield datetime.combine(day, time(*divmod(minute, 60)), zone).astimezone(UTC)
