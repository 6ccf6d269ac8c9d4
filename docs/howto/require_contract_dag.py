"""Two consumers of one table: each says what it needs of it, and is stopped by that alone."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import DAG, Asset, task

from airflow_dataops.operators.require_contract import require_contract

PAYMENTS = Asset("payments", uri="dataops://payments/payments")
START = datetime(2026, 3, 1, tzinfo=UTC)

with DAG(dag_id="reminders", schedule=[PAYMENTS], start_date=START):

    @task
    def remind() -> None:
        """Write to whoever has paid; that needs an address of everybody."""

    require_contract(PAYMENTS, dimensions=["completeness"], max_age="2h", on_fail="fail") >> remind()

with DAG(dag_id="revenue", schedule=[PAYMENTS], start_date=START):

    @task
    def sum_up() -> None:
        """Sum up amounts; that needs numbers, each once."""

    require_contract(PAYMENTS, dimensions=["conformity", "uniqueness"]) >> sum_up()
