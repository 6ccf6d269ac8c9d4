"""Publish staged rows into a Delta table: partition=content=file, each in turn, over and over.

Its arguments are the table, how many rounds, and the publishes of a round. It says `.` and waits for a line.
"""

from __future__ import annotations

import itertools
import sys

import deltalake  # noqa: F401 (loaded before the start, so that it isn't part of the race)
import duckdb  # noqa: F401

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.targets.delta import DeltaTarget

table, rounds, *publishes = sys.argv[1:]
dataset = Dataset(
    name="orders",
    columns=(
        Column(name="id", type=ColumnType(LogicalType.INTEGER)),
        Column(name="value", type=ColumnType(LogicalType.STRING)),
        Column(name="at", type=ColumnType(LogicalType.TIMESTAMP)),
    ),
)
target = DeltaTarget(table)
sys.stdout.write(".")
sys.stdout.flush()
sys.stdin.readline()
for publish in itertools.chain.from_iterable(itertools.repeat(publishes, int(rounds))):
    partition, content, file = publish.split("=", 2)
    batch = Batch(team="shop", product="orders", dataset="orders", partition=partition)
    commit = target.publish(batch, Staged(file), dataset=dataset, content=content, labels={})
    sys.stdout.write(f"{commit.version} {partition} {commit.content}\n")
    sys.stdout.flush()
