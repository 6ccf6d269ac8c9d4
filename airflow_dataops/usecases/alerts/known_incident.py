"""Find the incident that a person names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.usecases.ports.alerts import Incidents


def known_incident(number: int, *, incidents: Incidents) -> Incident:
    """Return an incident.

    Args:
        number: What people call it.
        incidents: Remembers incidents.

    Raises:
        SettingsError: If there is no such incident.
        BrokenWorldError: If the store can't be read.
    """
    found = incidents.incident(number)
    if found is None:
        raise SettingsError(
            f"there is no incident {number}", hint="`airflow dataops incident list` shows those there are."
        )
    return found
