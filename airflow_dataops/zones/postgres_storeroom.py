"""The zones in a team's database, as whoever clears them sees them.

PostgreSQL doesn't say when a table was made, so that what lies there is as old as its landing; what a run
staged is not known to be of any, and stays until the run is cleared or announced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from airflow_dataops.core.clearance import Stored, Zone
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.warehouse.catalog import look_up
from airflow_dataops.warehouse.settled import hold, settled
from airflow_dataops.zones import manifest
from airflow_dataops.zones.postgres import MANIFEST, quarantine_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.landing import Landing
    from airflow_dataops.warehouse.postgres import Table, Warehouse

KNOWN = "SELECT name, landing FROM {} ORDER BY batch, sha256"


class PostgresStoreroom:
    """Looks through the zones of a database, and removes what it is told to.

    Args:
        warehouse: The database.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def stored(self) -> Iterator[Stored]:
        """Yield the raw copies that the manifest knows, and the quarantines of them.

        Raises:
            BrokenWorldError: If the database can't be read, or a line of the manifest.
        """
        with self._warehouse.transaction("looking through the zones") as connection:
            if MANIFEST not in look_up(connection, MANIFEST):
                return
            known = connection.execute(sql.SQL(KNOWN).format(MANIFEST.sql)).fetchall()
            copies = [(MANIFEST.named(name), self._landing(name, text)) for name, text in known]
            quarantines = [quarantine_of(landing.batch, landing.sha256) for _, landing in copies]
            there = look_up(connection, *quarantines) if quarantines else {}
            sizes = dict.fromkeys(there, 0)
            for table in there:
                query = "SELECT pg_table_size(%s::regclass)"
                ((sizes[table],),) = connection.execute(query, [table.sql.as_string()]).fetchall()
        for (table, landing), quarantine in zip(copies, quarantines, strict=True):
            yield self._stored(Zone.RAW, table, landing, size=landing.bytes)
            if quarantine in sizes:
                yield self._stored(Zone.QUARANTINE, quarantine, landing, size=sizes[quarantine])

    def remove(self, stored: Stored) -> None:
        """Remove a raw copy with its line in the manifest, or a quarantine, in one transaction.

        Raises:
            BrokenWorldError: If it can't be removed.
        """
        table = self._warehouse.table_at(stored.place)
        if table is None or stored.batch is None:
            raise AssertionError(stored.place)
        with settled(self._warehouse, f"removing {table}") as connection:
            hold(connection, stored.batch.key)
            if stored.zone is Zone.RAW:
                statement = sql.SQL("DELETE FROM {} WHERE batch = %s AND sha256 = %s").format(MANIFEST.sql)
                connection.execute(statement, [stored.batch.key, stored.sha256])
            connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table.sql))

    def _stored(self, zone: Zone, table: Table, landing: Landing, *, size: int) -> Stored:
        return Stored(
            zone=zone,
            place=self._warehouse.address(table),
            at=landing.landed_at,
            bytes=int(size),
            batch=landing.batch,
            sha256=landing.sha256,
        )

    def _landing(self, name: str, text: str) -> Landing:
        try:
            return manifest.landing(text, uri=self._warehouse.address(MANIFEST.named(name)))
        except ValueError:
            raise BrokenWorldError(
                "the manifest of a raw copy can't be read: something changed it",
                where=f"{self._warehouse.address(MANIFEST)} {name}",
                hint="Restore its line from a backup, or delete it with its table.",
            ) from None
