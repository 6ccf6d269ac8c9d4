# An Airflow DAG: it waits for rows that come bit by bit, and for the verdict on them.
from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import DAG, Asset, CronDataIntervalTimetable

from airflow_dataops.operators.require_contract import require_contract
from airflow_dataops.operators.verify_contract import VerifyContractOperator
from airflow_dataops.sensors.contract import ContractSensor
from airflow_dataops.sensors.require_contract import RequireContractSensor

DAY = datetime(2026, 3, 1, tzinfo=UTC)
WAITED = Asset("waited", uri="dataops://waited/waited")
ROWS = {"contract": "waited.odcs.yaml", "path": "waited-{partition}.csv", "product": "waited"}

with DAG(
    dag_id="waiting",
    schedule=CronDataIntervalTimetable("@daily", timezone="UTC"),
    start_date=DAY,
    end_date=DAY,
    catchup=True,
):
    rows = ContractSensor(task_id="rows", poke_interval=10, timeout=600, **ROWS)
    verify = VerifyContractOperator(task_id="verify", outlets=[WAITED], **ROWS)
    rows >> verify >> require_contract(WAITED, task_id="gate", max_age="1h", on_fail="fail")
    RequireContractSensor(task_id="verdict", asset=WAITED, poke_interval=2, timeout=600)
