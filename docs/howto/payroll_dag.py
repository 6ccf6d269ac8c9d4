"""A DAG that is no data product, and whose failures and delays are incidents all the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, task

from airflow_dataops.notifications.slo_breach import SloBreachNotifier
from airflow_dataops.notifications.slo_deadline import slo_deadline

with DAG(
    "payroll",
    schedule="@daily",
    start_date=datetime(2026, 3, 1, tzinfo=UTC),
    on_failure_callback=SloBreachNotifier(team="people"),
    on_success_callback=SloBreachNotifier(team="people"),
    deadline=slo_deadline(timedelta(minutes=30), team="people"),
) as dag:

    @task(on_failure_callback=SloBreachNotifier(team="people", text="the bank refused the file"))
    def pay() -> None:
        """Send the bank its file."""

    pay()
