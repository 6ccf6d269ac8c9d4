"""The raw, staging and quarantine zones in a team's database: tables of the schema `dataops`.

    manifest                                the landing of each raw copy, as JSON
    raw_<batch>_<rows>                      a raw copy: every column as it was, and `dataops_line`
    staged_<batch and run>_<stage>          what a stage of a run wrote, until the batch is announced
    quarantine_<batch>_<rows>               the bad rows of a raw copy

`<batch>` and `<rows>` are the beginnings of digests, for PostgreSQL cuts names off at 63 bytes; the manifest
says which batch they are of. A raw copy and its line in the manifest appear in one transaction, under a lock
of the batch, so that a killed process leaves nothing.
"""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import TYPE_CHECKING

from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from airflow_dataops.core.landing import Landing
from airflow_dataops.core.naming import LINE_COLUMN
from airflow_dataops.errors import BadDataError, BrokenWorldError, SettingsError
from airflow_dataops.warehouse.catalog import look_up
from airflow_dataops.warehouse.digest import digest
from airflow_dataops.warehouse.postgres import Table
from airflow_dataops.warehouse.settled import hold, settled
from airflow_dataops.zones import manifest
from airflow_dataops.zones.table import delivery

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.landing import Dialect, Drop
    from airflow_dataops.usecases.ports.source import Read
    from airflow_dataops.warehouse.postgres import Warehouse
    from airflow_dataops.zones.table import Delivery

SCHEMA = "dataops"
"""The schema of every table that we make and readers don't see."""

MANIFEST = Table(SCHEMA, "manifest")


