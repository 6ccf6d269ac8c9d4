"""Looking after a published table in PostgreSQL: its history, and the rows of versions that are not kept.

The history stays: a commit is one small row. Rows go a partition in each transaction, under the lock that
its publishes take; whoever reads older rows by then goes on reading them. Autovacuum frees the space.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from airflow_dataops.core import naming
from airflow_dataops.core.batch import batch_of
from airflow_dataops.core.upkeep import Compacted, Freed
from airflow_dataops.core.versions import Version
from airflow_dataops.targets.parts import ROOM, Parts, stand
from airflow_dataops.targets.postgres import lock
from airflow_dataops.warehouse.postgres import run
from airflow_dataops.warehouse.postgres import table as read_name

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection

    from airflow_dataops.core.versions import Judged
    from airflow_dataops.warehouse.postgres import Warehouse

HISTORY = 'SELECT "batch", "version", "content", "at" FROM {commits} ORDER BY "version"'

UNNEEDED = """
SELECT c."version" FROM {commits} AS c
WHERE c."partition" = $1 AND c."version" = ANY($2) AND NOT c."labels" ? $3
AND NOT EXISTS (SELECT 1 FROM {pointer} AS p WHERE c."version" IN (p."version", p."shown"))
AND NOT EXISTS (
    SELECT 1 FROM {commits} AS r WHERE r."restored_from" = c."version" AND NOT r."version" = ANY($2)
)
"""
"""Versions whose rows neither readers see nor a kept version has: one that was restored shows older rows."""

COUNT = "SELECT count(*) FROM {versions} WHERE {version_column} = ANY($1)"

DELETE = "DELETE FROM {versions} WHERE {version_column} = ANY($1)"

MARK = """
UPDATE {commits} SET "labels" = "labels" || jsonb_build_object($2::text, clock_timestamp())
WHERE "version" = ANY($1)
"""


class PostgresUpkeep:
    """Looks after one table of a database.

    Args:
        warehouse: The database.
        table: What readers query, as schema.table.

    Raises:
        SettingsError: If that is no name of a table.
    """

    def __init__(self, warehouse: Warehouse, table: str) -> None:
        self._warehouse = warehouse
        self._parts = Parts(read_name(table, room=ROOM))

    def history(self) -> tuple[Version, ...]:
        """Return every version of every partition, oldest first; none where there is no table.

        Raises:
            SettingsError: If somebody changed the table's parts.
            BrokenWorldError: If the database can't be read.
        """
        with self._warehouse.transaction(f"reading {self._parts.commits}") as connection:
            if not self._stands(connection):
                return ()
            found = run(connection, self._parts.statement(HISTORY)).fetchall()
        return tuple(
            Version(batch=batch, version=version, content=content, at=at)
            for batch, version, content, at in found
        )

    def free(self, judged: Judged, *, before: datetime, dry_run: bool) -> Freed:  # noqa: ARG002
        """Remove the rows of versions that are not kept. A killed run is finished by the next one.

        No time is needed: PostgreSQL keeps what somebody reads, and shows nobody what isn't committed.

        Raises:
            SettingsError: If somebody changed the table's parts, or the connection may not do it.
            BrokenWorldError: If the database fails; what was removed by then stays removed.
        """
        of: dict[str, list[int]] = defaultdict(list)
        for one in judged.gone:
            of[one.batch].append(one.version)
        rows = 0
        for batch, versions in sorted(of.items()):
            rows += self._free(batch_of(batch).partition, versions, dry_run=dry_run)
        return Freed(rows=rows)

    def compact(self) -> Compacted:
        """Do nothing: PostgreSQL has no files to write together."""
        return Compacted()

    def _free(self, partition: str, versions: list[int], *, dry_run: bool) -> int:
        parts = self._parts
        with self._warehouse.transaction(f"removing old versions of {parts.view}") as connection:
            if not dry_run:
                lock(connection, parts, partition)
            if not self._stands(connection):
                return 0
            asked = (partition, versions, naming.COMMIT_REMOVED)
            unneeded = [row[0] for row in run(connection, parts.statement(UNNEEDED), *asked).fetchall()]
            if dry_run:
                return int(run(connection, parts.statement(COUNT), unneeded).fetchall()[0][0])
            removed = run(connection, parts.statement(DELETE), unneeded).rowcount
            run(connection, parts.statement(MARK), unneeded, naming.COMMIT_REMOVED)
            return removed

    def _stands(self, connection: Connection) -> bool:
        standing = stand(connection, self._parts)
        standing.refuse_changed()
        return bool(standing.tables)
