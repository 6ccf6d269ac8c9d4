"""batch@1: daily drops through write, audit, publish.

    land → gate → verify → [transform] → audit → (canary) → (approve) → publish → announce

Canary and approve have their place before `publish`; this version has neither.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from airflow.sdk import DAG, Asset, CronDataIntervalTimetable

from airflow_dataops.operators.announce import AnnounceOperator
from airflow_dataops.operators.audit import AuditOperator
from airflow_dataops.operators.gate import GateOperator
from airflow_dataops.operators.land import LandOperator
from airflow_dataops.operators.publish import PublishOperator
from airflow_dataops.operators.transform import TransformOperator
from airflow_dataops.operators.verify import VerifyOperator

if TYPE_CHECKING:
    from airflow_dataops.core.product import Product
    from airflow_dataops.operators.stage import StageOperator

    from .params_v1 import Params


def build(product: Product, params: Params) -> DAG:
    """Wire the stages of one product."""
    source, schedule, dataset = product.source, product.schedule, product.contract.datasets[0].name
    with DAG(
        dag_id=product.name,
        description=product.description,
        doc_md=f"**{product.contract.reference}**. {product.contract.description}",
        schedule=None
        if schedule.schedule is None
        else CronDataIntervalTimetable(schedule.schedule, timezone=schedule.timezone),
        start_date=schedule.start_date,
        end_date=schedule.end_date,
        catchup=schedule.catchup,
        max_active_runs=schedule.max_active_runs,
        tags={"dataops", *product.tags},
        default_args={
            "owner": product.owner,
            "retries": schedule.retries,
            "retry_delay": schedule.retry_delay,
        },
    ) as dag:
        land = LandOperator(
            task_id="land",
            product=product.name,
            dataset=dataset,
            team=product.team,
            grain=params.grain,
            timezone=schedule.timezone,
            conn_id=source.conn_id,
            folder=source.folder,
            path=source.path,
            ready=source.ready,
            table=source.table,
            partition_column=source.partition_column,
            format=source.dialect.format.value,
            delimiter=source.dialect.delimiter,
            encoding=source.dialect.encoding,
            quote=source.dialect.quote,
            header=source.dialect.header,
            paths=dict(source.dialect.paths),
            delivery=source.delivery.value,
            on_missing=source.on_missing.value,
            on_duplicate=source.on_duplicate.value,
            poke_interval=source.poke_interval / timedelta(seconds=1),
            timeout=source.timeout / timedelta(seconds=1),
        )
        gate = GateOperator(
            task_id="gate",
            landing=land.output,
            contract=source.contract,
            extra_columns=params.extra_columns,
            conn_id=product.warehouse,
        )
        verify = VerifyOperator(
            task_id="verify",
            landing=gate.output,
            contract=source.contract,
            schema=source.schema,
            max_quarantined=str(params.max_quarantined),
            conn_id=product.warehouse,
            lookups=product.lookups,
        )
        staged: StageOperator = verify
        if product.transform:
            staged = TransformOperator(
                task_id="transform", staged=verify.output, sql=product.transform, conn_id=product.warehouse
            )
        audit = AuditOperator(
            task_id="audit",
            staged=staged.output,
            contract=product.contract_path,
            schema=product.schema,
            conn_id=product.warehouse,
            lookups=product.lookups,
            published=product.target.address,
        )
        # canary and approve have their place here: between what was audited and what readers see.
        publish = PublishOperator(
            task_id="publish",
            staged=audit.output,
            contract=product.contract_path,
            target=product.target.type,
            table=product.target.table,
            conn_id=product.target.conn_id,
        )
        AnnounceOperator(
            task_id="announce",
            publication=publish.output,
            landing=gate.output,
            conn_id=product.warehouse,
            outlets=[Asset(product.name, uri=f"dataops://{product.name}/{dataset}")],
        )
    return dag
