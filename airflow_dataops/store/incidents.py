"""Incidents in a SQL database, for people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.errors import SettingsError
from airflow_dataops.store import timeline
from airflow_dataops.store.alert_shape import incident_of, row_of
from airflow_dataops.store.alert_tables import incident as table
from airflow_dataops.store.alert_tables import incident_step
from airflow_dataops.store.deciding import keep_others_out
from airflow_dataops.store.level_tables import LevelTables

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

    def amend(self, incident: Incident, *steps: Step) -> None:
        """Remember what a person says of an incident, and add to its timeline.

        That is who has it in hand, and that nothing could be done; all else stays as it was decided, and
        what is over stays over.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it, or no such incident.
            ValueError: If a time has no time zone.
        """
        with self._tables.writing(table) as connection:
            keep_others_out(connection)
            row = connection.execute(_one(incident.number)).first()
            if row is None:
                raise SettingsError(
                    f"there is no incident {incident.number}", hint="See `airflow dataops incident list`."
                )
            connection.execute(
                table.update()
                .where(table.c.number == incident.number)
                .values(row_of(_amended(incident_of(row), incident)))
            )
            timeline.write(connection, steps)


def _one(number: int) -> Select[Any]:
    return select(table).where(table.c.number == number)


def _amended(now: Incident, said: Incident) -> Incident:
    phase = said.phase if now.open and said.phase is not Phase.RESOLVED else now.phase
    return replace(now, phase=phase, acknowledged_by=said.acknowledged_by, not_actionable=said.not_actionable)
