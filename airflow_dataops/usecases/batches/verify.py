"""Verify rows against their contract: the good ones are staged, the bad ones quarantined with reasons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import passed_over, plan
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.rows.others import NONE
from airflow_dataops.core.slo.observation import of_count, of_verification
from airflow_dataops.core.staged import StagedBatch
from airflow_dataops.core.verification import Verification, blocks, errors, verdicts
from airflow_dataops.usecases.levels.moment import moment

if TYPE_CHECKING:
    from fractions import Fraction

    from airflow_dataops.core.batch import Run
    from airflow_dataops.core.beginning import Beginning
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.rows.others import Others
    from airflow_dataops.core.rows.relation import Relation, Split
    from airflow_dataops.core.slo.observation import Observation
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.engine import Engine
    from airflow_dataops.usecases.ports.store import Store


def verify(
    relation: Relation,
    *,
    contract: Contract,
    dataset: Dataset,
    schema: str = "",
    landing: Landing | Beginning,
    stage: Stage,
    split: Split,
    others: Others = NONE,
    scheduled: bool = False,
    ceiling: Fraction,
    expected: int | None = None,
    run: Run,
    engine: Engine,
    store: Store,
    clock: Clock,
) -> tuple[Verification, StagedBatch]:
    """Scan a relation once, split it, judge every rule, and record the verdicts.

    How correct the rows are is recorded with them, whatever becomes of the batch: those of the landing, and
    where nothing landed those that are audited.

    Args:
        relation: The raw copy, or what a transformation staged.
        contract: What was promised.
        dataset: Of which of its datasets.
        schema: A pandera schema that the rows must keep as well, as `module:Object`; or empty.
        landing: The raw copy that the rows come from; or how the batch began, where nothing landed.
        stage: verify, or audit: what is promised to readers.
        split: Where the good and the bad rows go.
        others: What rules may look at besides the rows.
        scheduled: Whether this is the time of rules that have a schedule of their own.
        ceiling: Share of bad rows (0..1) above which the batch may not go on; 0 for an audit.
        expected: How many rows the landing should have; None where that isn't known.
        run: The attempt.
        engine: Where rows are judged.
        store: Where the verdicts are recorded.
        clock: Tells the time.

    Returns:
        The verdicts, and the good rows: not to be used when the verification doesn't pass.

    Raises:
        BadDataError: If the relation lacks columns of the contract.
        BrokenWorldError: If rows or the store can't be reached.
    """
    checks = derive(dataset, schema=schema)
    skipped = passed_over(checks, others=others, scheduled=scheduled)
    looked_at = plan(dataset, (check for check in checks if check.id not in skipped))
    scan = engine.scan(relation, looked_at, split=split, others=others)
    outcomes = verdicts(checks, replace(scan, measured={**scan.measured, **skipped}))
    verification = Verification(
        batch=landing.batch,
        stage=stage,
        run_id=run.run_id,
        contract=contract.reference,
        at=moment(landing.batch, store=store, clock=clock),
        rows=scan.rows,
        good=scan.good,
        bad=scan.bad,
        unparsable=scan.unparsable,
        outcomes=outcomes,
        blocks=blocks(outcomes, rows=scan.rows, bad=scan.bad, ceiling=ceiling),
        errors=errors(outcomes),
        quarantine=split.bad if scan.bad else "",
    )
    seen = _seen(verification, landing=landing, content=scan.content, expected=expected, run=run)
    store.record(verification, *seen)
    staged = StagedBatch(
        landing=landing,
        stage=stage,
        uri=split.good,
        rows=scan.good,
        content=scan.content,
        contract=contract.fingerprint,
    )
    return verification, staged


def _seen(
    verification: Verification,
    *,
    landing: Landing | Beginning,
    content: str,
    expected: int | None,
    run: Run,
) -> tuple[Observation, ...]:
    """Return how correct and how complete the rows were found; nothing of those that were judged before."""
    if isinstance(landing, Landing) is not (verification.stage is Stage.VERIFY):
        return ()
    looked_at, end = landing.sha256 or content, run.interval_end
    correct = of_verification(verification, looked_at=looked_at, end=end)
    if expected is None:
        return correct
    return (*correct, of_count(verification, expected=expected, looked_at=looked_at, end=end))
