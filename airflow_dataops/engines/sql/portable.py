"""Whether SQL that is written for PostgreSQL means the same in DuckDB, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.engines.sql.agreement.agreed import agreed
from airflow_dataops.engines.sql.proofreading import PARTITION, TABLE, in_file
from airflow_dataops.engines.sql.select import parse_select
from airflow_dataops.engines.sql.template import render_sql
from airflow_dataops.errors import NotEvaluatedError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot import exp

    from airflow_dataops.core.contract.model import ColumnType

POSTGRES = "postgres"
SHOWN = 60
"""Characters of a part of the SQL that a message quotes."""

WHY = "this SQL is PostgreSQL's, where the source is a table, and tests run in DuckDB"
HINT = "Write it so that it means the same in both (docs/reference/engines.md), or test it in the database."


def portable(text: str, *, columns: Mapping[str, ColumnType], place: str) -> Problem | None:
    """Return why a team's SQL can't be tried in DuckDB; None where it means the same there.

    It does where both read the same from its words, and PostgreSQL need not be told otherwise, so that it
    comes to what it comes to in DuckDB.

    Args:
        text: The file's text, which PostgreSQL reads.
        columns: The columns of the rows that it reads, and their types.
        place: The file.
    """
    sql = render_sql(text, source=TABLE, partition=PARTITION, place=place)
    theirs = parse_select(sql, table=TABLE, place=place, dialect=POSTGRES)
    try:
        ours = parse_select(sql, table=TABLE, place=place)
        told = agreed(ours, engine=POSTGRES, columns={TABLE: columns})
    except NotEvaluatedError as error:
        where = in_file(error.where, place, text=text, sql=sql) if error.where else place
        return Problem(where, f"{WHY}: {error.what}", HINT)
    for other in (theirs, told):
        if other != ours:
            return Problem(place, f"{WHY}: `{_part(ours, other)}` means something else there", HINT)
    return None


def _part(ours: exp.Query, other: exp.Query) -> str:
    """Return the smallest part of a tree that another tree lacks."""
    there = set(other.walk())
    lacking = [found.sql("duckdb") for found in ours.walk() if found not in there]
    part = min(lacking or [ours.sql("duckdb")], key=len)
    return part if len(part) <= SHOWN else f"{part[:SHOWN]}…"
