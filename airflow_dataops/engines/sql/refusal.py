"""Checks that a database refuses whatever its rows are: that is known before a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.spec import Custom, Inside, Matches, Query, RowQuery
from airflow_dataops.engines.sql.dialect import dialect_of
from airflow_dataops.engines.sql.failing import Failing
from airflow_dataops.engines.sql.hooked.elsewhere import elsewhere
from airflow_dataops.engines.sql.hooked.people import FURTHER, looks_further
from airflow_dataops.engines.sql.queries import TITLES
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Dataset

ALONE = {"mysql": False, "sqlite": True}
"""Database that is asked of each row alone, by one SELECT -> whether it judges what is inside JSON."""


def refusals(
    dataset: Dataset, checks: Iterable[Check], *, dialect: str, others: Mapping[str, Dataset]
) -> dict[str, str]:
    """Return the id of each check that a database refuses -> why, in the words of the run.

    What hangs on the columns that a table really has is not among them.

    Args:
        dataset: The dataset.
        checks: Its checks.
        dialect: The database: a key of `DIALECTS`. DuckDB refuses nothing before it has tried.
        others: What rules call another dataset -> the dataset.
    """
    if dialect == "duckdb":
        return {}
    asked = Failing(dataset, dialect=dialect, texts=False, others=others, pretty=False)
    told = {check.id: _refused(check, asked, dialect) for check in checks}
    return {rule: why for rule, why in told.items() if why}


def _refused(check: Check, asked: Failing, dialect: str) -> str:
    try:
        if check.filter:
            _ask(replace(check, promise=RowQuery(check.filter), filter=""), asked, dialect)
    except NotEvaluatedError as error:
        return f"its filter: {error}"
    try:
        _ask(replace(check, filter=""), asked, dialect)
    except NotEvaluatedError as error:
        return str(error)
    return ""


def _ask(check: Check, asked: Failing, dialect: str) -> None:
    """Ask how a database is told of a check, as a run does before it reads rows.

    Raises:
        NotEvaluatedError: If it can't be told.
    """
    if dialect in ALONE:
        why = elsewhere(check, title=TITLES[dialect], inside=ALONE[dialect])
        if not why and isinstance(check.promise, RowQuery) and looks_further(check.promise.sql):
            why = FURTHER.format(TITLES[dialect])
        if why:
            raise NotEvaluatedError(why)
    match check.promise:
        case Custom():
            raise NotEvaluatedError(elsewhere(check, title="the database", inside=True))
        case Inside(promise=Matches(pattern=pattern)):
            dialect_of(dialect).spelling.found(exp.column("text"), pattern)
        case Matches() | Query() | RowQuery():
            asked.sql(check)
        case _:
            pass
