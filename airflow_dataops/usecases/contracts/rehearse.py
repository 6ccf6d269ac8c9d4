"""Rehearse a team's SQL: run it over given rows, and hold what comes of them against what is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.checks.plan import left_out, plan
from airflow_dataops.core.checks.verdict import Status, judge
from airflow_dataops.core.difference import difference
from airflow_dataops.core.example import LANDING
from airflow_dataops.core.rehearsal import Rehearsal, Result
from airflow_dataops.core.rows.others import NONE
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.errors import BadDataError, NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.checks.verdict import Outcome
    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.core.difference import Difference, Values
    from airflow_dataops.core.example import Example
    from airflow_dataops.usecases.ports.engine import Engine


def row_rules(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Return the checks that single rows keep or break, whatever lies elsewhere."""
    return tuple(
        check for check in checks if check.judges_rows and not left_out(check, others=NONE, scheduled=True)
    )


def rehearse(
    example: Example,
    *,
    given: Staged,
    expected: Sequence[Values],
    sql: str,
    place: str,
    dataset: Dataset,
    checks: Sequence[Check],
    into: str,
    texts: Callable[[str], Sequence[Values]],
    engine: Engine,
) -> Rehearsal:
    """Run the SQL of a product as a batch would, and say whether what comes of it is what was expected.

    Args:
        example: The test.
        given: Its rows, typed.
        expected: The values of the rows that must come of them, typed and written as texts.
        sql: The text of the team's file.
        place: That file, for messages.
        dataset: What the product promises of the result.
        checks: The checks that its contract asks for.
        into: Where the result goes.
        texts: Returns the values of the rows of a file, typed and written as texts.
        engine: Where the SQL runs.

    Raises:
        BrokenWorldError: If rows can't be read or written.
    """
    try:
        made = engine.transform(given, sql, name=LANDING, partition=example.partition, place=place, into=into)
    except NotEvaluatedError as failure:
        return _failure(example, failure)
    if example.expect is None:
        rows = "1 row" if made.rows == 1 else f"{made.rows} rows"
        return _failed(example, f"the SQL was to fail with `{example.fails}`, and came to {rows}")
    rules = row_rules(checks)
    try:
        scan = engine.scan(Staged(made.uri), plan(dataset, rules), split=None)
    except BadDataError as refusal:
        return _failed(example, f"{place}: {refusal.what}. {refusal.hint}".strip())
    outcomes = tuple(judge(check, scan.measured[check.id]) for check in rules)
    found = difference(
        expected, texts(made.uri), columns=example.columns, key=dataset.primary_key, ordered=example.ordered
    )
    return _judged(example, found, outcomes, {check.id: check.place for check in rules})


def _judged(
    example: Example, found: Difference, outcomes: Sequence[Outcome], places: dict[str, str]
) -> Rehearsal:
    broken = {outcome.rule for outcome in outcomes if outcome.status in {Status.FAILED, Status.WARNING}}
    unknown = [outcome for outcome in outcomes if outcome.status is Status.ERROR]
    where = {rule: f"{place}: " if place else "" for rule, place in places.items()}
    reasons = (
        *([found.summary] if found.pairs else []),
        *(
            f"{where[one.rule]}the rule `{one.rule}` is broken by {one.failing} of {one.checked} rows"
            for one in outcomes
            if one.status is Status.FAILED and one.rule not in example.breaks
        ),
        *(
            f"{place}: no row breaks the rule `{rule}`"
            for rule, place in example.breaks.items()
            if rule not in broken
        ),
        *(f"{where[one.rule]}the rule `{one.rule}` can't be evaluated: {one.observed}" for one in unknown),
    )
    result = Result.ERROR if unknown else Result.FAILED if reasons else Result.PASSED
    return Rehearsal(
        example=example, result=result, reasons=reasons, difference=found if found.pairs else None
    )


def _failure(example: Example, failure: NotEvaluatedError) -> Rehearsal:
    if example.expect is not None:
        return _failed(example, str(failure))
    if example.fails in failure.what:
        return Rehearsal(example=example, result=Result.PASSED)
    return _failed(example, f"the SQL was to fail with `{example.fails}`, and failed otherwise: {failure}")


def _failed(example: Example, reason: str) -> Rehearsal:
    return Rehearsal(example=example, result=Result.FAILED, reasons=(reason,))
