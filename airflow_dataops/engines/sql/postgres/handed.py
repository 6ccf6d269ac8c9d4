"""Few rows of a temporary table, handed to all workers of the database, as a setting of the transaction.

PostgreSQL lets no worker read a temporary table, so that a statement with one runs in one process alone.
A setting every worker has; and, unlike literals, no statement or log shows what is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from psycopg import Connection

MOST = 10_000
"""How many rows are handed over; more stay in their table, where one process works alone."""

COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod)
    FROM pg_catalog.pg_attribute
    WHERE attrelid = to_regclass(%s) AND attnum > 0
    ORDER BY attnum
"""


def hand(connection: Connection, table: str, *, name: str) -> None:
    """Give the rows of a temporary table another name, under which every worker can read them.

    Args:
        connection: A settled transaction.
        table: A table of at most `MOST` rows, none of whose values is null.
        name: The name of the view.
    """
    columns = connection.execute(COLUMNS, [f"pg_temp.{table}"]).fetchall()
    settings = [f"dataops.{name}_{at}" for at in range(len(columns))]
    kept = [
        sql.SQL("set_config({}, coalesce(array_agg({})::text, '{{}}'), true)").format(
            sql.Literal(setting), sql.Identifier(column)
        )
        for setting, (column, _) in zip(settings, columns, strict=True)
    ]
    connection.execute(
        sql.SQL("SELECT count(*) FROM (SELECT {} FROM {} OFFSET 0) AS kept").format(
            sql.SQL(", ").join(kept), sql.Identifier("pg_temp", table)
        )
    )
    read = [
        sql.SQL("current_setting({})::{}[]").format(sql.Literal(setting), sql.SQL(kind))
        for setting, (_, kind) in zip(settings, columns, strict=True)
    ]
    connection.execute(
        sql.SQL("CREATE TEMPORARY VIEW {} AS SELECT * FROM unnest({}) AS handed ({})").format(
            sql.Identifier(name),
            sql.SQL(", ").join(read),
            sql.SQL(", ").join(sql.Identifier(column) for column, _ in columns),
        )
    )