class PostgresZones:
    """Keeps what landed, what a run staged, and what went to quarantine, in the database of the source.

    Args:
        warehouse: The database.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def keep(
        self,
        drop: Drop,
        *,
        read: Read,  # noqa: ARG002 - no row is read here
        batch: Batch,
        run: Run,
        dialect: Dialect,
        at: datetime,
    ) -> tuple[Landing, bool]:
        """Make the immutable raw copy of rows of a table, or find the one that is there.

        The copy appears whole or not at all. The same rows of the same batch, in any order, are kept once.
        Its size is what PostgreSQL needs for it on disk.

        Returns:
            The landing, and whether it had been there before.

        Raises:
            BadDataError: If a column has a name that is reserved.
            SettingsError: If the table is gone, or the connection may not make a copy.
            BrokenWorldError: If the database fails, or the copy that is there was damaged.
        """
        with settled(self._warehouse, f"landing {batch}") as connection:
            _make_schema(connection)
            hold(connection, batch.key)
            incoming = _table("raw", batch.key, "incoming")
            columns, rows = _copy(connection, delivery(drop.uri, self._warehouse), into=incoming)
            sha256 = digest(connection, incoming, columns)
            kept = _table("raw", batch.key, sha256)
            known = _known(connection, batch, sha256)
            if known is not None:
                connection.execute(sql.SQL("DROP TABLE {}").format(incoming.sql))
                return self._again(connection, known, kept, sha256=sha256), True
            size = _seal(connection, incoming, kept, batch=batch)
            landing = Landing(
                batch=batch,
                origin=drop.uri,
                uri=self._warehouse.address(kept),
                sha256=sha256,
                bytes=size,
                rows=rows,
                dialect=dialect,
                landed_at=at.astimezone(UTC),
                run_id=run.run_id,
            )
            connection.execute(
                sql.SQL("INSERT INTO {} (batch, sha256, name, landing) VALUES (%s, %s, %s, %s)").format(
                    MANIFEST.sql
                ),
                [batch.key, sha256, kept.name, manifest.text(landing)],
            )
        return landing, False

    def staging(self, batch: Batch, run: Run, name: str) -> str:
        """Return where a stage of a run may write rows; the schema exists.

        Raises:
            SettingsError: If the schema can't be made.
            BrokenWorldError: If the database can't be reached.
        """
        self._ready(f"staging {batch}")
        return self._warehouse.address(_staged(batch, run, name))

    def quarantine(self, batch: Batch, landing: Landing) -> str:
        """Return where the bad rows of a landing go; the schema exists.

        Raises:
            SettingsError: If the schema can't be made.
            BrokenWorldError: If the database can't be reached.
        """
        self._ready(f"the quarantine of {batch}")
        return self._warehouse.address(quarantine_of(batch, landing.sha256))

    def clear(self, batch: Batch, run: Run) -> None:
        """Remove what a run staged. Nothing to remove is fine.

        Raises:
            BrokenWorldError: If it can't be removed.
        """
        with settled(self._warehouse, f"clearing what {batch} staged") as connection:
            names = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = %s AND starts_with(tablename, %s)",
                [SCHEMA, _staged(batch, run, "").name],
            ).fetchall()
            for (name,) in names:
                connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(Table(SCHEMA, name).sql))

    def _ready(self, doing: str) -> None:
        with settled(self._warehouse, doing) as connection:
            _make_schema(connection)

    def _again(self, connection: Connection, known: str, kept: Table, *, sha256: str) -> Landing:
        """Return the landing of a raw copy that is there, after proof that it is what the manifest says."""
        found = look_up(connection, kept).get(kept)
        if found is None:
            raise _damaged(kept, "is gone")
        columns = {name: kind for name, kind in found.columns.items() if name != LINE_COLUMN}
        if digest(connection, kept, columns) != sha256:
            raise _damaged(kept, "is not what the manifest says")
        try:
            return manifest.landing(known, uri=self._warehouse.address(kept))
        except ValueError:
            raise _damaged(MANIFEST, "has a manifest that can't be read") from None


def quarantine_of(batch: Batch, sha256: str) -> Table:
    """Return the table of the bad rows of a raw copy."""
    return _table("quarantine", batch.key, sha256)


def _make_schema(connection: Connection) -> None:
    """Make the schema and the manifest where they are missing; one process at a time.

    Raises:
        SettingsError: If the database doesn't keep texts in UTF-8.
    """
    ((encoding, there),) = connection.execute(
        "SELECT current_setting('server_encoding'), to_regclass(%s) IS NOT NULL", [str(MANIFEST)]
    ).fetchall()
    if encoding != "UTF8":
        raise SettingsError(
            f"the database keeps texts in {encoding}", hint="Use a database with the encoding UTF8."
        )
    if there:
        return
    hold(connection, SCHEMA)
    try:
        _create(connection)
    except InsufficientPrivilege:
        raise SettingsError(
            f"the connection may not make the schema `{SCHEMA}`, or a table in it",
            hint=f"Have it made: CREATE SCHEMA {SCHEMA} AUTHORIZATION <the connection's user>.",
        ) from None


def _create(connection: Connection) -> None:
    # Not IF NOT EXISTS: that needs the right to make schemas even where there is nothing to make.
    ((there,),) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = %s)", [SCHEMA]
    ).fetchall()
    if not there:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCHEMA)))
    connection.execute(
        sql.SQL(
            "CREATE TABLE IF NOT EXISTS {} (batch text, sha256 text, name text NOT NULL,"
            " landing text NOT NULL, PRIMARY KEY (batch, sha256))"
        ).format(MANIFEST.sql)
    )


def _copy(connection: Connection, wanted: Delivery, *, into: Table) -> tuple[dict[str, str], int]:
    """Copy the rows of a delivery, numbered from 1; return the columns, and how many rows."""
    found, rows = wanted.rows(connection)
    if LINE_COLUMN in found.columns:
        raise BadDataError(
            f"the table has a column `{LINE_COLUMN}`",
            where=str(wanted.table),
            hint="Have it renamed: such names are reserved.",
        )
    # Workers side by side would deal the numbers anew each time.
    connection.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    statement = sql.SQL("CREATE TABLE {} AS SELECT row_number() OVER () AS {}, source.* {}").format(
        into.sql, sql.Identifier(LINE_COLUMN), rows
    )
    count = connection.execute(statement).rowcount
    connection.execute("RESET max_parallel_workers_per_gather")
    return found.columns, count


def _seal(connection: Connection, incoming: Table, kept: Table, *, batch: Batch) -> int:
    """Give a copy its name, let nobody write to it, and return its size in bytes."""
    if kept in look_up(connection, kept):
        raise _damaged(kept, "is there, but the manifest doesn't know it")
    connection.execute(sql.SQL("ALTER TABLE {} RENAME TO {}").format(incoming.sql, sql.Identifier(kept.name)))
    connection.execute(
        sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {} FROM PUBLIC, CURRENT_USER").format(kept.sql)
    )
    connection.execute(
        sql.SQL("COMMENT ON TABLE {} IS {}").format(kept.sql, sql.Literal(f"the raw copy of {batch.key}"))
    )
    ((size,),) = connection.execute("SELECT pg_table_size(%s::regclass)", [kept.sql.as_string()]).fetchall()
    return int(size)


def _known(connection: Connection, batch: Batch, sha256: str) -> str | None:
    query = sql.SQL("SELECT landing FROM {} WHERE batch = %s AND sha256 = %s").format(MANIFEST.sql)
    found = connection.execute(query, [batch.key, sha256]).fetchall()
    return found[0][0] if found else None


def _table(zone: str, key: str, rows: str) -> Table:
    digest_of_key = hashlib.sha256(key.encode()).hexdigest()
    return Table(SCHEMA, f"{zone}_{digest_of_key[:24]}_{rows[:24]}")


def _staged(batch: Batch, run: Run, name: str) -> Table:
    return _table("staged", f"{batch.key}/{run.segment}", name)


def _damaged(kept: Table, what: str) -> BrokenWorldError:
    return BrokenWorldError(
        f"the raw copy {what}: something changed it after it was written",
        where=str(kept),
        hint=f"Restore it from a backup; or drop it, delete its row of {MANIFEST}, and the rows land anew.",
    )
