# An Airflow DAG whose task fails once, and then does not.
from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import DAG, task

with DAG(dag_id="tried", schedule=None, start_date=datetime(2026, 3, 1, tzinfo=UTC)) as dag:

    @task(retries=1, retry_delay=0)
    def work(ti=None) -> None:
        """Fail at the first try."""
        if ti.try_number == 1:
            raise RuntimeError("once")

    work()
