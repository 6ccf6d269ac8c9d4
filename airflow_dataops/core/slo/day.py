"""What the expected events of a day came to."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.ledger import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime, tzinfo

    from airflow_dataops.core.slo.ledger import Entry
    from airflow_dataops.core.slo.month import Month


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the events of a day came to.

    Args:
        date: The day, in the time zone of the product.
        good: Good events that counted on it.
        total: Events that counted on it.
        missing: Expected events of which nothing was seen.
        repaired: Events that were bad when they were due, and are good since.
        excluded: Expected events that don't count.
        over: Whether the day is over, so that nothing more will count on it.
    """

    date: date
    good: Fraction = Fraction(0)
    total: Fraction = Fraction(0)
    missing: int = 0
    repaired: int = 0
    excluded: int = 0
    over: bool = True

    @property
    def bad(self) -> Fraction:
        """Bad events."""
        return self.total - self.good


def days(entries: Iterable[Entry], *, month: Month, zone: tzinfo, now: datetime) -> tuple[Day, ...]:
    """Return what each day of a month came to.

    Args:
        entries: Entries; those that didn't count in the month are left out.
        month: The month.
        zone: The time zone of its days.
        now: The present, aware.
    """
    on: dict[date, list[Entry]] = {day: [] for day in month.days}
    for entry in entries:
        on.get(entry.at.astimezone(zone).date(), []).append(entry)
    today = now.astimezone(zone).date()
    return tuple(_day(day, its, over=day < today) for day, its in on.items())


def _day(date: date, entries: list[Entry], *, over: bool) -> Day:
    marks = [entry.mark for entry in entries]
    return Day(
        date=date,
        good=sum((entry.good for entry in entries), Fraction(0)),
        total=sum((entry.total for entry in entries), Fraction(0)),
        missing=marks.count(Mark.MISSING),
        repaired=marks.count(Mark.REPAIRED),
        excluded=marks.count(Mark.EXCLUDED),
        over=over,
    )
