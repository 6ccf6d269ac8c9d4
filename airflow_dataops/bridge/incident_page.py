"""The page of the incident of one partition: the report on it, as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.bridge.settings import settings
from airflow_dataops.render.incidents.incident_report import report_html
from airflow_dataops.usecases.alerts.report_incident import report_incident
from airflow_dataops.wiring import clocks, stores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.core.alerts.incident import Incident


def page(product: str, *, partition: str, run_id: str, number: int = 0) -> str | None:
    """Return the page of an incident of a product; None where none is known.

    Of several of the partition it is the newest; of a product whose budgets burn besides, that of the
    partition.

    Args:
        product: The product: the id of its DAG.
        partition: The partition; or empty.
        run_id: The run; or empty.
        number: What people call the incident; 0 for the newest.

    Raises:
        BrokenWorldError: If the store can't be read.
        SettingsError: If the deployment is set up in a way that can't work.
    """
    at = settings()
    alerts = stores.alerts(at)
    known = alerts.incidents(product=product)
    its = [one for one in known if one.number == number] if number else _of(known, {partition, run_id} - {""})
    if not its:
        return None
    of = report_incident(
        its[-1].number,
        incidents=alerts,
        levels=stores.service_levels(at),
        store=stores.store(at),
        timetable=clocks.timetable(),
        clock=clocks.clock(),
    )
    return report_html(of)


def _of(known: Sequence[Incident], names: set[str]) -> list[Incident]:
    """Return incidents of a partition or a run, oldest first; those of the partition itself come last."""
    its = [one for one in known if names & {one.where.partition, *(each.run_id for each in one.signals)}]
    return sorted(its, key=lambda one: (one.where.partition in names, one.number))
