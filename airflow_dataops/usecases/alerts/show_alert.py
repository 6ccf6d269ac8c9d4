"""Show an alert: who was told of an incident, who was not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.alerts.course import told
from airflow_dataops.usecases.alerts.known_incident import known_incident
from airflow_dataops.usecases.ports.alerts import Incidents, Post

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.incident import Incident, Step
    from airflow_dataops.core.alerts.notification import Notification


class Letters(Incidents, Post, Protocol):
    """Incidents, and what receivers are told of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAlert:
    """What there is to know of who is told of an incident.

    Args:
        incident: The incident.
        told: When people were told, and when not, and why; oldest first.
        waiting: What is still to be delivered, with why it could not be.
    """

    incident: Incident
    told: tuple[Step, ...]
    waiting: tuple[Notification, ...]


def show_alert(number: int, *, alerts: Letters) -> ShownAlert:
    """Return who was told of an incident.

    Args:
        number: The incident.
        alerts: Incidents, and what receivers are told of them.

    Raises:
        SettingsError: If there is no such incident, or the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    return ShownAlert(
        incident=known_incident(number, incidents=alerts),
        told=told(alerts.timeline(number)),
        waiting=tuple(one for one in alerts.waiting() if number in one.incidents),
    )
