"""plain@1: seven plain operators, one after the other, as another tool makes them as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, chain

from airflow_dataops.bridge.dag import arguments, timetable

if TYPE_CHECKING:
    from airflow_dataops.core.product import Product

    from .params_v1 import Params

TASKS = ("land", "gate", "verify", "transform", "audit", "publish", "announce")


def build(product: Product, params: Params) -> DAG:  # noqa: ARG001 - there are none
    """Wire seven tasks."""
    with DAG(product.name, schedule=timetable(product.schedule), **arguments(product)) as dag:
        chain(*(BashOperator(task_id=task, bash_command="true") for task in TASKS))
    return dag
