"""A notification as a mail in HTML: one page that loads nothing, in styles that mail programs know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from airflow_dataops.render.alerts.said import told

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.notification import Notification

PAGE = Path(__file__).with_name("mail.html.jinja")


def html(notification: Notification) -> str:
    """Return a notification as HTML; every text in it is escaped."""
    jinja = SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return jinja.from_string(PAGE.read_text(encoding="utf-8")).render(told=told(notification)) + "\n"
