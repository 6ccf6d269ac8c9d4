"""What a receiver is told, as Slack's blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.render.alerts.text import text

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.notification import Notification


def blocks(notification: Notification) -> list[dict[str, Any]]:
    """Return a notification as Slack's blocks."""
    return [{"type": "section", "text": {"type": "plain_text", "text": text(notification)[:3000]}}]
