"""What became of one run of a DAG: at the first attempt, and in the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime  # noqa: TC003 - what reads an outcome back from JSON asks for it
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import Sli

if TYPE_CHECKING:
    from collections.abc import Iterable


class Outcome(StrEnum):
    """How a run ended."""

    SUCCESS = "success"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """What became of one run; a later word on the same run replaces all but the first attempt.

    Args:
        team: The DAG bundle, or the team of the product.
        dag_id: The DAG.
        run_id: The run.
        partition: Its partition, where it is one of a product; else empty.
        run_type: As Airflow calls it: scheduled, manual, backfill, asset_triggered.
        start: Start of its data interval, aware; None where it has none.
        end: End of its data interval, aware; None where it has none.
        began: When it began to run, aware; None where it never did.
        ended: When it ended, aware.
        first: How the first attempt ended: failed when a task of it had to be tried again, or the run was
            cleared, whatever came after.
        final: How it ended.
        tries: The most tries that one of its tasks took.
    """

    team: str
    dag_id: str
    run_id: str
    partition: str = ""
    run_type: str = ""
    start: datetime | None = None
    end: datetime | None = None
    began: datetime | None = None
    ended: datetime
    first: Outcome
    final: Outcome
    tries: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """That a task of a run had to be tried again: so the run's first attempt failed, however it ends.

    Args:
        team: The DAG bundle, or the team of the product.
        dag_id: The DAG.
        run_id: The run.
        task_id: The task.
        map_index: Which of its mapped ones; -1 for a task that isn't mapped.
        try_number: Which try it is, 2 or more.
        at: When, aware.
    """

    team: str
    dag_id: str
    run_id: str
    task_id: str
    map_index: int = -1
    try_number: int
    at: datetime


def of_run(team: str, dag_id: str, run_id: str) -> Batch:
    """Return what retries and ends of a run are kept under."""
    return Batch(team=team, product=dag_id, dataset=dag_id, partition=run_id)


def of_retry(retry: Retry) -> Observation:
    """Return a retry as something that was seen of the run: each try of each task once."""
    which = f"{retry.task_id}[{retry.map_index}]" if retry.map_index >= 0 else retry.task_id
    return Observation(
        batch=of_run(retry.team, retry.dag_id, retry.run_id),
        sli=Sli.FIRST_ATTEMPT,
        subject=f"try {retry.try_number} of {which}",
        end=None,
        good=0,
        total=1,
        value=Fraction(0),
        at=retry.at,
    )


def of_outcome(outcome: RunOutcome) -> Observation:
    """Return that a run had ended, and how: it stays so when the run is cleared, and ends once more."""
    good = int(outcome.final is Outcome.SUCCESS)
    return Observation(
        batch=of_run(outcome.team, outcome.dag_id, outcome.run_id),
        sli=Sli.SUCCESS,
        subject=f"ended {outcome.ended.astimezone(UTC).isoformat()}",
        end=None,
        good=good,
        total=1,
        value=Fraction(good),
        at=outcome.ended,
    )


def tries_of(seen: Iterable[Observation]) -> int:
    """Return the most tries that one task of a run took, by what was seen of it."""
    return max((int(one.subject.split()[1]) for one in seen if one.sli is Sli.FIRST_ATTEMPT), default=1)


def with_retries(outcome: RunOutcome, seen: Iterable[Observation]) -> RunOutcome:
    """Return what became of a run, by what is known of its retries."""
    tries = tries_of(seen)
    first = Outcome.FAILED if tries > 1 else outcome.first
    return replace(outcome, first=first, tries=max(tries, outcome.tries))
