"""`incident show`: what is wrong, and what happened since. The rim gives it its settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.cli.alert.store import alerts_of
from airflow_dataops.cli.screen import console
from airflow_dataops.render.incidents.incident_show import incident_document, incident_page
from airflow_dataops.usecases.alerts.known_incident import known_incident
from airflow_dataops.usecases.alerts.what_next import what_next
from airflow_dataops.wiring import clocks, stores

if TYPE_CHECKING:
    from typing import TextIO

    from airflow_dataops.wiring.settings import Settings


def show(number: int, *, output_format: str, settings: Settings, stream: TextIO) -> None:
    """Print an incident, its timeline, and what to do next.

    Args:
        number: The incident.
        output_format: `text` for people, `json` for programs.
        settings: Where the store is.
        stream: Where to.

    Raises:
        SettingsError: If there is no such incident, or the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    alerts = alerts_of(settings)
    found, steps = known_incident(number, incidents=alerts), alerts.timeline(number)
    if output_format == "json":
        stream.write(json.dumps(incident_document(found, steps), ensure_ascii=False, indent=2) + "\n")
        return
    now = clocks.clock().now()
    ahead = what_next(found, levels=stores.service_levels(settings), timetable=clocks.timetable(), now=now)
    console(stream).print(incident_page(found, steps, ahead=ahead, now=now), crop=False)  # a command is whole
