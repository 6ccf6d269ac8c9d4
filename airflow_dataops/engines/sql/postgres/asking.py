"""How PostgreSQL is asked about the rows that would be passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from sqlglot.errors import SqlglotError

from airflow_dataops.engines.sql.passing import GOOD, WHOLE
from airflow_dataops.engines.sql.postgres.answer import answer, numbers
from airflow_dataops.engines.sql.postgres.given import heals
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

    from psycopg import Connection
    from sqlglot import exp

    from airflow_dataops.core.checks.metric import Measured
    from airflow_dataops.core.checks.spec import Query
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.engines.sql.postgres.beside import Beside

BOTH = "CREATE OR REPLACE TEMPORARY VIEW {} AS SELECT {} FROM {} UNION ALL SELECT {} FROM {}"


class PostgresAsking:
    """Asks a transaction that has GOOD.

    Args:
        connection: A settled transaction.
        columns: The columns of GOOD and their types.
        beside: The tables that rules look at besides.
    """

    def __init__(self, connection: Connection, columns: Mapping[str, ColumnType], *, beside: Beside) -> None:
        self._connection = connection
        self._columns = columns
        self._beside = beside

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        with self._connection.transaction():
            ((count,),) = self._connection.execute(query).fetchall()
        return int(count)

    def show_whole(self, rest: str) -> None:
        """Make WHOLE of GOOD and the rest of the table."""
        names = sql.SQL(", ").join(map(sql.Identifier, self._columns))
        good, other = sql.Identifier(GOOD), sql.Identifier(rest)
        with self._connection.transaction():
            self._connection.execute(sql.SQL(BOTH).format(sql.Identifier(WHOLE), names, good, names, other))

    def answer(self, query: Query, *, table: str, rows: int) -> Measured:
        """Return the number that a SQL rule comes to over a table of so many rows, or why there is none."""
        return answer(
            self._connection,
            query.sql,
            table=table,
            columns={table: self._columns, **self._beside.columns(query.reads)},
            besides={name: self._beside.dataset(name) for name in query.reads},
            rows=rows,
        )

    def numbers(self, tree: exp.Select) -> tuple[Fraction | None, ...] | None:
        """Return the numbers of a SELECT of aggregates over GOOD; None where it fails, or one is no number.

        Raises:
            psycopg.Error: If another try may heal it.
        """
        try:
            with self._connection.transaction():
                return numbers(self._connection, tree, table=GOOD, columns=self._columns)
        except (NotEvaluatedError, SqlglotError, RecursionError):
            return None
        except psycopg.Error as error:
            if heals(error):
                raise
            return None

    def tried(self, work: Callable[[], Measured]) -> Measured:
        """Do some work, each step of which is undone when it fails, and return what it came to.

        Raises:
            NotEvaluatedError: If PostgreSQL can't do it.
            psycopg.Error: If another try may heal it.
        """
        try:
            return work()
        except psycopg.Error as error:
            if heals(error):
                raise
            name = type(error).__name__
        raise NotEvaluatedError(f"the rule failed in PostgreSQL ({name})")
