"""Gate a landing: its header against the contract, before a row is read."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.header import compare, outcomes, unreadable
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.rows.relation import landed
from airflow_dataops.core.verification import Verification, blocks
from airflow_dataops.errors import BadDataError
from airflow_dataops.usecases.moment import moment

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Run
    from airflow_dataops.core.checks.verdict import Outcome
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.landing import Landing
    from airflow_dataops.usecases.ports import Clock, Engine, Store


def gate(
    contract: Contract,
    *,
    dataset: Dataset,
    landing: Landing,
    extra_fails: bool,
    run: Run,
    engine: Engine,
    store: Store,
    clock: Clock,
) -> Verification:
    """Compare the header of a landing with its contract, and record the verdict.

    A file that is empty, binary or not in its encoding has no header: that is a verdict too.

    Raises:
        BrokenWorldError: If the landing or the store can't be reached.
    """
    try:
        header = engine.header(landed(landing))
    except BadDataError as refusal:
        verdicts: tuple[Outcome, ...] = (unreadable(refusal.what),)
    else:
        verdicts = outcomes(compare(header, dataset), extra_fails=extra_fails)
    verification = Verification(
        batch=landing.batch,
        stage=Stage.GATE,
        run_id=run.run_id,
        contract=contract.reference,
        at=moment(landing.batch, store=store, clock=clock),
        rows=0,
        good=0,
        bad=0,
        unparsable=0,
        outcomes=verdicts,
        blocks=blocks(verdicts, rows=0, bad=0, ceiling=Fraction(0)),
    )
    store.record(verification)
    return verification
