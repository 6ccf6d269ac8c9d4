"""One scan in DuckDB: rows come in, are judged in one pass, and leave in two files and some numbers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.metric import Measured, Scan
from airflow_dataops.core.checks.spec import Query
from airflow_dataops.core.rows.relation import Landed
from airflow_dataops.engines.sql import judging, statement
from airflow_dataops.engines.sql.answer import answer
from airflow_dataops.engines.sql.digest import digest
from airflow_dataops.engines.sql.intake import take, traced
from airflow_dataops.engines.sql.marking import mark_named, mark_repeated
from airflow_dataops.engines.sql.named import RowNamer
from airflow_dataops.engines.sql.reading import sql_type
from airflow_dataops.engines.sql.session import ask, ask_numbers
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    from sqlglot import exp

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.rows.relation import Relation, Split
    from airflow_dataops.engines.sql.judging import Shape
    from airflow_dataops.engines.sql.tool import Tool

GOOD = "dataops_good"
"""The table that `{object}` stands for in a SQL rule: the good rows, by themselves.

No condition of such a rule is ever tried on a bad row, at which it could fail.
"""


def run(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    *,
    shape: Shape,
    parts: Split | None,
    tools: Mapping[str, Tool],
) -> Scan:
    """Judge the rows of a relation, write both halves, and return what was measured.

    Args:
        connection: A DuckDB that may read the relation and write the parts.
        relation: The rows.
        shape: Their columns, the plan, and the checks that can't be evaluated.
        parts: The files to write; None for the verdict alone.
        tools: The tools of custom rules, by the name that a contract calls them.

    Raises:
        NotEvaluatedError: If the halves don't add up to the rows.
        SettingsError: If a tool isn't installed.
    """
    taken = take(connection, relation, shape)
    records, unparsable = taken.records, taken.unparsable
    mark_repeated(connection, shape)
    named = RowNamer(connection, shape, tools=tools, records=records).name()
    shape = replace(shape, named=named.marks)
    mark_named(connection, shape)
    seen, marked_bad, *marks = ask_numbers(connection, judging.counts(shape).sql("duckdb"))
    good, bad = seen - marked_bad, marked_bad + unparsable
    if parts is not None:
        good, bad = _write(connection, shape, into=parts, landed=isinstance(relation, Landed))
    if not (seen == records == good + marked_bad and bad == marked_bad + unparsable):
        raise NotEvaluatedError(
            f"{records + unparsable} rows were read, but {good} good and {bad} bad ones were written",
            where=relation.uri,
            hint="Nothing was kept. Run it again; if it stays so, report it with the contract.",
        )
    columns = {column.name: sql_type(column.type) for column in shape.plan.columns}
    if parts is not None:
        ask(connection, statement.view(GOOD, statement.parquet(parts.good)))
    elif shape.plan.queries:
        ask(connection, statement.table(GOOD, _passing(shape)))
    failing = {mark.rule: count for mark, count in zip(shape.marks, marks, strict=True)}
    return Scan(
        rows=records + unparsable,
        good=good,
        bad=bad,
        unparsable=unparsable,
        measured={
            **{
                check.id: _rows_measured(check, shape, failing, records)
                for check in (*shape.plan.rows, *shape.plan.groups)
            },
            **named.measured,
            **{
                check.id: Measured(number=Fraction(good), checked=records + unparsable)
                for check in shape.plan.counts
            },
            **{
                check.id: _asked(connection, check, columns=columns, rows=good)
                for check in shape.plan.queries
            },
        },
        content="" if parts is None else digest(connection, GOOD, columns=columns),
        extra=() if isinstance(relation, Landed) else _extra(shape),
    )


def _write(
    connection: duckdb.DuckDBPyConnection, shape: Shape, *, into: Split, landed: bool
) -> tuple[int, int]:
    """Write the good and the bad rows, and return how many there are of each."""
    (good,) = ask_numbers(connection, statement.write(_passing(shape), into=into.good))
    quarantine = traced(judging.bad(shape)) if landed else judging.bad(shape)
    (bad,) = ask_numbers(connection, statement.write(quarantine, into=into.bad))
    return good, bad


def _passing(shape: Shape) -> exp.Select:
    passing = judging.good(shape)
    passing.set("order", None)  # they lie in it
    return passing


def _extra(shape: Shape) -> tuple[str, ...]:
    planned = {column.name for column in shape.plan.columns}
    return tuple(name for name in shape.columns if name not in planned)


def _rows_measured(check: Check, shape: Shape, failing: dict[str, int], records: int) -> Measured:
    if check.id in shape.problems:
        return Measured(number=None, checked=records, problem=shape.problems[check.id])
    count = failing[check.id]
    return Measured(number=Fraction(count), failing=count, checked=records)


def _asked(
    connection: duckdb.DuckDBPyConnection, check: Check, *, columns: dict[str, str], rows: int
) -> Measured:
    if not isinstance(check.promise, Query):
        return Measured(number=None, problem="the rule is no query")
    return answer(connection, check.promise.sql, table=GOOD, columns=columns, rows=rows)
