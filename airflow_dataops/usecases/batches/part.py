"""Part rows by a team's own schema: the good ones go on, the bad ones to quarantine with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.checks.breach import measured
from airflow_dataops.core.checks.derive import SCHEMA
from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.core.checks.spec import Check, Custom
from airflow_dataops.core.checks.verdict import judgements
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.rows.parted import Parted
from airflow_dataops.core.staged import StagedBatch
from airflow_dataops.core.verification import Verification, blocks, errors
from airflow_dataops.errors import NotEvaluatedError
from airflow_dataops.usecases.levels.moment import moment

if TYPE_CHECKING:
    from fractions import Fraction

    from airflow_dataops.core.batch import Run
    from airflow_dataops.core.checks.verdict import Outcome
    from airflow_dataops.core.rows.relation import Split
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.parter import Parter
    from airflow_dataops.usecases.ports.store import Store


def part(
    staged: StagedBatch,
    *,
    schema: str,
    split: Split,
    ceiling: Fraction,
    run: Run,
    parter: Parter,
    store: Store,
    clock: Clock,
) -> tuple[Verification, StagedBatch]:
    """Part staged rows by a schema, judge it, and record the verdict with those of the transformation.

    Args:
        staged: The rows.
        schema: The pandera schema, as `module:Object` or `/folder/module.py:Object`.
        split: Where the good and the bad rows go.
        ceiling: Share of bad rows (0..1) above which the batch may not go on.
        run: The attempt.
        parter: Parts the rows.
        store: Where the verdict is recorded.
        clock: Tells the time.

    Returns:
        The verdict, and the good rows: not to be used when it doesn't pass.

    Raises:
        BrokenWorldError: If rows or the store can't be reached.
        SettingsError: If pandera isn't installed.
    """
    try:
        parted = parter.part(staged.uri, schema, split=split)
        found = measured(parted.breaches, checked=parted.rows)
    except NotEvaluatedError as error:
        parted = Parted(rows=staged.rows, good=0, bad=0, breaches=())
        found = Measured(number=None, checked=staged.rows, problem=str(error))
    outcomes = verdicts(schema, found)
    verification = Verification(
        batch=staged.landing.batch,
        stage=Stage.TRANSFORM,
        run_id=run.run_id,
        contract=outcomes[0].expected,
        at=moment(staged.landing.batch, store=store, clock=clock),
        rows=parted.rows,
        good=parted.good,
        bad=parted.bad,
        unparsable=0,
        outcomes=outcomes,
        blocks=blocks(outcomes, rows=parted.rows, bad=parted.bad, ceiling=ceiling),
        errors=errors(outcomes),
        quarantine=split.bad if parted.bad else "",
    )
    store.record(verification)
    good = StagedBatch(landing=staged.landing, stage=Stage.TRANSFORM, uri=split.good, rows=parted.good)
    return verification, good


def verdicts(schema: str, found: Measured) -> tuple[Outcome, ...]:
    """Return the verdict on a schema, and one on each of its rules that is broken."""
    check = Check(id=SCHEMA, promise=Custom("pandera", schema), dimension="conformity")
    return judgements(check, found)
