"""Incidents in a SQL database, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from airflow_dataops.store.alerts import timeline
from airflow_dataops.store.alerts.shape import incident_of
from airflow_dataops.store.alerts.tables import incident as table
from airflow_dataops.store.alerts.tables import incident_step
from airflow_dataops.store.levels.tables import LevelTables

if TYPE_CHECKING:
    from sqlalchemy import Select

    from airflow_dataops.core.alerts.incident import Incident, Step
    from airflow_dataops.store.database import Database


class SqlIncidents:
    """Remembers incidents.

    Args:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self._tables = LevelTables(database, what="alerts")

    def incidents(self, **where: str) -> tuple[Incident, ...]:
        """Return incidents, oldest first.

        Args:
            where: team, product, partition, phase: each must be equal.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables, or a newer version wrote one.
            ValueError: If it can't look for them so.
        """
        asked = select(table).order_by(table.c.began, table.c.number)
        rows = self._tables.rows(asked, table, where, may=("team", "product", "partition", "phase"))
        return tuple(incident_of(row) for row in rows)

    def incident(self, number: int) -> Incident | None:
        """Return one incident; None where there is none of that number.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables, or a newer version wrote it.
        """
        rows = self._tables.rows(_one(number), table)
        return incident_of(rows[0]) if rows else None

    def timeline(self, number: int) -> tuple[Step, ...]:
        """Return what happened in an incident, oldest first.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
        """
        rows = self._tables.rows(timeline.written(number), incident_step)
        return tuple(map(timeline.step_of, rows))


def _one(number: int) -> Select[Any]:
    return select(table).where(table.c.number == number)
