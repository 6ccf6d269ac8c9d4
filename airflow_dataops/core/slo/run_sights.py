"""What runs of a DAG say of the expected deliveries that they were for."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.observation import Sight
from airflow_dataops.core.slo.run import Outcome
from airflow_dataops.core.slo.sli import Sli

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from airflow_dataops.core.slo.expectation import Slot
    from airflow_dataops.core.slo.run import RunOutcome

RUN_SLIS = frozenset({Sli.SUCCESS, Sli.FIRST_ATTEMPT})
"""Indicators that are seen of runs, and not of batches."""


def run_sights(
    slots: Sequence[Slot],
    runs: Sequence[RunOutcome],
    ended: Mapping[str, Sequence[Sight]] | None = None,
) -> Mapping[Sli, Mapping[str, Sequence[Sight]]]:
    """Return indicator -> partition -> what runs say of it, oldest first.

    A run is for the slot of its partition; one without a partition, for the slot of its interval, or for the
    slot that it is itself. One that was cleared, and ended more than once, counts from its first end on.

    Args:
        slots: What is expected.
        runs: The runs, oldest first.
        ended: Run -> each of its ends, as far as they were seen.
    """
    partitions = {slot.partition for slot in slots}
    intervals = {(slot.start, slot.end): slot.partition for slot in slots}
    ends: dict[str, list[Sight]] = defaultdict(list)
    first: dict[str, list[Sight]] = defaultdict(list)
    for run in runs:
        partition = _partition(run, partitions, intervals)
        if partition is None:
            continue
        its = _ends(run, (ended or {}).get(run.run_id, ()))
        ends[partition] += its
        first[partition].append(Sight(its[0].at, int(run.first is Outcome.SUCCESS), 1))
    return {
        Sli.SUCCESS: {partition: _served(some) for partition, some in ends.items()},
        Sli.FIRST_ATTEMPT: {partition: sorted(some, key=_at) for partition, some in first.items()},
    }


def _ends(run: RunOutcome, seen: Sequence[Sight]) -> Sequence[Sight]:
    """Return each end of a run, oldest first; the last one is what is remembered of the run itself."""
    at = run.ended.astimezone(UTC)
    last = Sight(at, int(run.final is Outcome.SUCCESS), 1)
    return [*(one for one in seen if one.at < at), last]


def _served(ends: list[Sight]) -> list[Sight]:
    """Return what ends of runs say: a slot is served once one was good, whatever another one comes to."""
    found: list[Sight] = []
    for one in sorted(ends, key=_at):
        good = one.good == 1 or (bool(found) and found[-1].good == 1)
        found.append(Sight(one.at, int(good), 1))
    return found


def _at(sight: Sight) -> datetime:
    return sight.at


def _partition(
    run: RunOutcome, partitions: set[str], intervals: Mapping[tuple[datetime, datetime], str]
) -> str | None:
    for label in (run.partition, run.run_id):
        if label in partitions:
            return label
    return intervals.get((run.start, run.end)) if run.start and run.end else None
