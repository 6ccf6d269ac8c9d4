"""One scan in PostgreSQL: rows are judged where they lie, and numbers alone come back.

But for the texts of JSON columns: they are shown to the one reader of JSON that there is, and not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from psycopg import sql
from sqlglot import exp

from airflow_dataops.core.checks.metric import Measured, Scan
from airflow_dataops.core.checks.unjudged import unjudged
from airflow_dataops.core.naming import FILE_COLUMN
from airflow_dataops.core.rows.relation import Landed, Staged
from airflow_dataops.engines.sql import judging
from airflow_dataops.engines.sql.failing_rows import failing_row
from airflow_dataops.engines.sql.hooked.elsewhere import elsewhere
from airflow_dataops.engines.sql.left import checked
from airflow_dataops.engines.sql.passing import GOOD, Passing
from airflow_dataops.engines.sql.postgres.asking import PostgresAsking
from airflow_dataops.engines.sql.postgres.halves import write_notes
from airflow_dataops.engines.sql.postgres.temporary import Temporary, written
from airflow_dataops.errors import NotEvaluatedError
from airflow_dataops.warehouse.column_type import named_types
from airflow_dataops.warehouse.digest import digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.rows.failing_row import FailingRow
    from airflow_dataops.core.rows.relation import Relation
    from airflow_dataops.engines.sql.judging import Shape
    from airflow_dataops.engines.sql.left import Named
    from airflow_dataops.engines.sql.postgres.beside import Beside
    from airflow_dataops.engines.sql.postgres.halves import Halves
    from airflow_dataops.warehouse.postgres import Table


class Judged(Protocol):
    """Rows that have been judged and marked, wherever they lie."""

    broken: str
    lazy: bool
    shape: Shape
    named: Named
    records: int

    def numbers(self) -> tuple[int, ...]:
        """Return how many records there are, how many are bad, then those of each mark and each filter."""
        ...

    def good(self) -> exp.Select:
        """Return the good rows."""
        ...

    def bad(self) -> exp.Select:
        """Return the bad rows."""
        ...

    def filled(self, names: Sequence[str]) -> frozenset[str]:
        """Return those of some columns that have a value in some record."""
        ...


def run(
    connection: Connection,
    relation: Relation,
    rows: Judged,
    *,
    halves: Halves | None,
    beside: Beside,
    place: str,
    keys: int = 0,
) -> Scan:
    """Count what was marked, write both halves, ask what is promised of all rows, and return the numbers.

    Where a rule could not be evaluated that says which rows are good, there are no halves.

    Args:
        connection: A settled transaction.
        relation: The rows.
        rows: Them, judged and marked.
        halves: Where the halves go; None for the verdict alone.
        beside: The tables that rules look at besides.
        place: What the table is called, for messages.
        keys: How many failing rows are named, at most.

    Raises:
        NotEvaluatedError: If the halves don't add up to the rows.
    """
    shape, named, plan, records = rows.shape, rows.named, rows.shape.plan, rows.records
    made = Temporary(connection)
    columns = {column.name: column.type for column in plan.columns}
    seen, marked_bad, *found = rows.numbers()
    good, bad = seen - marked_bad, marked_bad
    failing = {mark.rule: count for mark, count in zip(shape.marks, found, strict=False)}
    judged = {
        **{
            check.id: _marked(check, shape, failing, checked(check, filters=named.filters, records=records))
            for check in (*plan.rows, *plan.groups)
        },
        **named.measured,
        **{check.id: _not_here(check, records) for check in plan.customs},
    }
    unknown = unjudged(plan.naming, judged)
    halves = None if unknown else halves
    if halves is not None:
        if halves.good is not None:
            good = _write(connection, rows.good(), into=halves.good)
        bad = _write(connection, _traced(rows.bad(), relation), into=halves.bad)
        write_notes(connection, halves)
    if not (seen == records == good + marked_bad and bad == marked_bad):
        raise NotEvaluatedError(
            f"{records} rows were read, but {good} good and {bad} bad ones were written",
            where=place,
            hint="Nothing was kept. Run it again; if it stays so, report it with the contract.",
        )
    left = dict(zip(shape.filters, found[len(shape.marks) :], strict=True))
    written = None if halves is None else halves.good
    if written is not None:
        made.called(written, GOOD)
    elif plan.queries and not unknown:
        (made.view if rows.lazy else made.table)(GOOD, rows.good())
    passing = Passing(
        PostgresAsking(connection, columns, beside=beside),
        beside=beside,
        good=good,
        records=records,
        left={text: (left.get(text, 0), one.problem) for text, one in named.filters.items()},
        unjudged=unknown,
    )
    return Scan(
        rows=records,
        good=0 if unknown else good,
        bad=0 if unknown else bad,
        unparsable=0,
        measured=judged | passing.all((*plan.counts, *plan.queries)),
        content=digest(connection, written, named_types(columns))
        if halves is not None and written is not None and halves.digest
        else "",
        extra=_extra(shape) if isinstance(relation, Staged) else (),
        blank=_blank(rows) if records else (),
        failing=_failing(made, rows, most=keys, lines=isinstance(relation, Landed)),
        unjudged=unknown,
    )


def _failing(made: Temporary, rows: Judged, *, most: int, lines: bool) -> tuple[FailingRow, ...]:
    """Return the first rows that broke a rule: by their lines; in a table, which has none, by their keys."""
    if not most:
        return ()
    query = judging.failing(rows.shape, of=rows.broken, most=most)
    if not lines and rows.shape.plan.key:
        values = [exp.column(f"v{rows.shape.planned[name]}") for name in rows.shape.plan.key]
        texts = [exp.column(f"t{rows.shape.positions[name]}") for name in rows.shape.plan.key]
        query = query.order_by(*values, *texts, append=False)
    found = made.rows(query)
    return tuple(failing_row(row, rows.shape, line=int(str(line)) if lines else 0) for line, *row in found)


def _write(connection: Connection, query: exp.Query, *, into: Table) -> int:
    connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(into.sql))
    return connection.execute(sql.SQL("CREATE TABLE {} AS ").format(into.sql) + written(query)).rowcount


def _traced(rows: exp.Select, relation: Relation) -> exp.Select:
    """Return the quarantine, with the name of the table that the rows are from."""
    if not isinstance(relation, Landed):
        return rows
    origin, _, _ = relation.parts[0].name.partition("?")
    file = exp.cast(exp.Literal.string(origin), "text", dialect="postgres")
    return exp.select(exp.alias_(file, FILE_COLUMN), exp.Star()).from_(rows.subquery("quarantine"))


def _extra(shape: Shape) -> tuple[str, ...]:
    return tuple(name for name in shape.columns if name not in shape.planned)


def _blank(rows: Judged) -> tuple[str, ...]:
    """Return the optional columns without a value in any record."""
    optional = rows.shape.optional
    filled = rows.filled(optional) if optional else frozenset()
    return tuple(name for name in optional if name not in filled)


def _marked(check: Check, shape: Shape, failing: dict[str, int], records: int) -> Measured:
    if check.id in shape.problems:
        return Measured(number=None, checked=records, problem=shape.problems[check.id])
    return Measured.of_rows(failing[check.id], checked=records)


def _not_here(check: Check, rows: int) -> Measured:
    problem = elsewhere(check, title="the database", inside=True)
    return Measured(number=None, checked=rows, problem=problem)
