"""What a budget comes to: good and bad events as the objective counts them, and how many may be bad.

Budgeting methods are those of OpenSLO v1. What it leaves open: a slice in which nothing was expected counts
as nothing, and one that has not ended doesn't count yet.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.ledger import Entry, Mark
from airflow_dataops.core.slo.objective import Budgeting
from airflow_dataops.core.slo.sli import Sli

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from airflow_dataops.core.slo.objective import Objective

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Where slices are counted from: one of an hour begins with the hour of UTC."""

MICROSECOND = timedelta(microseconds=1)

NONE = Fraction(0)

ONE = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many events there were.

    Args:
        good: Good ones.
        total: All of them.
    """

    good: Fraction = NONE
    total: Fraction = NONE

    @property
    def bad(self) -> Fraction:
        """Bad ones."""
        return self.total - self.good

    def __add__(self, other: Count) -> Count:
        """Return both together."""
        return Count(good=self.good + other.good, total=self.total + other.total)


def count(entries: Iterable[Entry]) -> Count:
    """Return how many events entries come to."""
    goods, totals = [], []
    good = total = 0
    for entry in entries:
        # Most are one event, good or bad, and share these numbers: that is told faster than they are added.
        if entry.good is ONE:
            good += 1
        elif entry.good is not NONE:
            goods.append(entry.good)
        if entry.total is ONE:
            total += 1
        elif entry.total is not NONE:
            totals.append(entry.total)
    return Count(good=_sum(good, goods), total=_sum(total, totals))


def _sum(ones: int, others: list[Fraction]) -> Fraction:
    return ones + added(others) if others else Fraction(ones)


def counted(entries: Sequence[Entry], objective: Objective) -> tuple[Entry, ...]:
    """Return entries as the objective's method counts them: events, or a slice each.

    Args:
        entries: The entries, oldest first.
        objective: The objective.

    Returns:
        Entries that can be added up, oldest first. One that stands for a slice counts at the slice's end,
        which may lie in the future.
    """
    if objective.method is Budgeting.OCCURRENCES:
        return tuple(entries)
    return tuple(_weighed(entry, objective) for entry in _sliced(entries, objective))


def slice_length(objective: Objective) -> Fraction | None:
    """Return how many seconds a slice has, where entries are put together to slices; or None."""
    # An entry of freshness in slices is a slice already.
    put_together = objective.method is not Budgeting.OCCURRENCES and objective.sli is not Sli.FRESHNESS
    return objective.slice if put_together else None


def awaited(due: Iterable[datetime], entries: Iterable[Entry], objective: Objective) -> int:
    """Return how many events are to come, as the objective's method counts them.

    Args:
        due: When the expected events of the window are due that have no entry yet, aware.
        entries: The entries that there are: a slice that one of them lies in is counted with it.
        objective: The objective.
    """
    length = slice_length(objective)
    if not length:
        return sum(1 for _ in due)
    begun = {_end(entry.at, length) for entry in entries}
    return len({_end(at, length) for at in due} - begun)


def allowed(objective: Objective, expected: Fraction) -> Fraction:
    """Return how many of so many events may be bad: (1 - target) x expected."""
    return (1 - objective.target) * expected


def allowed_failures(target: Fraction, events: Fraction | int) -> int:
    """Return how many whole events may be bad: floor(N x (1 - target)), exactly.

    Args:
        target: The share of good events that is promised.
        events: How many events are expected.
    """
    return int((1 - target) * events // 1)


def least_events(target: Fraction) -> int:
    """Return how many events a window must have so that one of them may be bad: ceil(1 / (1 - target))."""
    return int(-(-1 // (1 - target)))


def added(numbers: Iterable[Fraction]) -> Fraction:
    """Return the sum of fractions: as `sum` does, and faster where many have one denominator."""
    numerators: dict[int, int] = defaultdict(int)
    for number in numbers:
        numerators[number.denominator] += number.numerator
    return sum((Fraction(above, below) for below, above in numerators.items()), NONE)


def _sliced(entries: Sequence[Entry], objective: Objective) -> Iterable[Entry]:
    """Return an entry for each slice, in its own events."""
    length = slice_length(objective)
    if not length:
        return entries
    slices: dict[datetime, list[Entry]] = defaultdict(list)
    for entry in entries:
        slices[_end(entry.at, length)].append(entry)
    return [_together(end, slices[end], length) for end in sorted(slices)]


def _together(end: datetime, entries: list[Entry], length: Fraction) -> Entry:
    total = count(entries)
    mark = Mark.SEEN if total.total else Mark.EXCLUDED
    start = end - timedelta(microseconds=int(length * 1_000_000))
    return Entry(partition=start.isoformat(), at=end, good=total.good, total=total.total, mark=mark)


def _end(at: datetime, length: Fraction) -> datetime:
    """Return the end of the slice that an instant lies in; the end itself lies in it."""
    step = int(length * 1_000_000)
    return EPOCH - (-((at - EPOCH) // MICROSECOND) // step) * step * MICROSECOND


def _weighed(entry: Entry, objective: Objective) -> Entry:
    """Return a slice as one event: good or not, or as good as the share of its good events."""
    if (entry.total is ONE and (entry.good is ONE or entry.good is NONE)) or not entry.total:
        return entry
    good = entry.good / entry.total
    if objective.method is Budgeting.TIMESLICES:
        good = Fraction(good >= (ONE if objective.slice_target is None else objective.slice_target))
    return Entry(partition=entry.partition, at=entry.at, good=good, total=ONE, mark=entry.mark)
