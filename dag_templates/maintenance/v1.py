"""maintenance@1: looks after the store, the zones and the published tables of all products.

    migrate → clean_store ─┬→ clean_zones
                           └→ [optimize] → [vacuum]

The store forgets first: what it has forgotten is not kept in the zones and tables either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import DAG, chain

from airflow_dataops.bridge.dag import arguments, timetable
from airflow_dataops.operators.clean_zones import CleanZonesOperator
from airflow_dataops.operators.maintenance import CleanStoreOperator, MigrateStoreOperator
from airflow_dataops.operators.optimize_tables import OptimizeTablesOperator
from airflow_dataops.operators.vacuum_tables import VacuumTablesOperator

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator

    from airflow_dataops.core.product import Product

    from .params_v1 import Params


def build(product: Product, params: Params) -> DAG:
    """Wire the tasks."""
    with DAG(product.name, schedule=timetable(product.schedule), **arguments(product)) as dag:
        migrate = MigrateStoreOperator(task_id="migrate")
        clean_store = CleanStoreOperator(
            task_id="clean_store",
            before=params.keep_store,
            audit_records=params.audit_records,
            count_only=params.dry_run,
        )
        clean_zones = CleanZonesOperator(
            task_id="clean_zones",
            keep_raw=params.keep_raw,
            keep_staging=params.keep_staging,
            keep_quarantine=params.keep_quarantine,
            keep_versions=params.keep_versions,
            keep_versions_for=params.keep_versions_for or "",
            count_only=params.dry_run,
        )
        tables: list[BaseOperator] = []
        if params.optimize and not params.dry_run:
            tables.append(OptimizeTablesOperator(task_id="optimize"))
        if params.vacuum:
            tables.append(
                VacuumTablesOperator(
                    task_id="vacuum",
                    keep_versions=params.keep_versions,
                    keep_versions_for=params.keep_versions_for or "",
                    grace=params.grace,
                    count_only=params.dry_run,
                )
            )
        chain(migrate, clean_store, clean_zones)
        chain(clean_store, *tables)
    return dag
