"""Report how long a team's incidents took to be found and repaired."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.repair_times import RepairReport, repair_times
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.usecases.alert_ports import Incidents
    from airflow_dataops.usecases.slo_ports import Owner


def report_repairs(
    *, since: datetime, until: datetime, team: str = "", product: str = "", incidents: Incidents
) -> RepairReport:
    """Return how incidents went that were found within a time.

    Args:
        since: Then or later, aware.
        until: Before it, aware.
        team: Whose; empty for all.
        product: Of which product; empty for all.
        incidents: Remembers incidents.

    Raises:
        SettingsError: If the time is none.
        BrokenWorldError: If the store can't be read.
    """
    if since >= until:
        raise SettingsError(
            f"nothing lies between {since:%F %H:%M %Z} and {until:%F %H:%M %Z}",
            hint="Let the time begin before it ends.",
        )
    where = {name: value for name, value in (("team", team), ("product", product)) if value}
    found = [one for one in incidents.incidents(**where) if since <= one.detected < until]
    by_product: dict[Owner, list[Incident]] = defaultdict(list)
    for one in found:
        by_product[one.where.team, one.where.product].append(one)
    each = [(owner, repair_times(its)) for owner, its in by_product.items()]
    each.sort(key=lambda of: (-of[1].incidents, of[0]))
    return RepairReport(team=team, since=since, until=until, total=repair_times(found), products=tuple(each))
