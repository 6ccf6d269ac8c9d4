"""Putting notifications in the order in which they are delivered, in a SQL database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_dataops.store.alert_shape import row_of
from airflow_dataops.store.alert_tables import notification
from airflow_dataops.store.numbers import next_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from airflow_dataops.core.alerts.notification import Notification

FRESH = {"refused": False, "detoured": False}


def post(connection: Connection, notifications: Sequence[Notification]) -> None:
    """Put notifications behind all that there are, in their order.

    Args:
        connection: A transaction that writes.
        notifications: Their numbers are not looked at.
    """
    numbers = next_numbers(connection, "notification", len(notifications))
    rows = [
        row_of(replace(one, number=number)) | FRESH
        for one, number in zip(notifications, numbers, strict=True)
    ]
    if rows:
        connection.execute(notification.insert(), rows)
