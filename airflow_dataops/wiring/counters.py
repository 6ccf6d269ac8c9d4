"""Who says how many rows a batch should have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.usecases.ports.row_counter import RowCounter
    from airflow_dataops.warehouse.database import Database
    from airflow_dataops.warehouse.postgres import Warehouse


def table_counter(
    database: Warehouse | Database, table: str, *, partition_column: str, count_column: str
) -> RowCounter:
    """Return what asks a control table how many rows a batch should have.

    Args:
        database: The database.
        table: The table, as schema.table or the table alone.
        partition_column: Its column that holds the partition's label.
        count_column: Its column that holds the number.

    Raises:
        SettingsError: If it is no such name.
    """
    from airflow_dataops.engines.sql.row_count import DatabaseCounter, of_table

    asked = of_table(table, partition_column=partition_column, count_column=count_column)
    return DatabaseCounter(database, asked)


def query_counter(database: Warehouse | Database, file: str) -> RowCounter:
    """Return what asks a database with a team's own SELECT how many rows a batch should have.

    Args:
        database: The database.
        file: The file with the SELECT.

    Raises:
        DocumentError: If it can't be read.
    """
    from airflow_dataops.documents.yaml.text import read_text
    from airflow_dataops.engines.sql.row_count import DatabaseCounter, of_query

    return DatabaseCounter(database, of_query(read_text(file), place=file))
