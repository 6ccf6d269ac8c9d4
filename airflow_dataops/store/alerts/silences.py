"""Silences in a SQL database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, literal, select, update

from airflow_dataops.store import audits
from airflow_dataops.store.alerts.numbers import next_numbers
from airflow_dataops.store.alerts.shape import row_of, silence_of
from airflow_dataops.store.alerts.tables import silence as table
from airflow_dataops.store.levels.tables import LevelTables

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Select

    from airflow_dataops.core.alerts.silence import Silence
    from airflow_dataops.core.publication import AuditRecord
    from airflow_dataops.store.database import Database


class SqlSilences:
    """Remembers silences.

    Args:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self._tables = LevelTables(database, what="alerts")

    def silences(self) -> tuple[Silence, ...]:
        """Return every silence, oldest first.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables, or a newer version wrote one.
        """
        asked: Select[Any] = select(table).order_by(table.c.number)
        return tuple(silence_of(row) for row in self._tables.rows(asked, table))

    def silence(self, silence: Silence, *, audit: Callable[[Silence], AuditRecord] | None = None) -> Silence:
        """Remember one, and who asked for it, both or neither; return it with its number.

        Args:
            silence: It; its number is not looked at.
            audit: Returns what the audit trail is told of it; None for nothing.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it.
            ValueError: If a time has no time zone.
        """
        with self._tables.writing(table) as connection:
            (number,) = next_numbers(connection, "silence", 1)
            fresh = replace(silence, number=number)
            connection.execute(table.insert(), row_of(fresh))
            audits.write(connection, *([] if audit is None else [audit(fresh)]))
        return fresh

    def end(self, number: int, *, at: datetime, audit: AuditRecord | None = None) -> bool:
        """End one now, or before it begins, and say who did; return whether it was there and not over.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it.
            ValueError: If the instant has no time zone.
        """
        c = table.c
        now = literal(at, c.end.type)
        mine = update(table).where(c.number == number, c.end > at)
        start = case((c.start > now, now), else_=c.start)
        with self._tables.writing(table) as connection:
            ended = connection.execute(mine.values(end=at, start=start)).rowcount == 1
            audits.write(connection, *([audit] if ended and audit is not None else []))
            return ended
