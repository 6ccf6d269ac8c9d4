"""What a receiver is told, as a mail of HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from airflow_dataops.render.alerts.text import text

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.notification import Notification


def html(notification: Notification) -> str:
    """Return a notification as HTML."""
    return f"<pre>{escape(text(notification))}</pre>"
