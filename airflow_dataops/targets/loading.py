"""Rows on their way into a table of PostgreSQL: streamed from a file, or copied inside of the database."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, Protocol

import psycopg
from psycopg import sql

from airflow_dataops.core.naming import PARTITION_COLUMN, VERSION_COLUMN
from airflow_dataops.errors import BadDataError, BrokenWorldError, SettingsError
from airflow_dataops.targets.columns import staged_columns
from airflow_dataops.targets.staged import reading
from airflow_dataops.warehouse.catalog import look_up
from airflow_dataops.warehouse.column_type import NAMES
from airflow_dataops.warehouse.postgres import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    from duckdb import DuckDBPyRelation
    from psycopg import Connection

    from airflow_dataops.core.rows.relation import Staged
    from airflow_dataops.errors import DataOpsError
    from airflow_dataops.warehouse.postgres import Table, Warehouse

CHUNK = 2**20
"""Bytes that are asked of the pipe at once; what Linux lets a pipe hold without asking."""


class Rows(Protocol):
    """Staged rows that are about to be loaded."""

    @property
    def columns(self) -> dict[str, str]:
        """Name -> type, as PostgreSQL spells it."""
        ...

    def count(self) -> int:
        """Return how many there are."""
        ...

    def load(self, into: Table, *, partition: str, version: int) -> int:
        """Write them into a versions table, and return how many came there.

        Raises:
            BadDataError: If a text holds a character that PostgreSQL can't store.
            BrokenWorldError: If the rows can't be read.
        """
        ...


@contextmanager
def rows_at(staged: Staged, *, warehouse: Warehouse, connection: Connection) -> Iterator[Rows]:
    """Open staged rows: those of a file, or of a table in the same database.

    Args:
        staged: Where they are.
        warehouse: The database.
        connection: A transaction in it.

    Raises:
        SettingsError: If they lie in another database.
        BrokenWorldError: If they can't be read.
    """
    table = warehouse.table_at(staged.uri)
    if table is not None:
        yield TableRows(connection, table)
        return
    if staged.uri.startswith("postgres://"):
        raise SettingsError(
            "the staged rows lie in another database than the target",
            where=staged.uri,
            hint=f"Give the product's source and target one `conn_id`, such as `{warehouse.conn_id}`.",
        )
    # With one thread DuckDB writes row after row as they are taken, and holds no more than a few buffers.
    with _told(staged.uri), reading(staged, threads=1) as relation:
        yield FileRows(connection, relation, where=staged.uri)


class TableRows:
    """Rows of a table in the same database: nothing travels.

    Args:
        connection: A transaction in the database.
        table: The table.
    """

    def __init__(self, connection: Connection, table: Table) -> None:
        found = look_up(connection, table).get(table)
        if found is None:
            raise BrokenWorldError(
                "the staged rows are gone", where=str(table), hint="Clear the run from `audit` on."
            )
        self.columns = found.columns
        self._connection = connection
        self._table = table

    def count(self) -> int:
        """Return how many there are."""
        query = sql.SQL("SELECT count(*) FROM {}").format(self._table.sql)
        return int(run(self._connection, query).fetchall()[0][0])

    def load(self, into: Table, *, partition: str, version: int) -> int:
        """Write them into a versions table, and return how many came there."""
        names = sql.SQL(", ").join(map(sql.Identifier, self.columns))
        statement = sql.SQL("INSERT INTO {} ({}, {}, {}) SELECT {}, $1, $2 FROM {}").format(
            into.sql,
            names,
            sql.Identifier(PARTITION_COLUMN),
            sql.Identifier(VERSION_COLUMN),
            names,
            self._table.sql,
        )
        return run(self._connection, statement, partition, version).rowcount


class FileRows:
    """Rows of a Parquet file: DuckDB writes them as CSV into a pipe, and PostgreSQL copies what comes out.

    In that CSV every value is in quotes and null is nothing, so that null is no empty text. Its texts are
    exact: a double is the shortest that is read back as the same, an instant is in UTC.

    Args:
        connection: A transaction in the database.
        relation: The rows.
        where: The file.
    """

    def __init__(self, connection: Connection, relation: DuckDBPyRelation, *, where: str) -> None:
        self.columns = staged_columns(relation, NAMES, decimal="numeric")
        self._connection = connection
        self._relation = relation
        self._where = where

    def count(self) -> int:
        """Return how many there are."""
        return int(self._relation.aggregate("count(*)").fetchall()[0][0])

    def load(self, into: Table, *, partition: str, version: int) -> int:
        """Write them into a versions table, and return how many came there."""
        import duckdb

        rows = self._relation.select(
            duckdb.StarExpression(),
            duckdb.ConstantExpression(partition).alias(PARTITION_COLUMN),
            duckdb.ConstantExpression(version).alias(VERSION_COLUMN),
        )
        copy = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
            into.sql, sql.SQL(", ").join(map(sql.Identifier, rows.columns))
        )
        try:
            with self._connection.cursor() as cursor:
                with cursor.copy(copy) as taken, _written(rows, where=self._where) as chunks:
                    for chunk in chunks:
                        taken.write(chunk)
                return cursor.rowcount
        except psycopg.errors.CharacterNotInRepertoire:
            raise BadDataError(
                "a text holds the character NUL, which PostgreSQL can't store",
                where=str(into),
                hint="Replace it in the transformation, or promise a pattern that keeps it out.",
            ) from None


@contextmanager
def _written(relation: DuckDBPyRelation, *, where: str) -> Iterator[Iterator[bytes]]:
    """Let a thread write a relation as CSV into a pipe, and yield what comes out, chunk by chunk.

    The pipe has no name, so nothing is left behind. When the block ends early the pipe is closed at this end,
    which ends the thread; when the thread fails, its failure ends the block.
    """
    import duckdb

    outlet, inlet = os.pipe()
    failed: list[DataOpsError] = []

    def write() -> None:
        try:
            relation.write_csv(f"/dev/fd/{inlet}", header=False, quoting="force", use_tmp_file=False)
        except duckdb.Error as error:
            failed.append(_unreadable(error, where))
        finally:
            os.close(inlet)

    def chunks() -> Iterator[bytes]:
        while chunk := os.read(outlet, CHUNK):
            yield chunk
        if failed:  # raised as ours already here, because psycopg tells the server what ends a COPY
            raise failed[0]

    _widen(outlet)
    writer = Thread(target=write, name="dataops-rows", daemon=True)
    writer.start()
    try:
        yield chunks()
    finally:
        os.close(outlet)
        writer.join()


def _widen(pipe: int) -> None:
    """Let a pipe hold a whole chunk, where the system allows it: fewer turns between the two sides."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, CHUNK)


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Raise what DuckDB raises as ours."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise _unreadable(error, where) from None


def _unreadable(error: duckdb.Error, where: str) -> DataOpsError:
    """Return our error for one of DuckDB's, without its words: they quote values."""
    return BrokenWorldError(
        f"the rows can't be published ({type(error).__name__})",
        where=where,
        hint="Check that they can be read; the old version is untouched.",
    )
