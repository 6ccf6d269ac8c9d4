"""DAGs of somebody else's: nothing in them knows of service levels."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import DAG, get_current_context, task

with DAG("flaky", schedule=None, tags=["critical"]):

    @task(retries=1, retry_delay=timedelta(seconds=0))
    def second_time_lucky() -> None:
        """Fail at the first try."""
        if get_current_context()["ti"].try_number == 1:
            raise ValueError("not yet")

    second_time_lucky()

with DAG("named_daily", schedule=None, start_date=datetime(2026, 3, 1), tags=["other"]):  # noqa: DTZ001

    @task
    def fine() -> None:
        """Do nothing."""

    fine()

with DAG("hopeless", schedule=None, tags=["critical"]):

    @task
    def fail() -> None:
        """Fail."""
        raise ValueError("never")

    fail()

with DAG("unwatched", schedule=None, tags=["other"]):

    @task
    def nobody_looks() -> None:
        """Do nothing."""

    nobody_looks()
