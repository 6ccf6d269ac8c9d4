"""Publish one file of rows in a process that may not grow, and say how far it grew meanwhile, in MiB.

Its arguments are the database, schema.table and the file.
"""

from __future__ import annotations

import resource
import sys

import duckdb  # noqa: F401 (what the libraries themselves take is not what the rows take)
import psycopg

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.targets.postgres import PostgresTarget
from airflow_dataops.warehouse.postgres import Warehouse

database, table, file = sys.argv[1:]
dataset = Dataset(
    name="orders",
    columns=(
        Column(name="id", type=ColumnType(LogicalType.INTEGER)),
        Column(name="value", type=ColumnType(LogicalType.STRING)),
        Column(name="at", type=ColumnType(LogicalType.TIMESTAMP)),
    ),
)
target = PostgresTarget(Warehouse("shop_db", lambda: psycopg.connect(database)), table)
batch = Batch(team="shop", product="orders", dataset="orders", partition="p")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
target.publish(batch, Staged(file), dataset=dataset, content="c", labels={})
sys.stdout.write(str((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024))
