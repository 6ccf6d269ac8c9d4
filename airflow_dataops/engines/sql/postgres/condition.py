"""A condition that people wrote: which rows of a table are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from airflow_dataops.engines.sql.postgres.given import heals, view_of
from airflow_dataops.engines.sql.select import TOO_DEEP
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from psycopg import Connection

    from airflow_dataops.errors import DataOpsError

PLACE = "the condition of the rows"


def filtered(connection: Connection, condition: str, *, of: str, name: str) -> None:
    """Give the rows of a view that satisfy a condition a name in this session; no row is read.

    Args:
        connection: A settled transaction.
        condition: The condition, in PostgreSQL's dialect. It may ask the row, and functions that compute.
        of: The view.
        name: What the view of those rows is called.

    Raises:
        NotEvaluatedError: If it is no condition, or PostgreSQL refuses it.
        psycopg.Error: If another try may heal it.
    """
    failure: DataOpsError
    try:
        tree = sqlglot.parse_one(
            condition, dialect="postgres", into=exp.Condition, error_level=ErrorLevel.IMMEDIATE
        )
        query = exp.select(exp.Star()).from_(exp.table_(of)).where(tree)
        view_of(connection, query.sql("postgres"), name=name, given=(of,), place=PLACE)
    except (SqlglotError, RecursionError) as error:
        what = TOO_DEEP if isinstance(error, RecursionError) else "it is no condition of SQL"
        hint = "Write what would stand after WHERE, such as day = '2026-03-01'."
        failure = NotEvaluatedError(what, where=PLACE, hint=hint)
    except psycopg.Error as error:
        if heals(error):
            raise
        what = f"PostgreSQL refuses it ({type(error).__name__})"
        failure = NotEvaluatedError(what, where=PLACE, hint="Check its columns, and the types of its values.")
    else:
        return
    raise failure
