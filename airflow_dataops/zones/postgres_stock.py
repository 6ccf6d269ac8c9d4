"""What the zones in a team's database really hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from airflow_dataops.core.reconciliation.evidence import MISSING
from airflow_dataops.errors import SettingsError
from airflow_dataops.warehouse.catalog import look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.landing import Landing
    from airflow_dataops.core.quarantine_report import BadLine
    from airflow_dataops.warehouse.postgres import Warehouse


class PostgresStock:
    """Counts the rows of raw copies and quarantines where they lie; none is read.

    Args:
        warehouse: The database.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def fault(self, landing: Landing) -> str:
        """Return what is wrong with a raw copy; its digest is proved when it is used again, not here.

        Raises:
            BrokenWorldError: If the database can't be read.
        """
        rows = self._count(landing.uri, f"looking at the raw copy of {landing.batch}")
        if rows is None:
            return MISSING
        return "" if rows == landing.rows else f"has {rows} rows, {landing.rows} landed"

    def rows(self, quarantine: str) -> int | None:
        """Return how many rows a quarantine holds, or None when there is none at its place.

        Raises:
            BrokenWorldError: If the database can't be read.
        """
        return self._count(quarantine, "looking at a quarantine")

    def lines(self, quarantine: str, most: int) -> Mapping[str, tuple[BadLine, ...]]:  # noqa: ARG002
        """Return nothing: whoever filled a table knows its rows by no line."""
        return {}

    def _count(self, address: str, doing: str) -> int | None:
        table = self._warehouse.table_at(address)
        if table is None:
            raise SettingsError("the address is none of this database", where=address)
        with self._warehouse.transaction(doing) as connection:
            if table not in look_up(connection, table):
                return None
            ((rows,),) = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(table.sql)).fetchall()
        return int(rows)
