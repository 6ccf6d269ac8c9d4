"""sql@1: models inside of one warehouse, made one after the other, audited before readers see the last one.

begin → transform: [a task a model] → audit → [approve] → publish → announce
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import DAG, TaskGroup

from airflow_dataops.bridge.assets import asset, inlets, partitions
from airflow_dataops.bridge.dag import arguments, timetable
from airflow_dataops.core.models import sources
from airflow_dataops.operators.announce import AnnounceOperator
from airflow_dataops.operators.approve import approval
from airflow_dataops.operators.audit import AuditOperator
from airflow_dataops.operators.begin import BeginOperator
from airflow_dataops.operators.model import ModelOperator
from airflow_dataops.operators.publish import PublishOperator

if TYPE_CHECKING:
    from airflow_dataops.core.product import Product

    from .params_v1 import Params


def build(product: Product, params: Params) -> DAG:
    """Wire the models of one product."""
    schedule, contract, target = product.schedule, product.contract, product.target
    with DAG(product.name, schedule=timetable(schedule, grain=params.grain), **arguments(product)) as dag:
        begin = BeginOperator(
            task_id="begin",
            product=product.name,
            dataset=contract.dataset,
            team=product.team,
            grain=params.grain,
            timezone=schedule.timezone,
            tables=sources(product.models),
            conn_id=target.conn_id,
            inlets=inlets(product.consumes),
        )
        made: dict[str, ModelOperator] = {}
        with TaskGroup("transform"):
            for model in product.models:  # each after those that it reads, the published one last
                made[model.name] = ModelOperator(
                    task_id=model.name,
                    begun=begin.output,
                    sql=model.file,
                    model=model.name,
                    refs={name: made[name].output for name in model.refs},
                    conn_id=target.conn_id,
                )
        audit = AuditOperator(
            task_id="audit",
            staged=made[product.models[-1].name].output,
            contract=contract.path,
            conn_id=target.conn_id,
            lookups=product.lookups,
            inlets=inlets(product.looked_up),
            published=target.address,
        )
        publish = PublishOperator(
            task_id="publish",
            staged=audit.output,
            contract=contract.path,
            target=target.type,
            table=target.table,
            conn_id=target.conn_id,
        )
        publish << approval(product, staged=audit.output)
        AnnounceOperator(
            task_id="announce",
            publication=publish.output,
            landing=begin.output,
            conn_id=target.conn_id,
            outlets=[asset(product), partitions(product)],
            by_partition=partitions(product).name,
        )
    return dag
