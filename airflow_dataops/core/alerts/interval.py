"""Time intervals, as Alertmanager has them (timeinterval.go): when nobody is told, or only then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date, datetime

MINUTES = 24 * 60
"""Of a day."""

Range = tuple[int, int]
"""First and last, both belong to it; of minutes of the day the last doesn't."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One entry of a named time interval: all that is given must hold; what is empty always does.

    Args:
        times: Minutes of the day, from `start` up to but without `end`.
        weekdays: 0 is Sunday, as in Alertmanager.
        days_of_month: 1 to 31; negative ones count from the end of the month.
        months: 1 to 12.
        years: Years.
        location: The time zone.
    """

    times: tuple[Range, ...] = ()
    weekdays: tuple[Range, ...] = ()
    days_of_month: tuple[Range, ...] = ()
    months: tuple[Range, ...] = ()
    years: tuple[Range, ...] = ()
    location: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedInterval:
    """What routes name in `mute_time_intervals` and `active_time_intervals`: one entry of it is enough.

    Args:
        name: Its name.
        intervals: Its entries.
        place: file:line:column.
    """

    name: str
    intervals: tuple[Interval, ...]
    place: str = ""


def holds(named: NamedInterval, at: datetime) -> bool:
    """Tell whether an instant lies in a named interval.

    Args:
        named: The interval.
        at: The instant, aware. It is told by the clock of each entry's own zone: an hour that the clock shows
            twice is in it twice, one that it leaves out is not there.
    """
    return any(_holds(interval, at) for interval in named.intervals)


def always(named: NamedInterval) -> bool:
    """Tell whether a named interval holds at every instant by one of its entries."""
    return any(
        _full(each.times, range(MINUTES), last=0)
        and _full(each.weekdays, range(7))
        and _full(each.days_of_month, range(1, 32))
        and _full(each.months, range(1, 13))
        and not each.years
        for each in named.intervals
    )


def _full(ranges: tuple[Range, ...], values: range, *, last: int = 1) -> bool:
    """Tell whether ranges hold each of some values; `last` is 0 where the end of one doesn't belong to it."""
    return not ranges or all(any(first <= each < end + last for first, end in ranges) for each in values)


def _holds(interval: Interval, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(interval.location))
    minute = local.hour * 60 + local.minute
    in_time = not interval.times or any(start <= minute < end for start, end in interval.times)
    return in_time and on(interval, local.date())


def on(interval: Interval, day: date) -> bool:
    """Tell whether an entry holds at some time of a day, by the calendar of its zone."""
    return (
        _within(interval.weekdays, day.isoweekday() % 7)
        and _of_month(interval.days_of_month, day)
        and _within(interval.months, day.month)
        and _within(interval.years, day.year)
    )


def _within(ranges: tuple[Range, ...], value: int) -> bool:
    return not ranges or any(first <= value <= last for first, last in ranges)


def _of_month(ranges: tuple[Range, ...], day: date) -> bool:
    """Tell whether a day is meant; a range that begins after the end of the month is not in it."""
    if not ranges:
        return True
    after = day.replace(day=28) + timedelta(days=4)
    days = (after - timedelta(days=after.day)).day
    return _within(tuple((_day(first, days), _day(last, days)) for first, last in ranges), day.day)


def _day(number: int, days: int) -> int:
    return number if number > 0 else days + number + 1
