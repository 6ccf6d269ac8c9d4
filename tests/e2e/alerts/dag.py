"""A run that fails at once, reports that, and misses its deadline afterwards."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, task

from airflow_dataops.notifications.slo_breach import SloBreachNotifier
from airflow_dataops.notifications.slo_deadline import slo_deadline

with DAG(
    "dies",
    schedule=None,
    is_paused_upon_creation=False,
    deadline=slo_deadline(timedelta(seconds=10)),
    on_failure_callback=SloBreachNotifier(),
):

    @task
    def fail() -> None:
        """Fail."""
        raise ValueError("never")

    fail()
