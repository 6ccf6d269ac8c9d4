"""What PostgreSQL's catalog says of tables: their kind and their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psycopg import Connection

    from airflow_dataops.warehouse.postgres import Table

KINDS = {
    "r": "a table",
    "v": "a view",
    "m": "a materialized view",
    "p": "a partitioned table",
    "f": "a foreign table",
    "S": "a sequence",
    "i": "an index",
    "I": "an index",
    "c": "a type",
}
"""`pg_class.relkind` -> what it is (https://www.postgresql.org/docs/current/catalog-pg-class.html)."""

READABLE = frozenset({"a table", "a view", "a materialized view", "a partitioned table", "a foreign table"})
"""Kinds of what has rows."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is there under the name of a table.

    Args:
        kind: Such as `a table` or `a view`.
        columns: Name -> type of its columns, in their order, as `format_type` spells types.
    """

    kind: str
    columns: dict[str, str]


def look_up(connection: Connection, *tables: Table) -> dict[Table, Found]:
    """Return what is there under the names of tables; a name that nothing has is left out.

    Args:
        connection: Where to look.
        tables: The names, all in one schema.
    """
    by_name = {table.name: table for table in tables}
    rows = connection.execute(
        """
        SELECT c.relname, c.relkind::text, a.attname, format_type(a.atttypid, a.atttypmod)
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_attribute a
            ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE n.nspname = %s AND c.relname = ANY(%s)
        ORDER BY c.oid, a.attnum
        """,
        [tables[0].schema, list(by_name)],
    )
    found: dict[Table, Found] = {}
    for name, kind, column, type_name in rows:
        there = found.setdefault(by_name[name], Found(KINDS[kind], {}))
        if column is not None:
            there.columns[column] = type_name
    return found


def noted(connection: Connection, table: Table) -> str:
    """Return the comment on a table; empty where there is none."""
    ((comment,),) = connection.execute(
        "SELECT pg_catalog.obj_description(pg_catalog.to_regclass(%s), 'pg_class')", [table.sql.as_string()]
    ).fetchall()
    return comment or ""
