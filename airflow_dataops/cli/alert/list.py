"""`alert list`: what is open, and what is silent. The rim gives it its settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.cli.alert.store import alerts_of
from airflow_dataops.cli.screen import console
from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.silence import State, state_of
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.render.alerts.alert_silence import silence_row
from airflow_dataops.render.incidents.incident_list import incident_rows, incident_table, silence_table
from airflow_dataops.usecases.alerts.list_incidents import list_incidents
from airflow_dataops.wiring import clocks

if TYPE_CHECKING:
    from datetime import datetime
    from typing import TextIO

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.wiring.settings import Settings


def show(*, output_format: str, settings: Settings, stream: TextIO) -> None:
    """Print the incidents that are open, and the silences that hold or will.

    Args:
        output_format: `text` for people, `json` for programs.
        settings: Where the store is.
        stream: Where to.

    Raises:
        SettingsError: If the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    alerts, now = alerts_of(settings), clocks.clock().now()
    found = sorted(list_incidents(incidents=alerts), key=_most_urgent)
    silences = [one for one in alerts.silences() if state_of(one, now) is not State.EXPIRED]
    waiting = alerts.waiting()
    failed = [one for one in waiting if one.error]
    if output_format == "json":
        document = {
            "incidents": incident_rows(found),
            "silences": [silence_row(one, now=now) for one in silences],
            "waiting": len(waiting),
            "failed": len(failed),
        }
        stream.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return
    page = console(stream)
    if found:
        page.print(incident_table(found, now=now, width=page.width))
        page.print(f"\nWhat to do about the first: `airflow dataops incident show {found[0].number}`")
    else:
        stream.write("No incident is open.\n")
    if silences:
        page.print()
        page.print(silence_table(silences, now=now))
    if failed:
        receivers = ", ".join(sorted({one.receiver for one in failed}))
        numbers = sorted({number for one in failed for number in one.incidents})
        first = f": see `airflow dataops alert show {numbers[0]}`" if numbers else ""
        page.print(f"\n{_messages(len(failed))} could not be delivered so far, to {receivers}{first}.")


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"


def _most_urgent(of: Incident) -> tuple[bool, bool, bool, datetime]:
    """Return what incidents are sorted by: what nobody has in hand, and nothing explains, comes first."""
    return bool(of.explained_by), of.phase is not Phase.OPEN, of.urgency is not Urgency.PAGE, of.began
