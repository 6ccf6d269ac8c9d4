"""`alert show`: who was told of an incident. The rim gives it its settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.cli.alert.store import alerts_of
from airflow_dataops.cli.screen import console
from airflow_dataops.render.alerts.alert_show import alert_document, alert_page
from airflow_dataops.usecases.alerts.show_alert import show_alert
from airflow_dataops.wiring import clocks

if TYPE_CHECKING:
    from typing import TextIO

    from airflow_dataops.wiring.settings import Settings


def show(number: int, *, output_format: str, settings: Settings, stream: TextIO) -> None:
    """Print who was told of an incident, who waits to be told, and why somebody wasn't.

    Args:
        number: The incident.
        output_format: `text` for people, `json` for programs.
        settings: Where the store is.
        stream: Where to.

    Raises:
        SettingsError: If there is no such incident, or the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    shown = show_alert(number, alerts=alerts_of(settings))
    if output_format == "json":
        stream.write(json.dumps(alert_document(shown), ensure_ascii=False, indent=2) + "\n")
        return
    console(stream).print(alert_page(shown, now=clocks.clock().now()))
