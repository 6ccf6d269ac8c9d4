"""What facts say is wrong now: refused batches, failed runs, lost rows, and what callbacks report."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow_dataops.core.alerts.signal import Broken, Kind, Signal, Where
from airflow_dataops.core.batch import Batch, partition_label
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.landing import DUPLICATE, MISSING
from airflow_dataops.core.slo.run import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from airflow_dataops.core.alerts.delivered import Delivered
    from airflow_dataops.core.alerts.reported import Reported
    from airflow_dataops.core.checks.verdict import Outcome as Verdict
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.expectation import Expectation
    from airflow_dataops.core.slo.run import RunOutcome
    from airflow_dataops.core.verification import Verification

NEVER = datetime.min.replace(tzinfo=UTC)

LANDED: dict[str, str] = {
    MISSING: "no drop is there",
    DUPLICATE: "its drop is the one of another partition",
}
"""Rule of a landing -> what is wrong, in words: who is woken up needn't know the rule."""

TOLD = 500
"""Rules that one signal names: what is told is cut shorter still, and says so."""


def refused(verdicts: Iterable[Verification], delivered: Delivered) -> Iterator[Signal]:
    """Yield which batches may not go on, by the newest verdict that refuses each.

    An older one is of an attempt before it. A batch whose rules could not be evaluated is not bad: it failed.

    Args:
        verdicts: Verdicts that let nothing pass, with the outcomes that are not passed.
        delivered: What was delivered since.
    """
    newest: dict[Batch, Verification] = {}
    for one in verdicts:
        known = newest.get(one.batch)
        if not one.passes and (known is None or (one.at, one.stage) > (known.at, known.stage)):
            newest[one.batch] = one
    for batch, one in newest.items():
        where = _where(batch)
        if delivered.after(where, one.at, batch=batch, run_id=one.run_id):
            continue
        bad = bool(one.blocks)
        wanted = Status.FAILED if bad else Status.ERROR
        broken = [each for each in one.outcomes if each.status is wanted]
        yield Signal(
            where=where,
            kind=Kind.BAD if bad else Kind.FAILED,
            dataset=batch.dataset,
            since=one.at,
            text=_refusal(one, broken),
            rules=tuple(
                Broken(rule=each.rule, failing=each.failing, checked=each.checked)
                for each in sorted(broken, key=lambda each: (-each.failing, each.rule))[:TOLD]
            ),
            run_id=one.run_id,
        )


def failed(runs: Iterable[tuple[Where, RunOutcome]], delivered: Delivered) -> Iterator[Signal]:
    """Yield for which partitions a run has failed in the end, and none ended well since.

    Args:
        runs: Runs, each with the partition that it is for.
        delivered: What was delivered since.
    """
    newest: dict[Where, RunOutcome] = {}
    for where, run in runs:
        if run.final is Outcome.SUCCESS or delivered.after_run(run):
            continue
        if where not in newest or (run.ended, run.run_id) > (newest[where].ended, newest[where].run_id):
            newest[where] = run
    for where, run in newest.items():
        if not delivered.after(where, run.ended, run_id=run.run_id):
            tries = f" after {run.tries} tries" if run.tries > 1 else ""
            text = f"run {run.run_id} failed{tries}"
            yield Signal(where=where, kind=Kind.FAILED, since=run.ended, text=text, run_id=run.run_id)


def lost(publications: Iterable[tuple[Publication, int]], delivered: Delivered) -> Iterator[Signal]:
    """Yield which partitions have fewer rows than were let pass.

    A version with fewer rows than the one before it is none of them: corrections take rows away, too. That
    a run ended well brings no rows back.

    Args:
        publications: The newest one of each batch, and how many rows passed the audit of the same run.
        delivered: What was delivered since.
    """
    for one, passed in publications:
        where = _where(one.batch)
        if one.rows < passed and not delivered.published_after(where, one.at, batch=one.batch):
            yield Signal(
                where=where,
                kind=Kind.LOST,
                dataset=one.batch.dataset,
                since=one.at,
                text=f"{passed} rows passed the audit, {one.rows} were published",
                run_id=one.run_id,
            )


def reported(reports: Sequence[Reported], delivered: Delivered) -> Iterator[Signal]:
    """Yield what callbacks reported, of partitions that were not delivered since, and runs not ended well.

    A deadline may call a moment after its run has ended: a run that ended well at all isn't late any more.

    Args:
        reports: Their words, also that runs ended well.
        delivered: What was delivered since.
    """
    wells = [one for one in reports if one.well and one.kind is not Kind.LOST]
    places = _newest((one.where, one.at) for one in wells)
    runs = _newest(((one.where.team, one.where.product, one.run_id), one.at) for one in wells)
    for one in reports:
        run = (one.where.team, one.where.product, one.run_id)
        dataset = ""
        if one.kind is Kind.LOST:
            # A run that ended well brings no rows back; who reported it says when they are found.
            dataset = one.task_id
            over = delivered.published_after(one.where, one.at, batch=_batch(one.where, dataset))
        else:
            late = one.kind is Kind.LATE and (run in runs or run in delivered.runs)
            well = max(places.get(one.where, NEVER), runs.get(run, NEVER)) >= one.at
            over = late or well or delivered.after(one.where, one.at, run_id=one.run_id)
        if not (one.well or over):
            yield Signal(
                where=one.where,
                kind=one.kind,
                dataset=dataset,
                since=one.at,
                text=one.text,
                run_id="" if one.kind is Kind.LOST else one.run_id,
            )


def _batch(where: Where, dataset: str) -> Batch | None:
    """Return the batch of a dataset; None where it isn't known which."""
    if not (dataset and where.partition):
        return None
    return Batch(team=where.team, product=where.product, dataset=dataset, partition=where.partition)


def _newest(said: Iterable[tuple[tuple[str, str, str], datetime]]) -> dict[tuple[str, str, str], datetime]:
    found: dict[tuple[str, str, str], datetime] = {}
    for key, at in said:
        found[key] = max(at, found.get(key, at))
    return found


def run_for(run: RunOutcome, declaration: Declaration | None) -> Where:
    """Return the partition that a run is for: its own, that of its interval, or else the run itself.

    Args:
        run: The run.
        declaration: What its product declares; None where nothing is declared of it.
    """
    its = None if declaration is None else declaration.expectation
    label = run.partition
    if not label and its is not None and its.schedule and run.start is not None:
        label = _label(run.start, its)
    return Where(run.team, run.dag_id, label or run.run_id)


def _label(start: datetime, its: Expectation) -> str:
    """Return the label of a partition; empty where the zone is none, of which its evaluation warns."""
    try:
        return partition_label(start, its.grain, ZoneInfo(its.timezone))
    except (LookupError, ValueError, OSError):
        return ""


def _where(batch: Batch) -> Where:
    return Where(batch.team, batch.product, batch.partition)


def _refusal(one: Verification, broken: Sequence[Verdict]) -> str:
    if one.blocks and len(broken) == 1 and broken[0].rule in LANDED:
        return f"`{one.stage}` refused it: {LANDED[broken[0].rule]}"
    rules = "1 rule" if len(broken) == 1 else f"{len(broken)} rules"
    if not one.blocks:
        return f"{rules} of `{one.stage}` could not be evaluated"
    rows = f", {one.bad} of {one.rows} rows are bad" if one.bad else ""
    return f"`{one.stage}` refused it: {rules} not kept{rows}"
