"""What readers see in a table of a database, as frames of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from airflow_dataops.core.naming import PARTITION_COLUMN
from airflow_dataops.errors import NotEvaluatedError
from airflow_dataops.warehouse.catalog import look_up
from airflow_dataops.warehouse.postgres import table as read_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from airflow_dataops.warehouse.postgres import Table, Warehouse

ROWS = 50_000
"""Rows that are brought at once."""


def database_rows(
    warehouse: Warehouse, name: str, *, columns: tuple[str, ...], but: str = ""
) -> Iterator[pl.DataFrame] | None:
    """Return some columns of a table as texts, a part at a time; None where there is no table yet.

    Args:
        warehouse: The database.
        name: The table, as schema.table.
        columns: The columns.
        but: The label of a partition whose rows are left out; empty for none.

    Raises:
        NotEvaluatedError: If the table lacks a column.
        BrokenWorldError: If it can't be read.
    """
    table = read_name(name)
    with warehouse.transaction(f"reading {table}") as connection:
        found = look_up(connection, table).get(table)
    if found is None:
        return None
    missing = [column for column in columns if column not in found.columns]
    if missing:
        raise NotEvaluatedError(f"what the rule looks at has no column `{missing[0]}`", where=str(table))
    return _parts(warehouse, table, columns, but if PARTITION_COLUMN in found.columns else "")


def _parts(warehouse: Warehouse, table: Table, columns: tuple[str, ...], but: str) -> Iterator[pl.DataFrame]:
    import polars as pl  # noqa: PLC0415 - only where rows leave the database

    texts = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column)) for column in columns)
    query = sql.SQL("SELECT {} FROM {}").format(texts, table.sql)
    if but:
        query += sql.SQL(" WHERE {} IS DISTINCT FROM {}").format(
            sql.Identifier(PARTITION_COLUMN), sql.Literal(but)
        )
    schema = dict.fromkeys(columns, pl.String)
    with warehouse.transaction(f"reading {table}") as connection, connection.cursor("dataops_rows") as cursor:
        cursor.execute(query)
        yield pl.DataFrame(schema=schema)
        while rows := cursor.fetchmany(ROWS):
            yield pl.DataFrame(rows, schema=schema, orient="row")
