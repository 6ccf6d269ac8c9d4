"""slo_monitor@1: evaluates service levels, apart from the DAGs that it watches.

    evaluate >> route

What is expected doesn't depend on whether anything ran, so a DAG that is paused burns its budget here, and
somebody is told. Alerts are routed also where an evaluation failed: what was known before is told still.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from airflow.sdk import DAG

from airflow_dataops.bridge.dag import arguments, timetable
from airflow_dataops.operators.evaluate_slos import EvaluateSlosOperator
from airflow_dataops.operators.route_alerts import RouteAlertsOperator

if TYPE_CHECKING:
    from airflow_dataops.core.product import Product

    from .params_v1 import Params

EVERY_FIVE_MINUTES = "*/5 * * * *"


def build(product: Product, params: Params) -> DAG:
    """Wire the two tasks: by default every five minutes, and never twice at once."""
    watching = replace(
        product.schedule, schedule=product.schedule.schedule or EVERY_FIVE_MINUTES, max_active_runs=1
    )
    product = replace(product, schedule=watching)
    definitions = str(PurePosixPath(product.folder, params.definitions)) if params.definitions else ""
    with DAG(product.name, schedule=timetable(product.schedule), **arguments(product)) as dag:
        evaluate = EvaluateSlosOperator(
            task_id="evaluate",
            teams=params.teams,
            products=params.products,
            definitions=definitions,
            conn_id=params.conn_id,
        )
        if params.alerts:
            evaluate >> RouteAlertsOperator(task_id="route", trigger_rule="all_done")
    return dag
