"""Mark an incident about which nothing could be done: it counts as noise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.alerts.incident import Did, Step
from airflow_dataops.core.alerts.subject import batch_of
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.usecases.alerts.known_incident import known_incident
from airflow_dataops.usecases.ports.alerts import Decided, Decisions, Incidents

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.usecases.ports.clock import Clock

ACTIONS = {True: "incident.mark_actionable", False: "incident.mark_not_actionable"}


class Marked(Decisions, Incidents, Protocol):
    """Incidents, and who decides about them."""


def mark_incident(
    number: int, *, actionable: bool, who: str, why: str, alerts: Marked, clock: Clock
) -> Incident:
    """Return an incident that is marked, open or over.

    Args:
        number: The incident.
        actionable: Whether something could be done after all, so that the mark goes.
        who: Who says so.
        why: The reason, in one line.
        alerts: Incidents.
        clock: Tells the time.

    Raises:
        SettingsError: If there is no such incident, or the store has no tables for it.
        BrokenWorldError: If the store can't be reached, or an evaluation decides for too long.
    """
    with alerts.deciding() as deciding:
        now = clock.now()
        known = known_incident(number, incidents=alerts)
        marked = replace(known, not_actionable="" if actionable else f"{who}: {why}")
        text = f"{'actionable' if actionable else 'not actionable'}: {why}"
        step = Step(number=number, at=now, did=Did.MARKED, text=text, who=who)
        audit = AuditRecord(
            batch=batch_of(marked),
            action=ACTIONS[actionable],
            subject=f"incident {number}, {now.isoformat()}",
            who=who,
            why=why,
            at=now,
        )
        deciding.keep(Decided(incidents=(marked,), steps=((marked.key, step),), audits=(audit,)))
    return marked
