"""What each expected delivery came to: one entry of the ledger for each that is due."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.budget import NONE, ONE
from airflow_dataops.core.slo.indicators import INDICATORS, Says, Worth
from airflow_dataops.core.slo.ledger import Entry, Mark
from airflow_dataops.core.slo.objective import Gap, Late

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from airflow_dataops.core.slo.expectation import Slot
    from airflow_dataops.core.slo.indicators import Indicator
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.observation import Sight

NUMBERS = {0: NONE, 1: ONE}
"""Most entries hold one of these."""


@dataclass(slots=True)
class Ledger:
    """What the expected deliveries of an objective came to.

    Args:
        entries: Those that count by now, oldest first.
        coming: When the others are due, aware, in their order.
        counting: From when on each of these may count, aware: when it is due, if to be late is bad; else
            as soon as its interval has ended.
        ahead: The first instant at which something was seen that the clock hasn't reached; or None.
        skewed: How many were seen before their interval had ended: some clock is wrong.
        future: How many were seen at an instant that the clock hasn't reached.
        senseless: How many sights make no sense, such as a negative count.
        surplus: Of how many more came than was expected.
    """

    entries: list[Entry] = field(default_factory=list)
    coming: list[datetime] = field(default_factory=list)
    counting: list[datetime] = field(default_factory=list)
    ahead: datetime | None = None
    skewed: int = 0
    future: int = 0
    senseless: int = 0
    surplus: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What else there is to be said, one line each."""
        said = (
            (self.skewed, "published before the end of its interval: the clocks of workers differ"),
            (self.future, "seen at an instant that is still to come, and waits for it: some clock is wrong"),
            (self.senseless, "left out, because its counts are negative, or more is good than there is"),
            (self.surplus, "complete with more rows than were expected"),
        )
        return tuple(f"{count} of its observations {what}" for count, what in said if count)


def ledger(
    objective: Objective,
    slots: Sequence[Slot],
    sights: Mapping[str, Sequence[Sight]],
    *,
    now: datetime,
    since: datetime,
    zone: ZoneInfo,
    follows: bool = True,
    ends: bool = False,
) -> Ledger:
    """Return what expected deliveries came to by an instant.

    Args:
        objective: The objective.
        slots: What is expected, in the order in which it can be delivered.
        sights: Partition -> what was seen of it, oldest first.
        now: The instant, aware.
        since: Entries before it are of no interest, aware.
        zone: The zone of the schedule.
        follows: Whether a slot is over when the next one ends; runs of a watched DAG are not.
        ends: Whether nothing is expected after the last slot: then it is over when another one would end.
    """
    found = Ledger()
    its = INDICATORS[objective.sli]
    for place, slot in enumerate(slots):
        after = _after(slots, place, ends=ends) if follows else None
        due = its.due(slot, after, objective, zone)
        if due is not None and due < since:
            continue
        over = due is not None and now >= due
        seen = _seen(found, sights.get(slot.partition, ()), slot, its, now)
        valued = _valued(found, seen, objective, its)
        if valued and (over or not its.timely):
            found.entries.append(_judged(slot, due, valued, objective, its))
        elif due is not None and over:
            found.entries.append(_missing(slot, due, objective))
        if due is not None and not over and not (valued and not its.timely):
            found.coming.append(due)
            found.counting.append(due if its.timely else slot.end)
    found.entries.sort(key=_at)
    found.coming.sort()
    return found


def _after(slots: Sequence[Slot], place: int, *, ends: bool) -> datetime | None:
    """Return when the next slot ends; None where that isn't known."""
    if place + 1 < len(slots):
        return slots[place + 1].end
    slot = slots[place]
    return slot.end + (slot.end - slot.start) if ends else None


def _at(entry: Entry) -> datetime:
    return entry.at


def _seen(found: Ledger, seen: Sequence[Sight], slot: Slot, its: Indicator, now: datetime) -> Sequence[Sight]:
    """Return what was seen by an instant, and note what is odd about it."""
    if not seen:
        return seen
    if seen[-1].at > now:
        later = [one.at for one in seen if one.at > now]
        found.future += len(later)
        found.ahead = min([*later, *([found.ahead] if found.ahead else [])])
        seen = [one for one in seen if one.at <= now]
    if its.timely and seen and seen[0].at < slot.end:
        found.skewed += 1
    return seen


def _valued(
    found: Ledger, seen: Sequence[Sight], objective: Objective, its: Indicator
) -> list[tuple[datetime, Worth]]:
    """Return when something was seen and what it is worth, oldest first."""
    valued = []
    for one in seen:
        worth = its.worth(one, objective)
        if worth is None:
            found.senseless += 1
        else:
            found.surplus += one.good is not None and one.good > worth.total
            valued.append((one.at, worth))
    return valued


def _judged(
    slot: Slot,
    due: datetime | None,
    valued: Sequence[tuple[datetime, Worth]],
    objective: Objective,
    its: Indicator,
) -> Entry:
    """Return what became of a delivery of which something was seen.

    It counts when it was seen first, but no later than when it was due: so a repair moves nothing.
    """
    at, worth = valued[0]
    late = due is not None and at > due
    if due is not None and (late or its.timely):
        at = due
    if its.says is Says.LAST and not late:
        worth = [each for when, each in valued if due is None or when <= due][-1]
    mark = Mark.SEEN
    if objective.late is Late.REPAIRED:
        newest = valued[-1][1]
        better = newest.good * worth.total > worth.good * newest.total
        was_bad = late and (its.timely or objective.gap is Gap.BAD)
        mark = Mark.REPAIRED if better or was_bad else Mark.SEEN
        worth = newest
    elif late and its.timely:
        worth = Worth(0, worth.total)
    elif late and objective.gap is Gap.BAD:
        worth, mark = Worth(0, 1), Mark.MISSING
    return Entry(
        partition=slot.partition, at=at, good=_number(worth.good), total=_number(worth.total), mark=mark
    )


def _missing(slot: Slot, due: datetime, objective: Objective) -> Entry:
    """Return what a delivery counts as of which nothing was seen."""
    bad = objective.gap is Gap.BAD
    mark = Mark.MISSING if bad else Mark.EXCLUDED
    return Entry(partition=slot.partition, at=due, good=NONE, total=ONE if bad else NONE, mark=mark)


def _number(events: int) -> Fraction:
    return NUMBERS[events] if events in NUMBERS else Fraction(events)
