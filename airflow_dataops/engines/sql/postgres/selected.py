"""What a SELECT that people wrote returns, as a table of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from sqlglot.errors import SqlglotError

from airflow_dataops.engines.sql.postgres.given import heals, view_of
from airflow_dataops.engines.sql.select import TOO_DEEP, unresolved
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection
    from sqlglot import exp

    from airflow_dataops.errors import DataOpsError
    from airflow_dataops.warehouse.postgres import Table

RESULT = "dataops_result"
"""The view of what a team's SELECT returns."""


def write_selected(
    connection: Connection,
    query: str,
    tree: exp.Query,
    *,
    given: Mapping[str, Table],
    schema: Mapping[str, Mapping[str, str]],
    place: str,
    into: Table,
) -> int:
    """Write what a SELECT returns into a table, and return how many rows. What is there is replaced.

    Args:
        connection: A settled transaction.
        query: The SELECT, in PostgreSQL's dialect.
        tree: Its tree.
        given: What the SELECT calls each table that it may read -> the table.
        schema: The same names -> their columns and the types of them.
        place: The file of the SELECT, for messages.
        into: The table that is written.

    Raises:
        NotEvaluatedError: If the SELECT reads or calls something else, is refused, or fails.
        psycopg.Error: If the world is broken.
    """
    view = sql.SQL("CREATE TEMPORARY VIEW {} AS SELECT * FROM {}")
    for name, table in given.items():
        connection.execute(view.format(sql.Identifier(name), table.sql))
    failure: DataOpsError
    what, hint = "PostgreSQL refuses the SQL", "Check its functions and the types that they take."
    try:
        columns = view_of(connection, query, name=RESULT, given=tuple(given), place=place)
        _check_names(columns, place)
        what = "the SQL failed over these rows"
        hint = "PostgreSQL's message is withheld, for it may quote values: run the SQL by hand over its rows."
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(into.sql))
        write = sql.SQL("CREATE TABLE {} AS SELECT * FROM {}").format(into.sql, sql.Identifier(RESULT))
        return connection.execute(write).rowcount
    except psycopg.errors.DuplicateColumn:
        failure = _twice(place)
    except psycopg.Error as error:
        if heals(error):
            raise
        wrong = unresolved(tree, schema=schema, place=place, dialect="postgres")
        failure = wrong or NotEvaluatedError(f"{what} ({type(error).__name__})", where=place, hint=hint)
    except (SqlglotError, RecursionError):
        failure = NotEvaluatedError(TOO_DEEP, where=place)
    raise failure


def _check_names(columns: Mapping[str, str], place: str) -> None:
    folded = [name.casefold() for name in columns]
    if len(set(folded)) < len(folded):
        raise _twice(place)


def _twice(place: str) -> NotEvaluatedError:
    return NotEvaluatedError(
        "two columns of the result have one name",
        where=place,
        hint="Give every column a name of its own with AS.",
    )
