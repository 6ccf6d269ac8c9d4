"""What `lint` says of runbooks: whoever is woken up by an objective must be able to read what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.tier import CRITICAL
from airflow_dataops.core.slo.objective import Source, Urgency
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.usual_alerts import usual_alerts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.errors import Problem

WAKES = frozenset({Sli.FRESHNESS, Sli.COMPLETENESS})
"""Indicators whose breach wakes somebody up where the product is critical, whatever burns."""

WRITE = {
    Source.ODCS: "Name it in `authoritativeDefinitions`, `type: runbook`, of the contract.",
    Source.OPENSLO: "Name it by the annotation `airflow-dataops/runbook`.",
}
"""The kind of file that an objective is from -> where its runbook is named."""


def without_runbook(declaration: Declaration, *, now: datetime) -> Iterator[Problem]:
    """Yield an error for each objective that may wake somebody up, and says nowhere what is to be done then.

    Args:
        declaration: What a product declares.
        now: What stands for the end of every window, aware.
    """
    from airflow_dataops.errors import Problem

    if any(not runbook.of for runbook in declaration.runbooks):
        return
    for objective in declaration.objectives:
        if not objective.runbook and pages(objective, declaration, now=now):
            what = f"`{objective.name}` wakes somebody up, and has no runbook"
            yield Problem(objective.place, what, WRITE[objective.source])


def pages(objective: Objective, declaration: Declaration, *, now: datetime) -> bool:
    """Say whether an objective may wake somebody up: by its alerts, or since all hangs on its product."""
    from airflow_dataops.cli.lint.slos import expected_events

    if declaration.tier == CRITICAL and objective.sli in WAKES:
        return True
    alerts = objective.alerts
    if not alerts:
        events = expected_events(objective, declaration, now=now)
        spacing = objective.window.length.seconds / events if events else None
        alerts = usual_alerts(objective, spacing)
    return any(alert.urgency is Urgency.PAGE for alert in alerts)
