"""Find the runs that an incident is about."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.slo.run import RunOutcome
    from airflow_dataops.usecases.ports.service_levels import Seen

BEFORE = timedelta(days=1)
"""How long before an incident began a run of its partition may have ended."""


def runs_of_incident(incident: Incident, levels: Seen) -> tuple[RunOutcome, ...]:
    """Return the runs of the partition of an incident, and those that it names, oldest first.

    Args:
        incident: The incident.
        levels: Remembers runs.

    Raises:
        BrokenWorldError: If the store can't be read.
    """
    where = incident.where
    named = {where.partition, *(signal.run_id for signal in incident.signals)} - {""}
    if not named:
        return ()
    found = levels.runs(since=incident.began - BEFORE, team=where.team, dag_id=where.product)
    return tuple(run for run in found if {run.partition, run.run_id} & named)
