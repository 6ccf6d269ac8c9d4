"""One scan in DuckDB: rows come in, are judged in one pass, and leave in two files and some numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.checks.metric import Measured, Scan
from airflow_dataops.core.checks.unjudged import unjudged
from airflow_dataops.core.rows.relation import Arrived
from airflow_dataops.engines.sql import statement
from airflow_dataops.engines.sql.asking import DuckAsking
from airflow_dataops.engines.sql.digest import digest
from airflow_dataops.engines.sql.failing_rows import failing_rows
from airflow_dataops.engines.sql.left import checked
from airflow_dataops.engines.sql.parts import traced
from airflow_dataops.engines.sql.passing import GOOD, Passing
from airflow_dataops.engines.sql.reading import sql_type
from airflow_dataops.engines.sql.session import ask, ask_numbers
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    from sqlglot import exp

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.rows.relation import Relation, Split
    from airflow_dataops.core.time_limit import TimeLimit
    from airflow_dataops.engines.sql.beside import Beside
    from airflow_dataops.engines.sql.judging import Shape
    from airflow_dataops.engines.sql.left import Named


class Judged(Protocol):
    """Rows that have been judged and marked, wherever they lie."""

    broken: str
    lazy: bool
    shape: Shape
    named: Named
    records: int
    unparsable: int

    def numbers(self) -> tuple[int, ...]:
        """Return how many records there are, how many are bad, then those of each mark and each filter."""
        ...

    def good(self) -> exp.Select:
        """Return the good rows, in the order in which they came."""
        ...

    def bad(self) -> exp.Select:
        """Return the bad rows, and what is no record."""
        ...

    def filled(self, names: Sequence[str], parts: tuple[str, ...]) -> frozenset[str]:
        """Return those of some columns that have a value in some record."""
        ...


def run(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    rows: Judged,
    *,
    parts: Split | None,
    beside: Beside,
    limit: TimeLimit,
    keys: int = 0,
) -> Scan:
    """Count what was marked, write both halves, ask what is promised of all rows, and return the numbers.

    Where a rule could not be evaluated that says which rows are good, there are no halves.

    Args:
        connection: A DuckDB that may read the relation and write the parts.
        relation: The rows.
        rows: Them, judged and marked.
        parts: The files to write; None for the verdict alone.
        beside: The tables that rules look at besides.
        limit: How long SQL of people may take.
        keys: How many failing rows are named, at most.

    Raises:
        NotEvaluatedError: If the halves don't add up to the rows.
    """
    shape, named, records, unparsable = rows.shape, rows.named, rows.records, rows.unparsable
    seen, marked_bad, *marks = rows.numbers()
    left = dict(zip(shape.filters, marks[len(shape.marks) :], strict=True))
    failing = {mark.rule: count for mark, count in zip(shape.marks, marks, strict=False)}
    judged = {
        check.id: _rows_measured(
            check, shape, failing, checked(check, filters=named.filters, records=records)
        )
        for check in (*shape.plan.rows, *shape.plan.groups)
    } | dict(named.measured)
    unknown = unjudged(shape.plan.naming, judged)
    parts = None if unknown else parts
    good, bad = seen - marked_bad, marked_bad + unparsable
    if parts is not None:
        good, bad = _write(connection, rows, into=parts, landed=isinstance(relation, Arrived))
    if not (seen == records == good + marked_bad and bad == marked_bad + unparsable):
        raise NotEvaluatedError(
            f"{records + unparsable} rows were read, but {good} good and {bad} bad ones were written",
            where=relation.uri,
            hint="Nothing was kept. Run it again; if it stays so, report it with the contract.",
        )
    columns = {column.name: sql_type(column.type) for column in shape.plan.columns}
    if parts is not None:
        ask(connection, statement.view(GOOD, statement.parquet(parts.good)))
    elif shape.plan.queries and not unknown:
        ask(connection, (statement.view if rows.lazy else statement.table)(GOOD, rows.good()))
    passing = Passing(
        DuckAsking(connection, columns, beside=beside, limit=limit),
        beside=beside,
        good=good,
        records=records + unparsable,
        left={text: (left.get(text, 0), found.problem) for text, found in named.filters.items()},
        unjudged=unknown,
    )
    return Scan(
        rows=records + unparsable,
        good=0 if unknown else good,
        bad=0 if unknown else bad,
        unparsable=unparsable,
        measured=judged | passing.all((*shape.plan.counts, *shape.plan.queries)),
        content=digest(connection, GOOD, columns=columns) if parts is not None and parts.digest else "",
        extra=() if isinstance(relation, Arrived) else _extra(shape),
        blank=_blank(rows, parts) if records else (),
        failing=failing_rows(connection, rows, most=keys, landed=isinstance(relation, Arrived)),
        unjudged=unknown,
    )


def _write(
    connection: duckdb.DuckDBPyConnection, rows: Judged, *, into: Split, landed: bool
) -> tuple[int, int]:
    """Write the good and the bad rows, and return how many there are of each."""
    (good,) = ask_numbers(connection, statement.write(rows.good(), into=into.good))
    quarantine = traced(rows.bad()) if landed else rows.bad()
    (bad,) = ask_numbers(connection, statement.write(quarantine, into=into.bad))
    return good, bad


def _extra(shape: Shape) -> tuple[str, ...]:
    planned = {column.name for column in shape.plan.columns}
    return tuple(name for name in shape.columns if name not in planned)


def _blank(rows: Judged, parts: Split | None) -> tuple[str, ...]:
    """Return the optional columns without a value in any record."""
    optional = rows.shape.optional
    filled = rows.filled(optional, () if parts is None else (parts.good,)) if optional else ()
    return tuple(name for name in optional if name not in filled)


def _rows_measured(check: Check, shape: Shape, failing: dict[str, int], records: int) -> Measured:
    if check.id in shape.problems:
        return Measured(number=None, checked=records, problem=shape.problems[check.id])
    return Measured.of_rows(failing[check.id], checked=records)
