"""Where drops are left for us."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.usecases.ports.source import Source
    from airflow_dataops.warehouse.postgres import Warehouse


def source(folder: str, path: str, ready: str = "") -> Source:
    """Return a folder of drops; `ready` is the file that says that a drop is whole, or empty."""
    from airflow_dataops.zones.folder import FolderSource

    return FolderSource(folder, path, ready)


def table_source(warehouse: Warehouse, table: str, partition_column: str) -> Source:
    """Return a table of a database as a source."""
    from airflow_dataops.zones.table import TableSource

    return TableSource(warehouse, table, partition_column=partition_column)
