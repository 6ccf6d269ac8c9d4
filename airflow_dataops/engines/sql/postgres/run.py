"""One scan in PostgreSQL: rows are judged where they lie, and numbers alone come back.

But for the texts of JSON columns: they are shown to the one reader of JSON that there is, and not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql
from sqlglot import exp

from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.core.naming import FILE_COLUMN
from airflow_dataops.core.rows.relation import Landed, Staged
from airflow_dataops.engines.sql import judging
from airflow_dataops.engines.sql.failing_rows import failing_row
from airflow_dataops.engines.sql.hooked.elsewhere import elsewhere
from airflow_dataops.engines.sql.judged import blank, extra, tally
from airflow_dataops.engines.sql.passing import GOOD
from airflow_dataops.engines.sql.postgres.asking import PostgresAsking
from airflow_dataops.engines.sql.postgres.halves import write_notes
from airflow_dataops.engines.sql.postgres.temporary import Temporary, written
from airflow_dataops.warehouse.column_type import named_types
from airflow_dataops.warehouse.digest import digest

if TYPE_CHECKING:
    from psycopg import Connection

    from airflow_dataops.core.checks.metric import Scan
    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.rows.failing_row import FailingRow
    from airflow_dataops.core.rows.relation import Relation
    from airflow_dataops.engines.sql.judged import Judged
    from airflow_dataops.engines.sql.postgres.beside import Beside
    from airflow_dataops.engines.sql.postgres.halves import Halves
    from airflow_dataops.warehouse.postgres import Table


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
    plan, shape = rows.shape.plan, rows.shape
    made, columns = Temporary(connection), {column.name: column.type for column in plan.columns}
    found = tally(rows, elsewhere={check.id: _not_here(check, rows.records) for check in plan.customs})
    halves = None if found.unjudged else halves
    counts = (None, None) if halves is None else _write(connection, rows, relation, into=halves)
    found.check(*counts, where=place)
    content = ""
    if halves is not None and halves.good is not None:
        made.called(halves.good, GOOD)
        content = digest(connection, halves.good, named_types(columns)) if halves.digest else ""
    elif plan.queries and not found.unjudged:
        (made.view if rows.lazy else made.table)(GOOD, rows.good())
    return found.scan(
        PostgresAsking(connection, columns, beside=beside),
        beside=beside,
        content=content,
        extra=extra(shape) if isinstance(relation, Staged) else (),
        blank=blank(rows),
        failing=_failing(made, rows, most=keys, lines=isinstance(relation, Landed)),
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


def _write(
    connection: Connection, rows: Judged, relation: Relation, *, into: Halves
) -> tuple[int | None, int]:
    """Write the halves that are asked for, and return how many rows there are of each."""
    good = None if into.good is None else _fill(connection, into.good, rows.good())
    bad = _fill(connection, into.bad, _traced(rows.bad(), relation))
    write_notes(connection, into)
    return good, bad


def _fill(connection: Connection, table: Table, query: exp.Query) -> int:
    connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table.sql))
    return connection.execute(sql.SQL("CREATE TABLE {} AS ").format(table.sql) + written(query)).rowcount


def _traced(rows: exp.Select, relation: Relation) -> exp.Select:
    """Return the quarantine, with the name of the table that the rows are from."""
    if not isinstance(relation, Landed):
        return rows
    origin, _, _ = relation.parts[0].name.partition("?")
    file = exp.cast(exp.Literal.string(origin), "text", dialect="postgres")
    return exp.select(exp.alias_(file, FILE_COLUMN), exp.Star()).from_(rows.subquery("quarantine"))


def _not_here(check: Check, rows: int) -> Measured:
    problem = elsewhere(check, title="the database", inside=True)
    return Measured(number=None, checked=rows, problem=problem)
