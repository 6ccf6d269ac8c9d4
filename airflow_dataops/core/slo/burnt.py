"""What burnt a budget, and why: entries of a ledger beside what was seen of their partitions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.ledger import Mark
from airflow_dataops.core.slo.objective import Late
from airflow_dataops.core.slo.run import Outcome
from airflow_dataops.core.slo.sli import Sli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from airflow_dataops.core.slo.ledger import Entry
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.observation import Observation
    from airflow_dataops.core.slo.run import RunOutcome


class Kind(StrEnum):
    """Why something counted as bad."""

    MISSING = "missing"
    LATE = "late"
    STALE = "stale"
    SLOW = "slow"
    BAD_ROWS = "bad_rows"
    ROWS_SHORT = "rows_short"
    FAILED = "failed"
    RETRIED = "retried"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Burnt:
    """One entry that burnt budget, or did until it was repaired.

    Args:
        entry: The entry.
        kind: Why.
        seconds: How much too late, or how long it took, where that was seen.
        bad: Rows that were bad or lacking, where rows were counted.
        rows: Of how many.
        tries: The most tries that a task of the run took, where runs are counted; else 0.
    """

    entry: Entry
    kind: Kind
    seconds: Fraction | None = None
    bad: int | None = None
    rows: int | None = None
    tries: int = 0


def burnt(
    entries: Iterable[Entry],
    objective: Objective,
    *,
    observations: Iterable[Observation] = (),
    runs: Iterable[RunOutcome] = (),
) -> tuple[Burnt, ...]:
    """Return the entries that burnt something or were repaired, oldest first, each with its reason.

    Args:
        entries: Entries of the objective.
        objective: The objective.
        observations: What was seen of the product; what is of another indicator or dataset is left out.
        runs: What became of the runs of its DAG.
    """
    seen: dict[str, list[Observation]] = {}
    for each in observations:
        if each.sli is objective.sli and objective.dataset in {"", each.batch.dataset}:
            seen.setdefault(each.batch.partition, []).append(each)
    ran: dict[str, RunOutcome] = {}
    for run in runs:
        ran |= {run.run_id: run} | ({run.partition: run} if run.partition else {})
    told = [entry for entry in entries if burns(entry)]
    return tuple(
        _reason(entry, objective, seen.get(entry.partition, ()), ran)
        for entry in sorted(told, key=lambda entry: entry.at)
    )


def burns(entry: Entry) -> bool:
    """Return whether an entry burnt something, or did until it was repaired."""
    return entry.bad > 0 or entry.mark is Mark.REPAIRED


def _reason(
    entry: Entry, objective: Objective, seen: Sequence[Observation], ran: Mapping[str, RunOutcome]
) -> Burnt:
    if objective.sli in RUNS:
        return _of_run(entry, objective, ran.get(entry.partition))
    if entry.mark is Mark.MISSING:
        return Burnt(entry=entry, kind=Kind.MISSING)
    if objective.sli is Sli.FRESHNESS and objective.slice is not None:
        return Burnt(entry=entry, kind=Kind.STALE)
    kind, of = REASONS[objective.sli]
    if not seen:
        return Burnt(entry=entry, kind=kind)
    newest = objective.late is Late.REPAIRED and entry.mark is not Mark.REPAIRED
    return of(entry, (max if newest else min)(seen, key=lambda each: each.at))


def _late(entry: Entry, seen: Observation) -> Burnt:
    late = Fraction(str((seen.at - entry.at).total_seconds()))
    return Burnt(entry=entry, kind=Kind.LATE, seconds=max(late, Fraction(0)))


def _slow(entry: Entry, seen: Observation) -> Burnt:
    return Burnt(entry=entry, kind=Kind.SLOW, seconds=seen.value)


def _bad_rows(entry: Entry, seen: Observation) -> Burnt:
    return Burnt(entry=entry, kind=Kind.BAD_ROWS, bad=_lacking(seen), rows=seen.total)


def _rows_short(entry: Entry, seen: Observation) -> Burnt:
    return Burnt(entry=entry, kind=Kind.ROWS_SHORT, bad=_lacking(seen), rows=seen.total)


def _lacking(seen: Observation) -> int | None:
    return None if seen.good is None or seen.total is None else seen.total - seen.good


def _of_run(entry: Entry, objective: Objective, run: RunOutcome | None) -> Burnt:
    if run is None:
        kind = Kind.MISSING if entry.mark is Mark.MISSING else Kind.FAILED
        return Burnt(entry=entry, kind=kind)
    retried = objective.sli is Sli.FIRST_ATTEMPT and run.final is Outcome.SUCCESS
    return Burnt(entry=entry, kind=Kind.RETRIED if retried else Kind.FAILED, tries=run.tries)


RUNS = frozenset((Sli.SUCCESS, Sli.FIRST_ATTEMPT))
"""Indicators of runs; the others are of what was delivered."""

REASONS: dict[Sli, tuple[Kind, Callable[[Entry, Observation], Burnt]]] = {
    Sli.FRESHNESS: (Kind.LATE, _late),
    Sli.LATENCY: (Kind.SLOW, _slow),
    Sli.CORRECTNESS: (Kind.BAD_ROWS, _bad_rows),
    Sli.COMPLETENESS: (Kind.ROWS_SHORT, _rows_short),
}
"""Indicator -> why an entry of it is bad, and what says so in numbers."""
