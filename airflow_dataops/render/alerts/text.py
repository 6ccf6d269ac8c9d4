"""What a receiver is told, as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.notification import Notification


def text(notification: Notification) -> str:
    """Return a notification as plain text."""
    again = ["This may have reached you before."] if notification.again else []
    return "\n".join((*again, *(line for each in notification.messages for line in (each.title, *each.what))))
