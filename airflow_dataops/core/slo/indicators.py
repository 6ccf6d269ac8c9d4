"""The table of service level indicators. Another one is a row of it, and a function.

Source of the definitions: Google SRE workbook, chapters 2 and 13 (data processing: freshness and
correctness).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from airflow_dataops.core.slo.objective import Budgeting, Gap
from airflow_dataops.core.slo.sli import UNITS, Sli
from airflow_dataops.core.slo.windows import after as after_it

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction
    from zoneinfo import ZoneInfo

    from airflow_dataops.core.slo.expectation import Slot
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.observation import Sight


ALL_TIME = timedelta(days=366 * 10_000)
"""The longest time that there is."""


class Worth(NamedTuple):
    """What one sight is worth.

    Args:
        good: Good events.
        total: All events.
    """

    good: int
    total: int


class Says(StrEnum):
    """Which sight of a partition counts, of those that there were until it was due."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A service level indicator.

    Args:
        sli: Its name.
        definition: What it says, in one sentence.
        good: What is a good event.
        total: What is an event.
        source: Where that is seen.
        gap: What an expected event counts as of which nothing was seen, where the objective doesn't say.
        method: How events are counted, where the objective doesn't say.
        due: What makes it due, from a slot, the end of the next one (None where that isn't known), the
            objective and the zone of the schedule; None where nothing does.
        worth: What a sight is worth to an objective; None where it makes no sense, such as a negative count.
        timely: Whether being late is what is bad: it counts when it is due, and not before.
        says: Which sight counts.
    """

    sli: Sli
    definition: str
    good: str
    total: str
    source: str
    gap: Gap
    method: Budgeting
    due: Callable[[Slot, datetime | None, Objective, ZoneInfo], datetime | None]
    worth: Callable[[Sight, Objective], Worth | None]
    timely: bool = False
    says: Says = Says.FIRST

    @property
    def unit(self) -> str:
        """The unit of its value."""
        return UNITS[self.sli]


def when_promised(
    slot: Slot, after: datetime | None, objective: Objective, zone: ZoneInfo
) -> datetime | None:
    """Return when it must be there: so long after the slot's end, or the first such time of day after it."""
    if objective.threshold is not None:
        return after_it(slot.end, objective.threshold)
    if objective.by is None:
        return after
    where = objective.by.tzinfo or zone
    local = slot.end.astimezone(where)
    found = datetime.combine(local.date(), objective.by, tzinfo=where)
    if found.timestamp() < slot.end.timestamp():
        found = datetime.combine(local.date() + timedelta(days=1), objective.by, tzinfo=where)
    return found.astimezone(UTC)


def length(seconds: Fraction) -> timedelta:
    """Return seconds as whole microseconds: no clock here shows less; all of time is the limit."""
    if abs(seconds) >= ALL_TIME.total_seconds():
        return ALL_TIME if seconds > 0 else -ALL_TIME
    return timedelta(microseconds=seconds.numerator * 1_000_000 // seconds.denominator)


def when_the_next_ends(
    slot: Slot,  # noqa: ARG001 - other indicators ask for it
    after: datetime | None,
    objective: Objective,  # noqa: ARG001 - as above
    zone: ZoneInfo,  # noqa: ARG001 - as above
) -> datetime | None:
    """Return when the next delivery can be made: by then, this one should have been."""
    return after


def delivered(sight: Sight, objective: Objective) -> Worth:  # noqa: ARG001 - other indicators ask for it
    """Return that there was a delivery."""
    return Worth(1, 1)


def rows(sight: Sight, objective: Objective) -> Worth | None:  # noqa: ARG001 - other indicators ask for it
    """Return good and all rows; more good ones than all is nonsense."""
    if sight.good is None or sight.total is None or not 0 <= sight.good <= sight.total:
        return None
    return Worth(sight.good, sight.total)


def received(sight: Sight, objective: Objective) -> Worth | None:  # noqa: ARG001 - other indicators ask for it
    """Return received and expected rows; more than expected is complete."""
    if sight.good is None or sight.total is None or sight.good < 0 or sight.total < 0:
        return None
    return Worth(min(sight.good, sight.total), sight.total)


def quick_enough(sight: Sight, objective: Objective) -> Worth | None:
    """Return whether a batch took no longer than the threshold."""
    if sight.value is None or objective.threshold is None:
        return None
    return Worth(int(sight.value <= objective.threshold), 1)


INDICATORS: dict[Sli, Indicator] = {
    each.sli: each
    for each in (
        Indicator(
            sli=Sli.FRESHNESS,
            definition="The partition could be read in time, counted from the end of its interval.",
            good="expected partitions that were published by `threshold`, or by `by` o'clock",
            total="expected partitions",
            source="the first publication of the partition",
            gap=Gap.BAD,
            method=Budgeting.OCCURRENCES,
            due=when_promised,
            worth=delivered,
            timely=True,
        ),
        Indicator(
            sli=Sli.COMPLETENESS,
            definition="The rows that came, of those that were to come.",
            good="rows received, at most as many as expected",
            total="rows expected, by the producer's word",
            source="`verify`, with `expected: rows:` of the pipeline file",
            gap=Gap.BAD,
            method=Budgeting.RATIO_TIMESLICES,
            due=when_the_next_ends,
            worth=received,
        ),
        Indicator(
            sli=Sli.CORRECTNESS,
            definition="The rows that keep the contract, of those that were checked.",
            good="rows that broke no rule; one that broke three is one bad row",
            total="rows checked",
            source="`verify`, or `audit` where nothing lands",
            gap=Gap.EXCLUDED,
            method=Budgeting.OCCURRENCES,
            due=when_the_next_ends,
            worth=rows,
        ),
        Indicator(
            sli=Sli.SUCCESS,
            definition="The runs that came to a good end, however often they were tried.",
            good="expected partitions with a run that ended well before the next one could begin",
            total="expected partitions; of watched DAGs, runs",
            source="the runs of the DAG",
            gap=Gap.BAD,
            method=Budgeting.OCCURRENCES,
            due=when_the_next_ends,
            worth=rows,
            says=Says.LAST,
        ),
        Indicator(
            sli=Sli.FIRST_ATTEMPT,
            definition="The runs that needed no second try.",
            good="expected partitions whose first run ended well at its first attempt",
            total="expected partitions; of watched DAGs, runs",
            source="the runs of the DAG",
            gap=Gap.BAD,
            method=Budgeting.OCCURRENCES,
            due=when_the_next_ends,
            worth=rows,
        ),
        Indicator(
            sli=Sli.LATENCY,
            definition="The batches that were processed fast enough, from landing to publication.",
            good="batches that took no longer than `threshold`",
            total="batches; p50 and p99 are two objectives, with targets of 50 % and 99 %",
            source="the first publication of the partition",
            gap=Gap.EXCLUDED,
            method=Budgeting.OCCURRENCES,
            due=when_the_next_ends,
            worth=quick_enough,
        ),
    )
}
"""Indicator -> its definition."""
