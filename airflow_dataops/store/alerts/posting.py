"""Putting notifications in the order in which they are delivered, in a SQL database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, select

from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.store.alerts.numbers import next_numbers
from airflow_dataops.store.alerts.shape import notification_of, row_of
from airflow_dataops.store.alerts.tables import notification

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from airflow_dataops.core.alerts.notification import Notification

AT_ONCE = 300
"""Keys of one statement."""

FRESH = {"refused": False, "detoured": False}


def post(connection: Connection, notifications: Sequence[Notification]) -> None:
    """Put notifications behind all that there are, in their order.

    An update that nobody has tried to deliver goes where a newer word tells of all that it tells of: who was
    out of reach for a day doesn't want each repeat of that day.

    Args:
        connection: A transaction that writes.
        notifications: Their numbers are not looked at.
    """
    if not notifications:
        return
    numbers = next_numbers(connection, "notification", len(notifications))
    _withdraw(connection, notifications)
    rows = [
        row_of(replace(one, number=number)) | FRESH
        for one, number in zip(notifications, numbers, strict=True)
    ]
    connection.execute(notification.insert(), rows)


def _withdraw(connection: Connection, newer: Sequence[Notification]) -> None:
    c = notification.c
    untold = and_(c.delivered.is_(None), c.attempts == 0, c.event == Event.UPDATE)
    keys = sorted({one.key for one in newer})
    told = {_of(one): frozenset(one.incidents) for one in newer}
    for first in range(0, len(keys), AT_ONCE):
        mine = select(notification).where(untold, c.key.in_(keys[first : first + AT_ONCE]))
        found = [notification_of(row) for row in connection.execute(mine)]
        gone = [one.number for one in found if told.get(_of(one), frozenset()).issuperset(one.incidents)]
        for some in range(0, len(gone), AT_ONCE):
            # Unless somebody has just begun to deliver it.
            connection.execute(delete(notification).where(untold, c.number.in_(gone[some : some + AT_ONCE])))


def _of(one: Notification) -> tuple[str, int, str]:
    return one.receiver, one.transport, one.key
