# An Airflow DAG that waits until enough is left of the error budgets of a product.
from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import DAG

from airflow_dataops.operators.require_budget import require_budget
from airflow_dataops.sensors.error_budget import ErrorBudgetSensor

with DAG(dag_id="waits", schedule=None, start_date=datetime(2026, 3, 1, tzinfo=UTC)) as dag:
    require_budget("gated", at_least=0.5)
    ErrorBudgetSensor(task_id="ready", product="gated", at_least=0.5, poke_interval=2, timeout=600)
