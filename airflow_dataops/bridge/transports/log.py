"""The log of the task that routes alerts."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.render.alerts.text import subject, text
from airflow_dataops.usecases.ports.alerts import Told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.core.alerts.transport import LogTransport

log = logging.getLogger(__name__)

LEVELS = {Urgency.PAGE: logging.ERROR, Urgency.TICKET: logging.WARNING}
"""Urgency -> level; that something is over is information."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogChannel:
    """Speaks to whoever reads the log.

    Args:
        transport: It says nothing more.
    """

    transport: LogTransport

    def tell(self, notification: Notification) -> Told:
        """Write a notification into the log."""
        over = notification.event is Event.RESOLVE
        level = logging.INFO if over else LEVELS[notification.urgency]
        log.log(level, "%s\n%s", subject(notification), text(notification))
        return Told()

    def keep_alive(self, firing: Iterable[Notification]) -> None:
        """Say nothing: a log forgets nothing."""
