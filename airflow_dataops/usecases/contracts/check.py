"""Check rows where they lie against a contract: a team's own table, files, or a frame."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.metric import Measured, Scan
from airflow_dataops.core.checks.plan import left_out, plan
from airflow_dataops.core.checks.selection import ALL, LEFT, select
from airflow_dataops.core.checks.verdict import Status, judge, told_apart
from airflow_dataops.core.landing import absent
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.rows.failing_row import at_most, to_ask
from airflow_dataops.core.rows.others import NONE
from airflow_dataops.core.rows.relation import InPlace
from airflow_dataops.core.verification import Verification, blocks, errors, verdicts
from airflow_dataops.errors import BadDataError, NotEvaluatedError, SettingsError
from airflow_dataops.usecases.batches.gate import of_header, refused
from airflow_dataops.usecases.levels.moment import moment

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.checks.selection import Selection
    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.checks.verdict import Outcome
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.rows.failing_row import FailingRows
    from airflow_dataops.core.rows.others import Other, Others
    from airflow_dataops.core.rows.relation import Arrived, Split
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.engine import Engine
    from airflow_dataops.usecases.ports.store import Store

NOTHING = Scan(rows=0, good=0, bad=0, unparsable=0, measured={})
"""A scan that was not made."""


def check(
    relation: Arrived | InPlace | None,
    *,
    contract: Contract,
    dataset: Dataset,
    selection: Selection = ALL,
    batch: Batch,
    split: Split | None = None,
    others: Others = NONE,
    scheduled: bool = False,
    ceiling: Fraction = Fraction(0),
    keys: int = 0,
    run: Run,
    engine: Engine,
    store: Store,
    clock: Clock,
) -> tuple[Verification, FailingRows | None]:
    """Compare the columns of rows with their contract, then judge every rule that is asked for, in one scan.

    The verdict is not recorded yet: whoever asked says whether it is one that counts. Where a column is
    missing, the rows aren't there, or can't be read as what they are declared to be, that is the verdict, and
    no row is judged. Rules that are not asked for are in it, as skipped.

    Args:
        relation: The rows; None where nothing has arrived.
        contract: What was promised.
        dataset: Of which of its datasets.
        selection: Which rules are asked for.
        batch: What the rows are of.
        split: Where the good and the bad rows go; None to write nothing.
        others: What rules may look at besides the rows.
        scheduled: Whether this is the time of rules that have a schedule of their own; it always is that of
            rules that are asked for by name.
        ceiling: Share of bad rows (0..1) above which the rows don't pass.
        keys: How many of the rows that broke a rule are named, at most; 0 for none.
        run: The attempt.
        engine: Where rows are judged.
        store: What is known of the batch.
        clock: Tells the time.

    Returns:
        The verdict; and beside it, for it holds values of rows, which rows broke a rule: None where none was
        judged, or is to be named.

    Raises:
        SettingsError: If a rule is asked for that the contract hasn't, or a table is named that none of its
            rules looks at; or if rows of a table are to be named, and the contract has no primary key.
        NotEvaluatedError: If the rows can't be judged at all, or none of the rules is judged this time.
        BrokenWorldError: If they or the store can't be reached.
    """
    if keys and isinstance(relation, InPlace) and not dataset.primary_key:
        raise _unnamed(relation, dataset)
    others = _called(others, contract)
    asked, left = select(derive(dataset), selection, place=contract.reference)
    reasons = {
        one.id: left_out(one, others=others, scheduled=scheduled or one.id in selection.rules)
        for one in asked
    }
    if all(reasons.values()):
        raise NotEvaluatedError(
            f"not one of the rules is judged; the first of them is skipped: {next(iter(reasons.values()))}",
            where=contract.reference,
            hint="Ask for it by its name, set `scheduled`, or name the tables of others with `lookups`.",
        )
    scan, found = _judged(
        relation,
        dataset,
        tuple(one for one in asked if not reasons[one.id]),
        split=split,
        others=others,
        keys=keys,
        engine=engine,
    )
    skipped = (
        *((one, reasons[one.id]) for one in asked if reasons[one.id]),
        *((one, LEFT) for one in left),
    )
    not_judged = (judge(one, Measured(number=None, skipped=reason)) for one, reason in skipped)
    outcomes = told_apart((*found, *not_judged))
    verdict = Verification(
        batch=batch,
        stage=Stage.CHECK,
        run_id=run.run_id,
        contract=contract.reference,
        at=moment(batch, store=store, clock=clock),
        rows=scan.rows,
        good=scan.good,
        bad=scan.bad,
        unparsable=scan.unparsable,
        outcomes=outcomes,
        blocks=blocks(outcomes, rows=scan.rows, bad=scan.bad, ceiling=ceiling),
        errors=errors(outcomes),
        quarantine=split.bad if split is not None and scan.bad else "",
    )
    return verdict, at_most(scan.failing, keys) if keys and scan is not NOTHING else None


def _unnamed(relation: InPlace, dataset: Dataset) -> SettingsError:
    return SettingsError(
        f"rows of a table are named by their primary key, and `{dataset.name}` has none",
        where=relation.uri,
        hint="Give its columns `primaryKey: true` in the contract, or leave `keys` out.",
    )


def _called(others: Others, contract: Contract) -> Others:
    """Return the other datasets as the rules call them: one of another contract by its file and its name.

    Raises:
        SettingsError: If no rule of the contract looks at one of them.
    """
    wanted = {name for dataset in contract.datasets for one in derive(dataset) for name in one.reads}
    found: dict[str, Other] = {}
    for name, other in others.datasets.items():
        called = [one for one in sorted(wanted) if name in {one, one.rpartition("#")[2]}]
        if not called:
            named = sorted(one.rpartition("#")[2] for one in wanted)
            near = get_close_matches(name, named, n=1)
            there = (
                f"They look at {', '.join(named)}." if named else "They look at none: leave `lookups` out."
            )
            raise SettingsError(
                f"no rule looks at a dataset `{name}`, which `lookups` names",
                where=contract.reference,
                hint=f"Did you mean `{near[0]}`?" if near else there,
            )
        found |= dict.fromkeys([name] if name in called else called, other)
    return replace(others, datasets=found)


def _judged(
    relation: Arrived | InPlace | None,
    dataset: Dataset,
    checks: tuple[Check, ...],
    *,
    split: Split | None,
    others: Others,
    keys: int,
    engine: Engine,
) -> tuple[Scan, tuple[Outcome, ...]]:
    """Return what was measured, and the verdicts on it; nothing was, where the rows can't be judged."""
    if relation is None:
        return NOTHING, (absent(),)
    header = of_header(relation, dataset, engine=engine)
    if any(outcome.status is Status.FAILED for outcome in header):
        return NOTHING, header
    try:
        looked_at = plan(dataset, checks)
        scan = engine.scan(relation, looked_at, split=split, others=others, keys=to_ask(keys))
    except BadDataError as refusal:
        return NOTHING, (refused(refusal, relation),)
    return scan, (*header, *verdicts(checks, scan))
