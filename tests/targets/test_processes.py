"""The targets under processes that race, and processes that are killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable
from psycopg.sql import SQL, Identifier

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.naming import COMMIT_BATCH, COMMIT_CONTENT, PARTITION_COLUMN
from airflow_dataops.targets.delta import DeltaTarget
from airflow_dataops.targets.postgres import PostgresTarget

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.warehouse.postgres import Warehouse

PROJECT = Path(__file__).parents[2]
PUBLISHER = Path(__file__).parent / "publisher.py"


def staged(place: Path, *, value: str, rows: int) -> Path:
    """Write rows that all hold one value."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        made = connection.sql(
            "select range as id, cast($value as varchar) as value,"
            " timestamptz '2026-03-29 01:30:00+00' as at from range($rows)",
            params={"value": value, "rows": rows},
        )
        made.write_parquet(str(place))
    return place


class Place:
    """A table that processes publish into, and what readers and its history say."""

    def __init__(self, target, argument: str, environment: dict[str, str]) -> None:
        self.target = target
        self._argument, self._environment = argument, environment

    def publisher(self, *publishes: str, rounds: int, **environment: str) -> subprocess.Popen[str]:
        """Start a process that is ready to publish, and waits for a line."""
        process = subprocess.Popen(
            [sys.executable, str(PUBLISHER), self._argument, str(rounds), *publishes],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(PROJECT)} | self._environment | environment,
        )
        assert process.stdout.read(1) == "."
        return process


class DeltaPlace(Place):
    """A Delta table."""

    large = 400_000

    def __init__(self, folder: Path) -> None:
        super().__init__(DeltaTarget(str(folder)), str(folder), {})
        self._folder = str(folder)

    def settle(self) -> None:
        """Nobody works on for a process that was killed."""

    def contents(self) -> dict[str, tuple[str, int, int]]:
        """Return partition -> its value, how many values it holds, and how many rows."""
        frame = pl.DataFrame(DeltaTable(self._folder).scan())
        grouped = frame.group_by(PARTITION_COLUMN).agg(
            pl.col("value").min(), pl.col("value").n_unique().alias("values"), pl.len()
        )
        return {partition: (value, values, rows) for partition, value, values, rows in grouped.iter_rows()}

    def history(self) -> dict[int, tuple[str, str]]:
        """Return version -> partition and content."""
        return {
            entry["version"]: (entry[COMMIT_BATCH].rpartition("/")[2], entry[COMMIT_CONTENT])
            for entry in DeltaTable(self._folder).history()
            if COMMIT_BATCH in entry
        }

    def instants(self) -> list[datetime]:
        """Return the column `at`."""
        found = pl.DataFrame(DeltaTable(self._folder).scan())
        assert pl.Datetime("us", "UTC") == found.schema["at"]
        return found["at"].to_list()


class PostgresPlace(Place):
    """A table in PostgreSQL."""

    large = 100_000

    def __init__(self, warehouse: Warehouse, database: str, schema: str, name: str) -> None:
        table = f"{schema}.{name}"
        super().__init__(
            PostgresTarget(warehouse, table), table, {"DATABASE": database, "PGAPPNAME": PUBLISHER.name}
        )
        self._warehouse, self._schema, self._name = warehouse, schema, name

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        with self._warehouse.connect() as connection:
            connection.execute("SET TIME ZONE 'UTC'")
            view = Identifier(self._schema, self._name)
            commits = Identifier(self._schema, f"{self._name}_commits")
            return connection.execute(SQL(query).format(view=view, commits=commits)).fetchall()

    def settle(self) -> None:
        """Wait until the server has noticed that a process was killed: it may be just committing."""
        mine = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'publisher.py'"
        while self._ask(mine):
            time.sleep(0.005)

    def contents(self) -> dict[str, tuple[str, int, int]]:
        """Return partition -> its value, how many values it holds, and how many rows."""
        found = self._ask(
            "SELECT dataops_partition, min(value), count(DISTINCT value), count(*) FROM {view} GROUP BY 1"
        )
        return {partition: (value, values, rows) for partition, value, values, rows in found}

    def history(self) -> dict[int, tuple[str, str]]:
        """Return version -> partition and content."""
        found = self._ask("SELECT version, partition, content FROM {commits}")
        return {version: (partition, content) for version, partition, content in found}

    def instants(self) -> list[datetime]:
        """Return the column `at`."""
        return [at for (at,) in self._ask("SELECT at FROM {view}")]


