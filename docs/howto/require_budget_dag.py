"""A backfill that waits for better days: it runs while enough is left of the error budgets of orders."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import DAG, task

from airflow_dataops.operators.require_budget import require_budget
from airflow_dataops.sensors.error_budget import ErrorBudgetSensor

START = datetime(2026, 3, 1, tzinfo=UTC)

with DAG(dag_id="orders_backfill", schedule=None, start_date=START):

    @task
    def backfill() -> None:
        """Load old orders once more."""

    require_budget("orders", at_least=0.2) >> backfill()

with DAG(dag_id="orders_experiment", schedule="@daily", start_date=START):

    @task
    def experiment() -> None:
        """Try something that may break."""

    ErrorBudgetSensor(task_id="ready", product="orders", at_least="50%", timeout=3600) >> experiment()
