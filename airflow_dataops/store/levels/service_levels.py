"""What is remembered of service levels, in a SQL database."""

from __future__ import annotations

from airflow_dataops.store.database import Database
from airflow_dataops.store.levels.declarations import SqlDeclarations
from airflow_dataops.store.levels.policy_actions import SqlPolicyActions
from airflow_dataops.store.levels.seen import SqlSeen
from airflow_dataops.store.levels.standings import SqlStandings


class SqlServiceLevels(SqlDeclarations, SqlSeen, SqlStandings, SqlPolicyActions):
    """Remembers service levels in a SQL database: one connection for each call, nothing kept between.

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
        return f"SqlServiceLevels({str(self._place)!r})"
