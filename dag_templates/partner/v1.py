"""partner@1: drops of a third party, which come when they come, through write, audit, publish.

    land → gate → verify → [transform] → audit → [approve] → publish → announce
                    └→ report

The report goes back to the partner, whatever became of the drop.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from airflow.sdk import DAG

from airflow_dataops.bridge.assets import asset, inlets, partitions
from airflow_dataops.bridge.dag import arguments, expected_rows_of, landing, timetable
from airflow_dataops.operators.announce import AnnounceOperator
from airflow_dataops.operators.approve import approval
from airflow_dataops.operators.audit import AuditOperator
from airflow_dataops.operators.gate import GateOperator
from airflow_dataops.operators.land import LandOperator
from airflow_dataops.operators.publish import PublishOperator
from airflow_dataops.operators.quarantine_report import QuarantineReportOperator
from airflow_dataops.operators.transform import TransformOperator
from airflow_dataops.operators.verify import VerifyOperator

if TYPE_CHECKING:
    from airflow_dataops.core.product import Product
    from airflow_dataops.operators.stage import StageOperator

    from .params_v1 import Params


def build(product: Product, params: Params) -> DAG:
    """Wire the stages of one product, and the report to its partner."""
    source, schedule, contract = product.source, product.schedule, product.contract
    with DAG(product.name, schedule=timetable(schedule, grain=params.grain), **arguments(product)) as dag:
        land = LandOperator(
            task_id="land", inlets=inlets(product.consumes), **landing(product, grain=params.grain)
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
            expected_rows=expected_rows_of(product.expected.rows),
            inlets=inlets(product.looked_up),
        )
        folder = params.report_folder
        report = QuarantineReportOperator(
            task_id="report",
            landing=land.output,
            product=product.name,
            dataset=contract.dataset,
            partner=params.partner or product.name,
            team=product.team,
            grain=params.grain,
            timezone=schedule.timezone,
            due=bool(schedule.schedule),
            folder=str(PurePosixPath(product.folder, folder)) if folder else "",
            most_lines=params.most_lines,
            trigger_rule="all_done",
        )
        verify >> report
        staged: StageOperator = verify
        if product.transform:
            staged = TransformOperator(
                task_id="transform", staged=verify.output, sql=product.transform, conn_id=product.warehouse
            )
        audit = AuditOperator(
            task_id="audit",
            staged=staged.output,
            contract=contract.path,
            schema=product.schema,
            conn_id=product.warehouse,
            lookups=product.lookups,
            inlets=inlets(product.looked_up),
            published=product.target.address,
        )
        publish = PublishOperator(
            task_id="publish",
            staged=audit.output,
            contract=contract.path,
            target=product.target.type,
            table=product.target.table,
            conn_id=product.target.conn_id,
        )
        publish << approval(product, staged=audit.output)
        AnnounceOperator(
            task_id="announce",
            publication=publish.output,
            landing=gate.output,
            conn_id=product.warehouse,
            outlets=[asset(product), partitions(product)],
            by_partition=partitions(product).name,
        )
    return dag
