"""Verify rows against their contract: the good ones are staged, the bad ones quarantined with reasons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import passed_over, plan
from airflow_dataops.core.rows.others import NONE
from airflow_dataops.core.staged import StagedBatch
from airflow_dataops.core.verification import Verification, blocks, errors, verdicts
from airflow_dataops.usecases.moment import moment

if TYPE_CHECKING:
    from fractions import Fraction

    from airflow_dataops.core.batch import Run
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.landing import Landing
    from airflow_dataops.core.naming import Stage
    from airflow_dataops.core.rows.others import Others
    from airflow_dataops.core.rows.relation import Relation, Split
    from airflow_dataops.usecases.ports import Clock, Engine, Store


def verify(
    relation: Relation,
    *,
    contract: Contract,
    dataset: Dataset,
    schema: str = "",
    landing: Landing,
    stage: Stage,
    split: Split,
    others: Others = NONE,
    scheduled: bool = False,
    ceiling: Fraction,
    run: Run,
    engine: Engine,
    store: Store,
    clock: Clock,
) -> tuple[Verification, StagedBatch]:
    """Scan a relation once, split it, judge every rule, and record the verdicts.

    Args:
        relation: The raw copy, or what a transformation staged.
        contract: What was promised.
        dataset: Of which of its datasets.
        schema: A pandera schema that the rows must keep as well, as `module:Object`; or empty.
        landing: The raw copy that the rows come from.
        stage: verify, or audit: what is promised to readers.
        split: Where the good and the bad rows go.
        others: What rules may look at besides the rows.
        scheduled: Whether this is the time of rules that have a schedule of their own.
        ceiling: Share of bad rows (0..1) above which the batch may not go on; 0 for an audit.
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
    store.record(verification)
    staged = StagedBatch(
        landing=landing,
        stage=stage,
        uri=split.good,
        rows=scan.good,
        content=scan.content,
        contract=contract.fingerprint,
    )
    return verification, staged
