"""The labels of an incident, by which it is routed, grouped, inhibited and silenced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.slo.declaration import Declaration

Labels = Mapping[str, str]
"""Name -> value. One that is missing is the same as an empty one, as in Alertmanager."""

ALERTNAME = "DataIncident"
"""The `alertname` of every incident: what is wrong may change while it is the same incident."""

NAMES = (
    *("alertname", "team", "product", "dataset", "partition"),
    *("severity", "tier", "owner", "slo", "environment"),
)
"""The names of the labels there are; no others, so that lint can tell a route that matches nothing."""

KNOWN_BY = ("alertname", "team", "product", "partition")
"""Those that tell one incident from another."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """An incident with its labels.

    Args:
        incident: The incident.
        labels: Its labels.
    """

    incident: Incident
    labels: Labels


def labels_declared(declaration: Declaration) -> dict[str, str]:
    """Return the labels that every incident of a product has; those that are empty are left out."""
    found = {
        "team": declaration.team,
        "product": declaration.product,
        "dataset": declaration.dataset,
        "tier": declaration.tier,
        "owner": declaration.owner,
    }
    return {name: value for name, value in found.items() if value}


def labels_of(
    incident: Incident, declaration: Declaration | None, *, environment: str = ""
) -> dict[str, str]:
    """Return the labels of an incident; those that are empty are left out.

    Args:
        incident: The incident.
        declaration: What its product declares; None where nothing is declared of it.
        environment: `[dataops] environment`.
    """
    first = incident.signals[0] if incident.signals else None
    found = {
        "alertname": ALERTNAME,
        "team": incident.where.team,
        "product": incident.where.product,
        "dataset": (first.dataset if first else "") or (declaration.dataset if declaration else ""),
        "partition": incident.where.partition,
        "severity": incident.urgency.value,
        "tier": declaration.tier if declaration else "",
        "owner": declaration.owner if declaration else "",
        "slo": next((signal.slo for signal in incident.signals if signal.slo), ""),
        "environment": environment,
    }
    return {name: value for name, value in found.items() if value}
