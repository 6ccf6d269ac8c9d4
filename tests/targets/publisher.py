"""Publish staged rows into a table: partition=content=file, each in turn, over and over.

Its arguments are the table, how many rounds, and the publishes of a round. The table is the path of a Delta
table, or schema.table in the database that DATABASE names. It says `.` and waits for a line.
"""

from __future__ import annotations

import itertools
import os
import sys

import deltalake  # noqa: F401 (loaded before the start, so that it isn't part of the race)
import duckdb  # noqa: F401
import psycopg

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.targets.delta import DeltaTarget
from airflow_dataops.targets.postgres import PostgresTarget
from airflow_dataops.warehouse.postgres import Warehouse

table, rounds, *publishes = sys.argv[1:]
dataset = Dataset(
    name="orders",
    columns=(
        Column(name="id", type=ColumnType(LogicalType.INTEGER)),
        Column(name="value", type=ColumnType(LogicalType.STRING)),
        Column(name="at", type=ColumnType(LogicalType.TIMESTAMP)),
    ),
)
database = os.environ.get("DATABASE")
target = (
    PostgresTarget(Warehouse("shop_db", lambda: psycopg.connect(database)), table)
    if database
    else DeltaTarget(table)
)
sys.stdout.write(".")
sys.stdout.flush()
sys.stdin.readline()
for publish in itertools.chain.from_iterable(itertools.repeat(publishes, int(rounds))):
    partition, content, file = publish.split("=", 2)
    batch = Batch(team="shop", product="orders", dataset="orders", partition=partition)
    commit = target.publish(batch, Staged(file), dataset=dataset, content=content, labels={})
    sys.stdout.write(f"{commit.version} {partition} {commit.content}\n")
    sys.stdout.flush()
