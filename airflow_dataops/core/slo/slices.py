"""Freshness of what comes often: how old the newest data is at the end of each slice of time."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.budget import NONE, ONE
from airflow_dataops.core.slo.entries import Ledger
from airflow_dataops.core.slo.indicators import length
from airflow_dataops.core.slo.ledger import Entry, Mark
from airflow_dataops.core.slo.objective import Gap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import timedelta

    from airflow_dataops.core.slo.expectation import Slot
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.observation import Sight

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Where slices are counted from: one of an hour begins with the hour of UTC."""

NOTHING = -1
"""The place of the newest delivery, where there was none."""


def sliced_freshness(
    objective: Objective,
    slots: Sequence[Slot],
    sights: Mapping[str, Sequence[Sight]],
    *,
    now: datetime,
    since: datetime,
    until: datetime,
) -> Ledger:
    """Return whether data was fresh at the end of each slice.

    It is as late as the first delivery that was due and is not there; and not late when the newest one is. A
    slice by whose end nothing had been due is none.

    Args:
        objective: The objective; it has a slice.
        slots: What is expected, in the order in which it can be delivered.
        sights: Partition -> when it was published, oldest first.
        now: The instant, aware.
        since: Slices that end before it are of no interest, aware.
        until: By when slices end that are still to come, aware.
    """
    found = Ledger()
    allowed = length(objective.threshold or Fraction(0))
    step = length(objective.slice or Fraction(60))
    published = _published(found, slots, sights, now)
    due = newest = NOTHING
    ahead = 0
    for end in _ends(step, since, max(now, until) + step):
        if end > now:
            found.coming.append(end)
            found.counting.append(end)
            if end > until:
                break
            continue
        while due + 1 < len(slots) and slots[due + 1].end <= end:
            due += 1
        while ahead < len(published) and published[ahead][0] <= end:
            newest = max(newest, published[ahead][1])
            ahead += 1
        if due == NOTHING:
            continue
        missing = slots[newest + 1] if newest < due else None
        good = missing is None or end - missing.end <= allowed
        gone = missing is not None and not good and missing.partition not in sights
        found.entries.append(_slice(end - step, end, objective, good=good, gone=gone))
    return found


def _published(
    found: Ledger, slots: Sequence[Slot], sights: Mapping[str, Sequence[Sight]], now: datetime
) -> list[tuple[datetime, int]]:
    """Return when each delivery was published first, and its place among the slots; oldest first."""
    published = []
    for place, slot in enumerate(slots):
        seen = sights.get(slot.partition)
        if not seen:
            continue
        at = seen[0].at
        if at > now:
            found.future += 1
            found.ahead = at if found.ahead is None else min(at, found.ahead)
            continue
        found.skewed += at < slot.end
        published.append((at, place))
    return sorted(published)


def _ends(step: timedelta, since: datetime, until: datetime) -> Iterator[datetime]:
    end = EPOCH + -((since - EPOCH) // -step) * step
    while end <= until:
        yield end
        end += step


def _slice(start: datetime, end: datetime, objective: Objective, *, good: bool, gone: bool) -> Entry:
    if gone and objective.gap is Gap.EXCLUDED:
        return Entry(partition=start.isoformat(), at=end, good=NONE, total=NONE, mark=Mark.EXCLUDED)
    mark = Mark.MISSING if gone else Mark.SEEN
    return Entry(partition=start.isoformat(), at=end, good=ONE if good else NONE, total=ONE, mark=mark)
