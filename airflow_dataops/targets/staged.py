"""Staged rows as DuckDB reads them from their file."""

from __future__ import annotations

import glob
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyRelation

    from airflow_dataops.core.rows.relation import Staged

CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
"""DuckDB fetches nothing from anywhere."""


@contextmanager
def reading(rows: Staged, *, threads: int | None = None) -> Iterator[DuckDBPyRelation]:
    """Open staged rows; they are read as they are asked for.

    Args:
        rows: Where they are.
        threads: How many threads read; with one, rows come in the file's order. None leaves it to DuckDB.
    """
    import duckdb

    config = CONFIG if threads is None else CONFIG | {"threads": str(threads)}
    with duckdb.connect(config=config) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        # The path is no pattern, and its folders tell no columns.
        yield connection.read_parquet(glob.escape(rows.uri), hive_partitioning=False)
