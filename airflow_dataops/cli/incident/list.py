"""`incident list`: incidents that are open, or were not long ago. The rim gives it its settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.cli.alert.store import alerts_of
from airflow_dataops.cli.alert.typed import since as since_of
from airflow_dataops.cli.screen import console
from airflow_dataops.render.incidents.incident_list import incident_rows, incident_table
from airflow_dataops.usecases.alerts.known_owner import known_owner
from airflow_dataops.usecases.alerts.list_incidents import list_incidents
from airflow_dataops.wiring import clocks, stores

if TYPE_CHECKING:
    from typing import TextIO

    from airflow_dataops.wiring.settings import Settings


def show(
    *,
    since: str,
    team: str,
    product: str,
    only_open: bool,
    output_format: str,
    settings: Settings,
    stream: TextIO,
) -> None:
    """Print incidents, oldest first.

    Args:
        since: How far back those that are over are listed, such as `30d`.
        team: Whose; empty for every team.
        product: Of which product; empty for all.
        only_open: Whether those that are over are left out.
        output_format: `text` for people, `json` for programs.
        settings: Where the store is.
        stream: Where to.

    Raises:
        WrongCallError: If `since` is no time.
        SettingsError: If nobody knows the team or the product, or the store has no tables.
        BrokenWorldError: If the store can't be read.
    """
    now = clocks.clock().now()
    begin = since_of(since, now=now)
    alerts = alerts_of(settings)
    found = list_incidents(incidents=alerts, since=None if only_open else begin, team=team, product=product)
    if not found:
        levels = stores.service_levels(settings)
        known_owner(team=team, product=product, incidents=alerts, levels=levels)
    if output_format == "json":
        stream.write(json.dumps({"incidents": incident_rows(found)}, ensure_ascii=False, indent=2) + "\n")
        return
    if not found:
        over = "" if only_open else f", and none was since {begin:%Y-%m-%d %H:%M %Z}"
        stream.write(f"No incident is open{over}.\n")
        return
    page = console(stream)
    page.print(incident_table(found, now=now, width=page.width))
