"""Report how a team fared with its incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.track_record import track_record
from airflow_dataops.usecases.alerts.known_owner import known_owner

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.alerts.track_record import TrackRecord
    from airflow_dataops.usecases.ports.alerts import Incidents
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.service_levels import Declarations


def report_team(
    team: str, *, since: datetime, incidents: Incidents, levels: Declarations, clock: Clock
) -> TrackRecord:
    """Return how many incidents a team had, and how soon they were found and repaired.

    Args:
        team: Whose; empty for all teams.
        since: From when on, aware.
        incidents: Remembers incidents.
        levels: What is declared: by it a team is known that had no incident.
        clock: Tells the time.

    Raises:
        SettingsError: If nobody knows the team, or the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    found = incidents.incidents(**({"team": team} if team else {}))
    if not found:
        known_owner(team=team, product="", incidents=incidents, levels=levels)
    return track_record(found, team=team, since=since, until=clock.now())
