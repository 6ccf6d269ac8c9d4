"""What is remembered of alerts, in a SQL database."""

from __future__ import annotations

from airflow_dataops.store.alerts.deciding import SqlDecisions
from airflow_dataops.store.alerts.incidents import SqlIncidents
from airflow_dataops.store.alerts.notifications import SqlNotifications
from airflow_dataops.store.alerts.reports import SqlReports
from airflow_dataops.store.alerts.silences import SqlSilences
from airflow_dataops.store.database import Database


class SqlAlerts(SqlDecisions, SqlNotifications, SqlIncidents, SqlSilences, SqlReports):
    """Remembers alerts in a SQL database: one connection for each call, nothing kept between.

    On a store of the revision before there is nothing to be read, and nothing can be written.

    Args:
        url: An SQLAlchemy URL, of SQLite or PostgreSQL.
        auto_migrate: Whether the first use makes the tables, or brings them to this version's revision.

    Raises:
        SettingsError: If the URL can't hold a store.
    """

    def __init__(self, url: str, *, auto_migrate: bool = False) -> None:
        database = Database(url, auto_migrate=auto_migrate)
        super().__init__(database)
        self._place = database.place

    def __repr__(self) -> str:
        """Return the store's address without its password."""
        return f"SqlAlerts({str(self._place)!r})"
