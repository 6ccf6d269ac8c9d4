"""Notifications on their way, in a SQL database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, exists, func, or_, select, update

from airflow_dataops.core.alerts.incident import Did, Step
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.store.alerts import timeline
from airflow_dataops.store.alerts.posting import post
from airflow_dataops.store.alerts.shape import notification_of
from airflow_dataops.store.alerts.tables import alert_log, notification
from airflow_dataops.store.levels.tables import LevelTables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, FromClause, Select

    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.store.database import Database

LANE = ("receiver", "transport")
"""One transport of one receiver: what waits for it is delivered in its order."""

FARTHEST = timedelta(hours=3)
"""Nobody is to wait for so long, clocks that differ included: a wrong one wrote what says so."""


class SqlNotifications:
    """Remembers notifications until they are acknowledged.

    Args:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self._tables = LevelTables(database, what="alerts")

    def due(self, *, now: datetime) -> tuple[Notification, ...]:
        """Return what is to be delivered now: the first of each transport of each receiver, if it may be.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables, or a newer version wrote one.
            ValueError: If the instant has no time zone.
        """
        return self._found(notification.c.number.in_(_firsts()), _may(now))

    def begin(self, number: int, *, now: datetime, until: datetime) -> Notification | None:
        """Begin an attempt, which nobody else does until then; return it, or None where another has it.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it, or a newer version wrote it.
            ValueError: If an instant has no time zone.
        """
        c = notification.c
        mine = update(notification).where(c.number == number, c.delivered.is_(None), _may(now))
        begun = mine.values(attempts=c.attempts + 1, next_at=until).returning(*c)
        with self._tables.writing(notification) as connection:
            row = connection.execute(begun).first()
            return None if row is None else notification_of(row)

    def delivered(self, number: int, *, at: datetime, note: str = "") -> None:
        """Remember that it was acknowledged, and write it into the timelines of its incidents.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it.
            ValueError: If the instant has no time zone.
        """
        c = notification.c
        mine = update(notification).where(c.number == number, c.delivered.is_(None))
        done = mine.values(delivered=at, error="", next_at=None, refused=False).returning(*c)
        with self._tables.writing(notification) as connection:
            row = connection.execute(done).first()
            if row is not None:
                timeline.write(connection, _steps(notification_of(row), at=at, note=note))

    def failed(self, number: int, *, why: str, next_at: datetime, refused: bool = False) -> None:
        """Remember why an attempt failed, and when to try again.

        Args:
            number: The notification.
            why: In one line, without a secret.
            next_at: When to try again, aware.
            refused: Whether it can't work as it is set up.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it.
            ValueError: If the instant has no time zone.
        """
        c = notification.c
        mine = update(notification).where(c.number == number, c.delivered.is_(None))
        with self._tables.writing(notification) as connection:
            connection.execute(mine.values(error=why, next_at=next_at, refused=refused))

    def withdraw(self, number: int, *, at: datetime, why: str) -> None:
        """Take out what was not delivered and never will be, and write why into its incidents' timelines.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it.
            ValueError: If the instant has no time zone.
        """
        c = notification.c
        gone = delete(notification).where(c.number == number, c.delivered.is_(None)).returning(*c)
        with self._tables.writing(notification) as connection:
            row = connection.execute(gone).first()
            if row is not None:
                its = notification_of(row)
                text = f"{its.receiver} was never told ({its.event}): {why}"
                steps = (Step(number=each, at=at, did=Did.NOTIFIED, text=text) for each in its.incidents)
                timeline.write(connection, steps)

    def stuck(self, *, attempts: int) -> tuple[Notification, ...]:
        """Return what another receiver must be told instead, and was not yet, in its order.

        Args:
            attempts: After how many of the first one the others of its transport are stuck.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables, or a newer version wrote one.
        """
        c, first, before = notification.c, notification.alias(), notification.alias()
        # The last attempt may be under way; where none came to an end, whoever made them was killed.
        tried = or_(first.c.attempts > attempts, and_(first.c.attempts == attempts, first.c.error != ""))
        dead = or_(first.c.refused, tried)
        waits = exists().where(_same(first, LANE), first.c.number.in_(_firsts()), dead)
        told = exists().where(_same(before, (*LANE, "key")), before.c.number < c.number, before.c.detoured)
        return self._found(~c.detoured, or_(and_(c.delivered.is_(None), waits), told))

    def detour(self, number: int, *, instead: Sequence[Notification]) -> bool:
        """Remember that others are told instead, with what they are told; return whether nobody did before.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it.
        """
        c = notification.c
        mine = update(notification).where(c.number == number, ~c.detoured).values(detoured=True)
        with self._tables.writing(notification) as connection:
            fresh = connection.execute(mine).rowcount == 1
            if fresh:
                post(connection, instead)
            return fresh

    def firing(self) -> tuple[Notification, ...]:
        """Return what each transport was told last of each group that is still firing, oldest first.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables, or a newer version wrote one.
        """
        c = notification.c
        burning = c.key.in_(select(alert_log.c.key).where(alert_log.c.firing))
        told = select(func.max(c.number)).where(c.delivered.is_not(None), burning)
        last = told.group_by(*(c[name] for name in (*LANE, "key")))
        return self._found(c.number.in_(last), c.event != Event.RESOLVE)

    def waiting(self) -> tuple[Notification, ...]:
        """Return what is not delivered, in its order.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables, or a newer version wrote one.
        """
        return self._found(notification.c.delivered.is_(None))

    def _found(self, *which: ColumnElement[bool]) -> tuple[Notification, ...]:
        asked: Select[Any] = select(notification).where(*which).order_by(notification.c.number)
        return tuple(notification_of(row) for row in self._tables.rows(asked, notification))


def _firsts() -> Select[Any]:
    """Select the first of each transport of each receiver that is not delivered."""
    its = notification.alias().c
    return select(func.min(its.number)).where(its.delivered.is_(None)).group_by(*(its[name] for name in LANE))


def _may(now: datetime) -> ColumnElement[bool]:
    at = notification.c.next_at
    return or_(at.is_(None), at <= now, at > now + FARTHEST)


def _same(other: FromClause, names: tuple[str, ...]) -> ColumnElement[bool]:
    return and_(*(other.c[name] == notification.c[name] for name in names))


def _steps(told: Notification, *, at: datetime, note: str) -> list[Step]:
    whom = f"{told.receiver} instead of {told.instead_of}" if told.instead_of else told.receiver
    text = f"{whom}, {told.event.news}" + (f": {note}" if note else "")
    return [Step(number=number, at=at, did=Did.DELIVERED, text=text) for number in told.incidents]
