from __future__ import annotations

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Asset

with DAG("plain", schedule=[Asset("tokens", uri="dataops://tokens/tokens")]):
    EmptyOperator(task_id="run")
