"""The stages of a batch, wired by hand: a DAG file as any other."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import DAG, Asset, CronDataIntervalTimetable

from airflow_dataops.operators.announce import AnnounceOperator
from airflow_dataops.operators.audit import AuditOperator
from airflow_dataops.operators.gate import GateOperator
from airflow_dataops.operators.land import LandOperator
from airflow_dataops.operators.publish import PublishOperator
from airflow_dataops.operators.transform import TransformOperator
from airflow_dataops.operators.verify import VerifyOperator

PRODUCT = "/srv/products/orders"

with DAG(
    dag_id="orders_by_hand",
    schedule=CronDataIntervalTimetable("@daily", timezone="UTC"),
    start_date=datetime(2026, 3, 1, tzinfo=UTC),
    default_args={"retries": 2},
    tags={"dataops"},
):
    land = LandOperator(
        task_id="land",
        product="orders_by_hand",
        dataset="orders",
        folder=f"{PRODUCT}/drops",
        path="orders-{partition}.csv",
        on_missing="wait",
        on_duplicate="skip",
    )
    gate = GateOperator(
        task_id="gate",
        landing=land.output,
        contract=f"{PRODUCT}/orders_landing.odcs.yaml",
    )
    verify = VerifyOperator(
        task_id="verify",
        landing=gate.output,
        contract=f"{PRODUCT}/orders_landing.odcs.yaml",
        max_quarantined=0.05,
    )
    transform = TransformOperator(
        task_id="transform",
        staged=verify.output,
        sql=f"{PRODUCT}/transform.sql",
    )
    audit = AuditOperator(
        task_id="audit",
        staged=transform.output,
        contract=f"{PRODUCT}/orders.odcs.yaml",
    )
    publish = PublishOperator(
        task_id="publish",
        staged=audit.output,
        contract=f"{PRODUCT}/orders.odcs.yaml",
        table="orders_by_hand",
    )
    AnnounceOperator(
        task_id="announce",
        publication=publish.output,
        landing=gate.output,
        outlets=[Asset("orders_by_hand", uri="dataops://orders_by_hand/orders")],
    )
