"""The PostgreSQL target under readers that never stop, and under many rows."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import duckdb
from psycopg.sql import SQL, Identifier

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.targets.postgres import PostgresTarget

PROJECT = Path(__file__).parents[2]
HERE = Path(__file__).parent

ROWS = Dataset(name="orders", columns=(Column(name="stamp", type=ColumnType(LogicalType.INTEGER)),))

TURNS = 1000
"""Publishes and restores, all told."""


def program(name: str, *arguments: str) -> subprocess.Popen[str]:
    """Start one of the programs beside this file."""
    return subprocess.Popen(
        [sys.executable, str(HERE / name), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )


class Publisher:
    """Publishes and restores versions whose rows all hold one number, at random.

    Rows come from files in one of twenty publishes, and from a table of the database in the others.
    """

    def __init__(self, number: int, *, warehouse, schema: str, folder: Path) -> None:
        self._number, self._warehouse, self._folder = number, warehouse, folder
        self._schema = schema
        self._target = PostgresTarget(warehouse, f"{schema}.orders")
        self._chance = random.Random(number)  # noqa: S311 - chance, not secrecy
        self._made = 0
        self.versions: dict[str, list[int]] = {}

    def begin(self, labels: list[str]) -> None:
        """Publish each partition once."""
        for label in labels:
            self._publish(label)

    def go(self, turns: int) -> None:
        """Publish and restore."""
        for _ in range(turns):
            label = self._chance.choice(sorted(self.versions))
            if self._chance.random() < 0.5:
                self._publish(label)
            else:
                version = self._chance.choice(self.versions[label])
                self.versions[label].append(self._target.restore(_batch(label), version, labels={}).version)

    def _publish(self, label: str) -> None:
        self._made += 1
        # Its last two digits are the number of rows, 1 to 99.
        stamp = (self._number * 10_000 + self._made) * 100 + self._chance.randint(1, 99)
        staged = self._from_file(stamp) if self._made % 20 == 0 else self._from_table(stamp)
        commit = self._target.publish(_batch(label), staged, dataset=ROWS, content=str(stamp), labels={})
        self.versions.setdefault(label, []).append(commit.version)

    def _from_file(self, stamp: int) -> Staged:
        place = str(self._folder / f"{stamp}.parquet")
        with duckdb.connect() as connection:
            rows = connection.table_function("range", [stamp % 100])
            stamps = duckdb.ConstantExpression(stamp).cast(duckdb.type("BIGINT"))
            rows.select(stamps.alias("stamp")).write_parquet(place)
        return Staged(place)

    def _from_table(self, stamp: int) -> Staged:
        name = f"staged{self._number}"
        with self._warehouse.connect() as connection:
            table = Identifier(self._schema, name)
            connection.execute(SQL("CREATE TABLE IF NOT EXISTS {} (stamp bigint)").format(table))
            connection.execute(SQL("TRUNCATE {}").format(table))
            fill = SQL("INSERT INTO {} SELECT %s FROM generate_series(1, %s)").format(table)
            connection.execute(fill, [stamp, stamp % 100])
        return Staged(f"postgres://shop_db/{self._schema}.{name}")


def _batch(label: str) -> Batch:
    return Batch(team="shop", product="orders", dataset="orders", partition=label)


def test_readers_never_see_anything_torn(tmp_path, database, warehouse, schema, sql) -> None:
    """While partitions are published and restored at random, each reading sees every partition, whole."""
    sql("CREATE SCHEMA {schema}")
    publishers = [Publisher(number, warehouse=warehouse, schema=schema, folder=tmp_path) for number in (1, 2)]
    labels = [f"2026-03-{day:02}" for day in range(1, 21)]
    for publisher, mine in zip(publishers, (labels[:10], labels[10:]), strict=True):
        publisher.begin(mine)

    with ExitStack() as stack:
        readers = [stack.enter_context(program("reader.py", database, schema)) for _ in range(2)]
        assert ["."] * 2 == [reader.stdout.read(1) for reader in readers]
        with ThreadPoolExecutor(len(publishers)) as pool:
            list(pool.map(lambda publisher: publisher.go(TURNS // 2), publishers))
        said = [reader.communicate("\n", timeout=240) for reader in readers]

    assert [(0, "")] * 2 == [
        (reader.returncode, error) for reader, (_, error) in zip(readers, said, strict=True)
    ]
    for readings, stamps in (out.split() for out, _ in said):
        assert int(readings) > 50
        assert int(stamps) > 100
    assert [(TURNS + 20,)] == sql("SELECT count(*) FROM {orders_commits}")
    newest = {label: made[-1] for publisher in publishers for label, made in publisher.versions.items()}
    assert newest == dict(sql("SELECT partition, version FROM {orders_pointer}"))


def test_memory_doesnt_grow_with_the_rows(tmp_path, database, schema, sql) -> None:
    """Five million rows take no more memory than half a million do, but for buffers."""
    grown = {}
    for rows in (500_000, 5_000_000):
        place = tmp_path / f"{rows}.parquet"
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            made = connection.sql(
                "select range as id, 'value ' || range as value, timestamptz '2026-03-29 01:30:00+00' as at"
                " from range($rows)",
                params={"rows": rows},
            )
            made.write_parquet(str(place))
        out, error = program("streaming.py", database, f"{schema}.orders", str(place)).communicate()
        assert "" == error
        grown[rows] = int(out)
        sql("DELETE FROM {orders_pointer}")

    assert grown[5_000_000] < grown[500_000] + 64
    assert grown[5_000_000] < 256
    found = sql(
        "SELECT count(*), min(id), max(id), sum(id), min(length(value)) FROM {orders_versions}"
        " WHERE dataops_version = (SELECT max(version) FROM {orders_commits})"
    )
    assert [(5_000_000, 0, 4_999_999, sum(range(5_000_000)), len("value 0"))] == found
