"""What a receiver is told, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.notification import Notification


def subject(notification: Notification) -> str:
    """Return a notification as one line."""
    first = notification.messages[0].title if notification.messages else notification.group
    more = len(notification.messages) - 1
    return f"[{notification.event}] {first}" + (f" … and {more} more" if more > 0 else "")
