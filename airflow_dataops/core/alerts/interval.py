"""Time intervals, as Alertmanager has them: when nobody is told, or only then."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    name: str
    intervals: tuple[Interval, ...]
