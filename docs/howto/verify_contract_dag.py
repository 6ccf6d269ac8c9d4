"""A file, a table and a frame of a team's own, held against one contract: a DAG file as any other."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airflow.sdk import DAG, Asset, CronDataIntervalTimetable, task

from airflow_dataops.operators.verify_contract import VerifyContractOperator
from airflow_dataops.sensors.contract import ContractSensor

if TYPE_CHECKING:
    import polars as pl

DROPS = os.environ.get("PAYMENTS_DROPS", "/srv/payments")
LAKE = os.environ.get("PAYMENTS_LAKE", "/srv/lake")
PAYMENTS = Asset("payments", uri="dataops://payments/payments")

with DAG(
    dag_id="payments_in_place",
    schedule=CronDataIntervalTimetable("@daily", timezone="UTC"),
    start_date=datetime(2026, 3, 1, tzinfo=UTC),
    catchup=False,
):
    arrived = ContractSensor(
        task_id="arrived",
        contract="payments.odcs.yaml",
        path=f"{DROPS}/payments-{{partition}}.csv",
        rules=["enough"],
        timeout=6 * 3600,
    )

    file = VerifyContractOperator(
        task_id="file",
        contract="payments.odcs.yaml",
        path=f"{DROPS}/payments-{{partition}}.csv",
        quarantine=f"{DROPS}/bad/payments-{{partition}}.parquet",
        product="payments_file",
    )

    @task.contract(contract="payments.odcs.yaml", product="payments_frame", on_bad="quarantine")
    def frame(day: str) -> pl.DataFrame:
        """Read what was paid on a day."""
        import polars as pl  # noqa: PLC0415 - the task needs it, the DAG file doesn't

        return pl.read_csv(f"{DROPS}/payments-{day}.csv")

    table = VerifyContractOperator(
        task_id="table",
        contract="payments.odcs.yaml",
        conn_id="mart_db",
        table="mart.payments",
        partition_clause="day = '{{ data_interval_start | ds }}'",
        keys=f"{DROPS}/failing/payments-{{partition}}.jsonl",
        fail_on="never",
        outlets=[PAYMENTS],
    )

    arrived >> file
    arrived >> frame("{{ data_interval_start | ds }}")
    arrived >> table

with DAG(
    dag_id="payments_full_scan",
    schedule="0 5 * * *",
    start_date=datetime(2026, 3, 1, tzinfo=UTC),
    catchup=False,
):
    nightly = VerifyContractOperator(
        task_id="nightly",
        contract="payments.odcs.yaml",
        path=f"{LAKE}/payments",
        format="delta",
        scheduled=True,
        product="payments_full_scan",
    )
