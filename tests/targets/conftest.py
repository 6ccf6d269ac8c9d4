"""A dataset with a column of each type, batches of it, and rows that lie staged."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.naming import PARTITION_COLUMN
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.targets.delta import DeltaTarget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TYPES = {
    "order id": ColumnType(LogicalType.INTEGER),
    "amount": ColumnType(LogicalType.NUMBER, 38, 9),
    "weight": ColumnType(LogicalType.NUMBER),
    "paid": ColumnType(LogicalType.BOOLEAN),
    "day": ColumnType(LogicalType.DATE),
    "at": ColumnType(LogicalType.TIMESTAMP),
    '"; drop table': ColumnType(LogicalType.STRING),
}
SQL = {
    "order id": "bigint",
    "amount": "decimal(38,9)",
    "weight": "double",
    "paid": "boolean",
    "day": "date",
    "at": "timestamp with time zone",
    '"; drop table': "varchar",
}


@pytest.fixture
def dataset() -> Dataset:
    """A dataset with a column of each type, and names that need quoting."""
    return Dataset(name="orders", columns=tuple(Column(name=name, type=kind) for name, kind in TYPES.items()))


@pytest.fixture
def stage(tmp_path: Path) -> Callable[..., Staged]:
    """Write rows as an engine stages them, each value in its column's type."""
    folder = tmp_path / "staging" / "x=1"
    folder.mkdir(parents=True)

    def write(*rows: tuple[object, ...], **types: str) -> Staged:
        place = folder / f"{len(list(folder.iterdir()))}.parquet"
        names = SQL | types
        columns = ", ".join(
            f'cast(${i} as {kind}) as "{name.replace(chr(34), 2 * chr(34))}"'
            for i, (name, kind) in enumerate(names.items(), start=1)
        )
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(f"create table staged as select {columns} limit 0", [None] * len(names))
            for row in rows:
                connection.execute(f"insert into staged select {columns}", row)
            connection.table("staged").write_parquet(str(place))
        return Staged(str(place))

    return write


@pytest.fixture
def table(tmp_path: Path) -> SimpleNamespace:
    """A target, and ways to look at its table from outside."""
    place = str(tmp_path / "lake" / "orders")

    def read(partition: str | None = None) -> list[tuple[object, ...]]:
        frame = pl.DataFrame(DeltaTable(place).scan()).sort("order id", nulls_last=True)
        if partition is not None:
            frame = frame.filter(pl.col(PARTITION_COLUMN) == partition).drop(PARTITION_COLUMN)
        return frame.rows()

    return SimpleNamespace(
        place=place,
        target=DeltaTarget(place),
        read=read,
        history=lambda: DeltaTable(place).history(),
        schema=lambda: pl.DataFrame(DeltaTable(place).scan()).schema,
    )


@pytest.fixture
def day() -> Callable[[str], Batch]:
    """Make the batch of a partition."""
    return lambda partition: Batch(team="shop", product="orders", dataset="orders", partition=partition)
