"""One scan in DuckDB: rows come in, are judged in one pass, and leave in two files and some numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.metric import Measured, Scan
from airflow_dataops.core.rows.relation import Landed
from airflow_dataops.engines.sql import judging, statement
from airflow_dataops.engines.sql.asking import DuckAsking
from airflow_dataops.engines.sql.digest import digest
from airflow_dataops.engines.sql.intake import take, traced
from airflow_dataops.engines.sql.left import checked, told
from airflow_dataops.engines.sql.marking import mark_named, mark_repeated
from airflow_dataops.engines.sql.named import RowNamer
from airflow_dataops.engines.sql.passing import GOOD, Passing
from airflow_dataops.engines.sql.reading import sql_type
from airflow_dataops.engines.sql.session import ask, ask_numbers
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    from sqlglot import exp

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.rows.relation import Relation, Split
    from airflow_dataops.engines.sql.beside import Beside
    from airflow_dataops.engines.sql.judging import Shape
    from airflow_dataops.engines.sql.tool import Tool


def run(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    *,
    shape: Shape,
    parts: Split | None,
    tools: Mapping[str, Tool],
    beside: Beside,
) -> Scan:
    """Judge the rows of a relation, write both halves, and return what was measured.

    Args:
        connection: A DuckDB that may read the relation and write the parts.
        relation: The rows.
        shape: Their columns, the plan, and the checks that can't be evaluated.
        parts: The files to write; None for the verdict alone.
        tools: The tools of custom rules, by the name that a contract calls them.
        beside: The tables that rules look at besides.

    Raises:
        NotEvaluatedError: If the halves don't add up to the rows.
        SettingsError: If a tool isn't installed.
    """
    taken = take(connection, relation, shape)
    records, unparsable = taken.records, taken.unparsable
    mark_repeated(connection, shape)
    named = RowNamer(connection, shape, tools=tools, beside=beside, records=records).name()
    shape = told(shape, marks=named.marks, filters=named.filters)
    mark_named(connection, shape)
    seen, marked_bad, *marks = ask_numbers(connection, judging.counts(shape).sql("duckdb"))
    left = dict(zip(shape.filters, marks[len(shape.marks) :], strict=True))
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
    passing = Passing(
        DuckAsking(connection, columns, beside=beside),
        beside=beside,
        good=good,
        records=records + unparsable,
        left={text: (left.get(text, 0), found.problem) for text, found in named.filters.items()},
    )
    failing = {mark.rule: count for mark, count in zip(shape.marks, marks, strict=False)}
    return Scan(
        rows=records + unparsable,
        good=good,
        bad=bad,
        unparsable=unparsable,
        measured={
            **{
                check.id: _rows_measured(
                    check, shape, failing, checked(check, filters=named.filters, records=records)
                )
                for check in (*shape.plan.rows, *shape.plan.groups)
            },
            **named.measured,
            **{check.id: passing.measured(check) for check in (*shape.plan.counts, *shape.plan.queries)},
        },
        content="" if parts is None else digest(connection, GOOD, columns=columns),
        extra=() if isinstance(relation, Landed) else _extra(shape),
        blank=_blank(connection, shape, parts) if records else (),
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


def _blank(connection: duckdb.DuckDBPyConnection, shape: Shape, parts: Split | None) -> tuple[str, ...]:
    """Return the optional columns without a value in any record.

    What the good part's statistics show to have one is not looked for: to count all of a wide table takes
    long, and hardly a column is blank.
    """
    told = [] if parts is None else ask(connection, statement.filled(parts.good))
    known = {str(name) for (name,) in told}
    doubtful = [name for name in shape.optional if name not in known]
    if not doubtful:
        return ()
    counts = ask_numbers(connection, judging.filled(shape, doubtful).sql("duckdb"))
    return tuple(name for name, count in zip(doubtful, counts, strict=True) if not count)


def _rows_measured(check: Check, shape: Shape, failing: dict[str, int], records: int) -> Measured:
    if check.id in shape.problems:
        return Measured(number=None, checked=records, problem=shape.problems[check.id])
    count = failing[check.id]
    return Measured(number=Fraction(count), failing=count, checked=records)
