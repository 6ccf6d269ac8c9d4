"""List incidents: those that are open, and those that were not over before some time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.incident import Phase

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.usecases.ports.alerts import Incidents

UNRESOLVED = tuple(phase.value for phase in Phase if phase is not Phase.RESOLVED)
"""The phases of what is open; of the others there may be years."""


def list_incidents(
    *, incidents: Incidents, since: datetime | None = None, team: str = "", product: str = ""
) -> tuple[Incident, ...]:
    """Return incidents, oldest first.

    Args:
        incidents: Remembers incidents.
        since: Also those that were over after this, aware; None for those alone that are open.
        team: Whose; empty for every team.
        product: Of which product; empty for all.

    Raises:
        SettingsError: If the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    where = {name: value for name, value in (("team", team), ("product", product)) if value}
    if since is None:
        found = [one for phase in UNRESOLVED for one in incidents.incidents(**where, phase=phase)]
        return tuple(sorted(found, key=lambda one: (one.began, one.number)))
    return tuple(
        one
        for one in incidents.incidents(**where)
        if one.open or (one.resolved is not None and one.resolved >= since)
    )
