"""contract_scan@1: all rows of a table, or of files, against all rules of their contract.

    scan

Nothing is published. The verdict is that of the scan's own name, as the whole table was when it was made: it
is none on a batch of the product that published the table.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from airflow.sdk import DAG

from airflow_dataops.bridge.assets import asset, inlets
from airflow_dataops.bridge.dag import arguments, timetable
from airflow_dataops.operators.verify_contract import VerifyContractOperator

if TYPE_CHECKING:
    from airflow_dataops.core.product import Product

    from .params_v1 import Params


def build(product: Product, params: Params) -> DAG:
    """Wire the one task."""
    schedule, contract = product.schedule, product.contract
    elsewhere = bool(params.path or params.table)
    of_files = params.quarantine.endswith(".parquet")
    with DAG(product.name, schedule=timetable(schedule, grain=params.grain), **arguments(product)) as dag:
        VerifyContractOperator(
            task_id="scan",
            contract=contract.path,
            published="" if elsewhere else params.product or contract.reference.rpartition("@")[0],
            published_by=params.team,
            conn_id=params.conn_id,
            path=params.path if params.conn_id else below(product, params.path),
            format=params.format,
            delimiter=params.delimiter,
            encoding=params.encoding,
            quote=params.quote,
            header=params.header,
            table=params.table,
            partition_clause=params.partition_clause,
            lookups=product.lookups,
            scheduled=True,
            fail_on=params.fail_on,
            keys=below(product, params.keys),
            most_keys=params.most_keys,
            quarantine=below(product, params.quarantine) if of_files else params.quarantine,
            product=product.name,
            team=product.team,
            grain=params.grain,
            timezone=schedule.timezone,
            outlets=[asset(product)],
            inlets=inlets(product.looked_up),
        )
    return dag


def below(product: Product, path: str) -> str:
    """Return a path of the product as the DAG file's folder sees it."""
    return str(PurePosixPath(product.folder, path)) if path and "://" not in path else path
