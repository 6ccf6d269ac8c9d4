"""Deadlines of runs, as Airflow has them, that belong to the incidents of their product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.notifications.slo_breach import SloBreachNotifier

if TYPE_CHECKING:
    from datetime import timedelta

    from airflow.sdk import DeadlineAlert  # type: ignore[attr-defined] # its stub lacks it


def slo_deadline(
    within: timedelta,
    *,
    since: Any = None,  # noqa: ANN401 - one of Airflow's references
    product: str = "",
    team: str = "",
    grain: str = "",
    timezone: str = "UTC",
    text: str = "",
    name: str = "",
    sync: bool = False,
) -> DeadlineAlert:
    """Return a deadline for the runs of a DAG: `DAG(…, deadline=slo_deadline(timedelta(minutes=30)))`.

    A run that isn't done by then is *late*, in the incident of its partition. Airflow calls also where a run
    has failed before: that is the same incident, and nobody is told twice. A run that never begins has no
    deadline: for that there are freshness objectives.

    Args:
        within: How long a run may take, above zero.
        since: From when on it counts: one of `airflow.sdk.DeadlineReference`; by default when it was queued.
        product: The product; empty for the DAG.
        team: Whose it is; empty for the DAG's bundle, where there is only one.
        grain: How much time one partition covers; empty where a run is a partition of its own.
        timezone: Where the product's days begin.
        text: What is to be said; empty for the deadline's time.
        name: What Airflow calls it.
        sync: Whether a worker of the executor reports it, where there is no triggerer, which does otherwise.

    Raises:
        ValueError: If `within` isn't above zero.
    """
    from airflow.sdk import (  # type: ignore[attr-defined]
        AsyncCallback,
        DeadlineAlert,
        DeadlineReference,
        SyncCallback,
    )

    if within.total_seconds() <= 0:
        raise ValueError(f"a deadline of {within} can't be kept: `within` must be above zero")
    told = {"product": product, "team": team, "grain": grain, "timezone": timezone, "text": text}
    told = {key: value for key, value in told.items() if value}
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT if since is None else since,
        interval=within,
        callback=(SyncCallback if sync else AsyncCallback)(SloBreachNotifier, kwargs=told),
        name=name or None,
    )
