"""One DuckDB for the many small pieces of work of a product's tests; each has names of its own in it.

Opening a DuckDB takes longer than all that is done with two rows. Batches have one each, which sees their own
files alone; tests share one, which sees the one folder in which their rows lie.
"""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.duckdb.session import ask, closed, connect
from airflow_dataops.engines.sql.duckdb.spill import spill_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

ALONE = 1
"""Threads: rows of tests are few."""


class Rooms:
    """Parts of a DuckDB whose tables and views don't know each other.

    Args:
        connection: The DuckDB.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count()

    @contextmanager
    def room(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a part that is empty, and forget afterwards what was made in it."""
        name = exp.Table(this=exp.to_identifier(f"room{next(self._numbers)}"))
        cursor = self._connection.cursor()
        try:
            ask(cursor, exp.Create(this=name, kind="SCHEMA").sql("duckdb"))
            ask(cursor, exp.Use(this=name.copy()).sql("duckdb"))
            yield cursor
            ask(cursor, exp.Drop(tables=[name.copy()], kind="SCHEMA", cascade=True).sql("duckdb"))
        finally:
            cursor.close()


@contextmanager
def rooms(*, memory_limit: str, temp_directory: str, folder: str) -> Iterator[Rooms]:
    """Open a DuckDB in memory that can read and write the files of a folder and nothing else.

    Args:
        memory_limit: Such as `1GB`.
        temp_directory: Below it is the folder of what doesn't fit into memory.
        folder: The folder, absolute.

    Raises:
        SettingsError: If DuckDB refuses the memory limit.
        OSError: If the folder of what doesn't fit can't be made.
    """
    with spill_folder(temp_directory) as spill:
        connection = connect(memory_limit=memory_limit, spill=spill, threads=ALONE)
        try:
            for setting in closed(folders=(folder,)):
                ask(connection, setting.sql("duckdb"))
            yield Rooms(connection)
        finally:
            connection.close()
