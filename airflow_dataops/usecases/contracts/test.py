"""Test files against a contract: judged as a batch is, and nothing is kept but the bad rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.core.checks.plan import passed_over, plan
from airflow_dataops.core.checks.verdict import Status, judge
from airflow_dataops.core.contract.header import unreadable
from airflow_dataops.core.rows.failing_row import at_most, to_ask
from airflow_dataops.core.trial import UNREAD, Trial
from airflow_dataops.core.verification import verdicts
from airflow_dataops.errors import BadDataError
from airflow_dataops.usecases.batches.gate import of_header

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.checks.verdict import Outcome
    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.core.rows.failing_row import FailingRows
    from airflow_dataops.core.rows.others import Others
    from airflow_dataops.core.rows.relation import Landed, Split
    from airflow_dataops.usecases.ports.engine import Engine


def test(
    relation: Landed,
    *,
    dataset: Dataset,
    checks: Sequence[Check],
    asked: frozenset[str],
    split: Split | None,
    others: Others,
    keys: int,
    engine: Engine,
) -> tuple[Trial, FailingRows | None]:
    """Judge the header of files, then their rows.

    Args:
        relation: The files.
        dataset: What was promised of them.
        checks: The checks that are run.
        asked: The ids of those that there shall be a verdict on; the others are run, because a rule about all
            rows speaks of those that keep every other rule.
        split: Where the good and the bad rows go; None to write nothing.
        others: What rules may look at besides the rows.
        keys: How many of the rows that broke a rule are named, at most; 0 for none.
        engine: Where rows are judged.

    Returns:
        The verdicts. Where the header breaks the contract, or a file can't be read to its end, no row is
        judged, and the checks are skipped. And beside them, for it holds values of rows, which rows broke a
        rule: None where none was judged, or is to be named.

    Raises:
        BrokenWorldError: If a file can't be reached.
    """
    names = tuple(part.name for part in relation.parts)
    header = of_header(relation, dataset, engine=engine)
    wanted = tuple(check for check in checks if check.id in asked)
    unknown = passed_over(checks, others=others, scheduled=True)
    skipped = tuple(judge(check, Measured(number=None, skipped=UNREAD)) for check in wanted)
    if any(outcome.status is Status.FAILED for outcome in header):
        return Trial(dataset=dataset.name, data=names, outcomes=(*header, *skipped)), None
    try:
        looked_at = plan(dataset, (check for check in checks if check.id not in unknown))
        scan = engine.scan(relation, looked_at, split=split, others=others, keys=to_ask(keys))
    except BadDataError as refusal:
        why = unreadable(f"{refusal.what} ({refusal.where})" if refusal.where else refusal.what)
        return Trial(dataset=dataset.name, data=names, outcomes=(why, *skipped)), None
    found: tuple[Outcome, ...] = verdicts(wanted, replace(scan, measured={**scan.measured, **unknown}))
    trial = Trial(
        dataset=dataset.name,
        data=names,
        outcomes=(*header, *found),
        rows=scan.rows,
        good=scan.good,
        bad=scan.bad,
    )
    return trial, at_most(scan.failing, keys) if keys else None
