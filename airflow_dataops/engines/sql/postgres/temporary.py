"""What a scan makes in PostgreSQL: temporary views and tables, which end with its transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from airflow_dataops.engines.sql.postgres.handed import MOST, hand

if TYPE_CHECKING:
    from psycopg import Connection
    from sqlglot import exp

    from airflow_dataops.warehouse.postgres import Table

VIEW = sql.SQL("CREATE TEMPORARY VIEW {} AS SELECT * FROM {}")


class Temporary:
    """Gives queries names.

    Args:
        connection: A settled transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def view(self, name: str, query: exp.Query) -> None:
        """Give a query a name."""
        self._execute("CREATE TEMPORARY VIEW {} AS ", name, query)

    def table(self, name: str, query: exp.Query) -> int:
        """Keep the rows of a query under a name, and return how many."""
        return self._execute("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS ", name, query)

    def shared(self, name: str, query: exp.Query) -> int:
        """Keep the rows of a query, none of whose values is null, for all workers; return how many they are.

        Many rows are kept in a table, which one worker reads alone.
        """
        kept = f"{name}_kept"
        count = self.table(kept, query)
        if count <= MOST:
            hand(self._connection, kept, name=name)
        else:
            self._connection.execute(VIEW.format(sql.Identifier(name), sql.Identifier("pg_temp", kept)))
        return count

    def called(self, table: Table, name: str) -> None:
        """Give the rows of a table another name."""
        self._connection.execute(VIEW.format(sql.Identifier(name), table.sql))

    def unparsed(self, name: str) -> None:
        """Make the table of what is no record: nothing, in a database."""
        empty = sql.SQL("CREATE TEMPORARY TABLE {} (line bigint, raw text) ON COMMIT DROP")
        self._connection.execute(empty.format(sql.Identifier(name)))

    def numbers(self, query: exp.Query) -> tuple[int, ...]:
        """Return the one row of numbers of a query; null is 0."""
        (row,) = self._connection.execute(written(query)).fetchall()
        return tuple(int(number or 0) for number in row)

    def rows(self, query: exp.Query) -> list[tuple[object, ...]]:
        """Return the rows of a query."""
        return self._connection.execute(written(query)).fetchall()

    def _execute(self, statement: str, name: str, query: exp.Query) -> int:
        made = sql.SQL(statement).format(sql.Identifier(name)) + written(query)
        return self._connection.execute(made).rowcount


def written(query: exp.Query) -> sql.SQL:
    """Return a query as PostgreSQL reads it."""
    return sql.SQL(query.sql("postgres"))
