"""What callbacks report, in a SQL database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from airflow_dataops.core.alerts.reported import Reported
from airflow_dataops.core.alerts.signal import Where
from airflow_dataops.store.alerts.tables import reported as table
from airflow_dataops.store.levels.tables import LevelTables, insert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select

    from airflow_dataops.store.database import Database

KEYS = [column.name for column in table.primary_key]
SAID = ("kind", "run_id", "task_id", "at", "text", "well")


class SqlReports:
    """Remembers what callbacks report.

    Args:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self._tables = LevelTables(database, what="alerts")

    def report(self, *reports: Reported) -> None:
        """Remember reports; of two of the same task of the same run and kind, the newest.

        A run that failed, was repaired and fails again says something new; so does one that ends well.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it.
            ValueError: If a time has no time zone.
        """
        with self._tables.writing(table) as connection:
            statement = insert(connection, table)
            new = {name: statement.excluded[name] for name in ("at", "text", "well")}
            # One statement each, in one order: who reports the same at once waits, and not in a ring.
            for row in sorted(map(_row, reports), key=lambda row: [str(row[name]) for name in KEYS]):
                connection.execute(
                    statement.on_conflict_do_update(
                        index_elements=KEYS, set_=new, where=table.c.at < statement.excluded.at
                    ),
                    row,
                )

    def reported(self, *, since: datetime) -> tuple[Reported, ...]:
        """Return reports of an instant or later, oldest first.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
            ValueError: If the instant has no time zone.
        """
        asked: Select[Any] = select(table).where(table.c.at >= since)
        rows = self._tables.rows(asked.order_by(table.c.at, *table.primary_key), table)
        return tuple(_report(row) for row in rows)


def _row(report: Reported) -> dict[str, Any]:
    return report.where._asdict() | {name: getattr(report, name) for name in SAID}


def _report(row: Any) -> Reported:  # noqa: ANN401 - a row
    said = {name: getattr(row, name) for name in SAID}
    return Reported(where=Where(row.team, row.product, row.partition), **said)
