"""The page for those who read the data: its query and its snippet say which partitions are there."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import psycopg
import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.targets.delta import DeltaTarget
from airflow_dataops.targets.postgres import PostgresTarget
from airflow_dataops.warehouse.postgres import Warehouse

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "trust-a-table.md").read_text(encoding="utf-8")
DATASET = Dataset(name="orders", columns=(Column(name="order_id", type=ColumnType(LogicalType.INTEGER)),))


def block(language: str) -> str:
    """Return the page's one block of a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return found


@pytest.fixture
def publish(tmp_path):
    """Publishes so many rows as a partition."""

    def publish(target: DeltaTarget | PostgresTarget, partition: str, rows: int) -> None:
        place = str(tmp_path / f"{partition}-{rows}.parquet")
        rows_of_it = duckdb.sql("SELECT range AS order_id FROM range($n)", params={"n": rows})
        rows_of_it.write_parquet(place)
        target.publish(
            Batch(team="shop", product="orders", dataset="orders", partition=partition),
            Staged(place),
            dataset=DATASET,
            content=str(rows),
            labels={},
        )

    return publish


def test_the_query_says_whether_todays_part_is_there(postgresql, publish) -> None:
    """No row as long as it isn't; then its newest version."""
    database = postgresql.replace("postgresql+psycopg", "postgresql")
    target = PostgresTarget(Warehouse("shop_db", lambda: psycopg.connect(database)), "mart.orders")
    publish(target, "2026-03-02", 5)
    with psycopg.connect(database, autocommit=True) as reader:
        assert [] == reader.execute(block("sql")).fetchall()

        publish(target, "2026-03-03", 2)
        first = reader.execute(block("sql")).fetchone()
        publish(target, "2026-03-03", 3)
        second = reader.execute(block("sql")).fetchone()

    assert ("2026-03-03", 2) == (first[0], first[2])
    assert ("2026-03-03", 3) == (second[0], second[2])
    assert second[1] > first[1]


def test_the_snippet_counts_the_rows_of_each_partition(publish, tmp_path, monkeypatch) -> None:
    """Of a Delta table, from the folder that has the lake."""
    target = DeltaTarget(str(tmp_path / "lake" / "orders"))
    publish(target, "2026-03-02", 5)
    publish(target, "2026-03-03", 2)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}

    exec(block("python"), names)  # noqa: S102 - the page's own

    assert [("2026-03-02", 5), ("2026-03-03", 2)] == names["days"].rows()
