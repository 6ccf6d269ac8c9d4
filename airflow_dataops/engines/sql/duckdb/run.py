"""One scan in DuckDB: rows come in, are judged in one pass, and leave in two files and some numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.rows.relation import Arrived
from airflow_dataops.engines.sql.duckdb import statement
from airflow_dataops.engines.sql.duckdb.asking import DuckAsking
from airflow_dataops.engines.sql.duckdb.digest import digest
from airflow_dataops.engines.sql.duckdb.parts import traced
from airflow_dataops.engines.sql.duckdb.session import ask, ask_numbers
from airflow_dataops.engines.sql.failing_rows import failing_rows
from airflow_dataops.engines.sql.judged import blank, extra, tally
from airflow_dataops.engines.sql.passing import GOOD
from airflow_dataops.engines.sql.reading import sql_type

if TYPE_CHECKING:
    import duckdb

    from airflow_dataops.core.checks.metric import Scan
    from airflow_dataops.core.rows.relation import Relation, Split
    from airflow_dataops.core.time_limit import TimeLimit
    from airflow_dataops.engines.sql.duckdb.beside import Beside
    from airflow_dataops.engines.sql.judged import Judged


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
    plan, landed, found = rows.shape.plan, isinstance(relation, Arrived), tally(rows)
    parts = None if found.unjudged else parts
    counts = (None, None) if parts is None else _write(connection, rows, into=parts, landed=landed)
    found.check(*counts, where=relation.uri)
    columns = {column.name: sql_type(column.type) for column in plan.columns}
    content, known = "", []
    if parts is not None:
        ask(connection, statement.view(GOOD, statement.parquet(parts.good)))
        content = digest(connection, GOOD, columns=columns) if parts.digest else ""
        # What the statistics of the file show to have a value is not looked for: to count all of a wide table
        # takes long, and hardly a column is blank.
        known = [str(name) for (name,) in ask(connection, statement.filled(parts.good))]
    elif plan.queries and not found.unjudged:
        ask(connection, (statement.view if rows.lazy else statement.table)(GOOD, rows.good()))
    return found.scan(
        DuckAsking(connection, columns, beside=beside, limit=limit),
        beside=beside,
        content=content,
        extra=() if landed else extra(rows.shape),
        blank=blank(rows, known=known),
        failing=failing_rows(connection, rows, most=keys, landed=landed),
    )


def _write(
    connection: duckdb.DuckDBPyConnection, rows: Judged, *, into: Split, landed: bool
) -> tuple[int, int]:
    """Write the good and the bad rows, and return how many there are of each."""
    (good,) = ask_numbers(connection, statement.write(rows.good(), into=into.good))
    quarantine = traced(rows.bad()) if landed else rows.bad()
    (bad,) = ask_numbers(connection, statement.write(quarantine, into=into.bad))
    return good, bad
