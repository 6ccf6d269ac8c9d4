"""Which checks can't be evaluated at all, told apart before the rows are read, so that they hurt no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from airflow_dataops.core.checks.spec import Matches, OneOf
from airflow_dataops.engines.sql.judging import Shape, key_of, reading
from airflow_dataops.engines.sql.lower import lower
from airflow_dataops.engines.sql.reading import value_of
from airflow_dataops.engines.sql.session import ask, ask_numbers
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from airflow_dataops.core.checks.plan import ScanPlan
    from airflow_dataops.core.contract.model import ColumnType

NO_COLUMN = "the rule speaks of a column that the contract doesn't have"


def problems(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[str, str], plan: ScanPlan
) -> Iterator[tuple[str, str]]:
    """Yield the id of each check that marks rows and can't be evaluated, and why."""
    shape = Shape(columns, plan, {})
    for check in plan.rows:
        try:
            lower(check.promise, reading(check, shape))
        except NotEvaluatedError as error:
            yield check.id, error.what
            continue
        if isinstance(check.promise, Matches) and not _compiles(connection, check.promise.pattern):
            yield check.id, "the pattern is not one that RE2 reads"
        column_type = reading(check, shape).type
        for value in check.promise.values if isinstance(check.promise, OneOf) else ():
            if not _has_value(connection, value, column_type):
                yield check.id, f"the rule lists {value!r}, which is no {column_type}"
                break
    names = {column.name for column in plan.columns}
    for check in plan.groups:
        if not names.issuperset(key_of(check)):
            yield check.id, NO_COLUMN


def _compiles(connection: duckdb.DuckDBPyConnection, pattern: str) -> bool:
    try:
        ask(connection, "SELECT regexp_matches('', $1)", [pattern])
    except duckdb.Error:
        return False
    return True


def _has_value(connection: duckdb.DuckDBPyConnection, text: str, column_type: ColumnType) -> bool:
    value = value_of(exp.Literal.string(text), "VARCHAR", column_type)
    (missing,) = ask_numbers(connection, exp.select(exp.Is(this=value, expression=exp.null())).sql("duckdb"))
    return not missing
