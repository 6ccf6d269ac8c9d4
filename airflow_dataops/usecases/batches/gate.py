"""Gate a landing: its header against the contract, before a row is read."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.header import (
    TABLE,
    ExtraColumns,
    compare,
    declared,
    outcomes,
    sampled,
    undeclared,
    unreadable,
)
from airflow_dataops.core.landing import Format
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.rows.relation import InPlace, Landed, landed
from airflow_dataops.core.verification import Verification, blocks
from airflow_dataops.errors import BadDataError
from airflow_dataops.usecases.levels.moment import moment

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Run
    from airflow_dataops.core.checks.verdict import Outcome
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.landing import Landing
    from airflow_dataops.core.rows.relation import Arrived
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.engine import Engine
    from airflow_dataops.usecases.ports.store import Store


def gate(
    contract: Contract,
    *,
    dataset: Dataset,
    landing: Landing,
    extra: ExtraColumns = ExtraColumns.REPORT,
    run: Run,
    engine: Engine,
    store: Store,
    clock: Clock,
) -> Verification:
    """Compare the header of a landing with its contract, and record the verdict.

    Files that are empty, binary, damaged or not in their encoding have no header: that is a verdict too. So
    is that they are declared to have none. Of JSON lines a column that isn't required may be in no record.

    Raises:
        BrokenWorldError: If the landing or the store can't be reached.
    """
    verdicts = of_header(landed(landing), dataset, extra=extra, engine=engine)
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


def of_header(
    relation: Arrived | InPlace,
    dataset: Dataset,
    *,
    extra: ExtraColumns = ExtraColumns.REPORT,
    engine: Engine,
) -> tuple[Outcome, ...]:
    """Return the verdicts on the names of the columns that rows have, and on the types that they declare.

    Raises:
        BrokenWorldError: If the rows can't be reached.
    """
    try:
        header = engine.header(relation)
    except BadDataError as refusal:
        return (refused(refusal, relation),)
    if isinstance(relation, Landed):
        if relation.dialect.format is Format.CSV and not relation.dialect.header:
            return (undeclared(),)
        if relation.dialect.format is Format.JSON_LINES:
            header = sampled(header, dataset)
    found = outcomes(compare(header, dataset), extra=extra)
    types = engine.types(relation)
    return (*found, declared(types, dataset)) if types else found


def refused(refusal: BadDataError, relation: Arrived | InPlace) -> Outcome:
    """Return the verdict on rows that can't be read as what they are declared to be."""
    why = f"{refusal.what} ({refusal.where})" if refusal.where else refusal.what
    return unreadable(why, expected=TABLE if isinstance(relation, InPlace) else "a header")