@pytest.fixture(params=["delta", "postgres"])
def place_of(request, tmp_path) -> Callable[[str], Place]:
    """Make the place of a name, of each sort."""
    if request.param == "delta":
        return lambda name: DeltaPlace(tmp_path / "lake" / name)
    database, schema = (request.getfixturevalue(name) for name in ("database", "schema"))
    return lambda name: PostgresPlace(request.getfixturevalue("warehouse"), database, schema, name)


def test_eight_partitions_at_once_are_unharmed(tmp_path, place_of) -> None:
    """Eight processes that create one table at once, each with its partition, must each keep their rows."""
    table = place_of("orders")
    labels = [f"2026-03-{number:02}" for number in range(1, 9)]
    rows = {
        label: staged(tmp_path / f"{label}.parquet", value=label, rows=1000 + n)
        for n, label in enumerate(labels)
    }
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                table.publisher(f"{label}=a={rows[label]}", f"{label}=b={rows[label]}", rounds=2)
            )
            for label in labels
        ]
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        said = [
            line.split() for process in processes for line in process.communicate(timeout=240)[0].splitlines()
        ]

    assert [0] * 8 == [process.returncode for process in processes]
    assert {label: (label, 1, 1000 + n) for n, label in enumerate(labels)} == table.contents()
    assert 32 == len(said)
    assert table.history() == {int(version): (label, content) for version, label, content in said}


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
def test_killed_publishers_leave_the_old_or_the_new_rows(tmp_path, place_of, large) -> None:
    """Killed at any instant, readers see one whole version, the head says which, and a re-publish works."""
    table = place_of("orders")
    size = table.large if large else 2_000
    files = {
        value: staged(tmp_path / f"{value}.parquet", value=value, rows=size) for value in ("a", "b", "c")
    }
    other = Batch(team="shop", product="orders", dataset="orders", partition="other")
    batch = Batch(team="shop", product="orders", dataset="orders", partition="p")
    with table.publisher(f"other=c={files['c']}", rounds=1) as first:
        begun = time.monotonic()
        first.communicate("\n", timeout=240)
        took = time.monotonic() - begun
    seen = set()
    for turn in range(8):
        with table.publisher(f"p=a={files['a']}", f"p=b={files['b']}", rounds=10_000) as process:
            process.stdin.write("\n")
            process.stdin.flush()
            time.sleep(took * turn / 3)
            process.kill()
        table.settle()
        found = table.contents()
        head = table.target.head(batch)
        expected = {} if head is None else {"p": (head.content, 1, size)}
        assert expected | {"other": ("c", 1, size)} == found
        assert "c" == table.target.head(other).content
        seen.add(head and head.content)
    versions = len(table.history())

    with table.publisher(f"p=c={files['c']}", rounds=1) as last:
        last.communicate("\n", timeout=240)
    assert 0 == last.returncode
    assert {"p": ("c", 1, size), "other": ("c", 1, size)} == table.contents()
    assert versions + 1 == len(table.history())
    assert 1 < len(seen)


def test_killed_creators_leave_a_table_or_none(tmp_path, place_of) -> None:
    """Killed while the table is made, the next process must make it or find it."""
    rows = staged(tmp_path / "rows.parquet", value="a", rows=10)
    batch = Batch(team="shop", product="orders", dataset="orders", partition="p")
    for turn in range(6):
        table = place_of(f"turn{turn}")
        with table.publisher(f"p=a={rows}", rounds=1) as process:
            process.stdin.write("\n")
            process.stdin.flush()
            time.sleep(0.006 * turn)
            process.kill()
        table.settle()
        head = table.target.head(batch)
        assert head is None or (1, "a") == (head.version, head.content)
        with table.publisher(f"p=a={rows}", rounds=1) as process:
            process.communicate("\n", timeout=240)
        assert 0 == process.returncode
        assert {"p": ("a", 1, 10)} == table.contents()


def test_an_instant_is_the_same_in_any_time_zone(tmp_path, place_of) -> None:
    """Where a worker stands must not move an instant."""
    table = place_of("orders")
    rows = staged(tmp_path / "rows.parquet", value="a", rows=1)
    for zone in ("UTC", "America/New_York", "Asia/Kolkata"):
        with table.publisher(f"{zone}=a={rows}", rounds=1, TZ=zone) as process:
            process.communicate("\n", timeout=240)
        assert 0 == process.returncode

    assert [datetime(2026, 3, 29, 1, 30, tzinfo=UTC)] * 3 == table.instants()
