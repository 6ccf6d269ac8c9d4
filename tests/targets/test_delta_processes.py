"""The Delta target under processes that race, and processes that are killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.naming import COMMIT_BATCH, COMMIT_CONTENT, PARTITION_COLUMN
from airflow_dataops.targets.delta import DeltaTarget

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


def publisher(table: Path, *publishes: str, rounds: int, **environment: str) -> subprocess.Popen[str]:
    """Start a process that is ready to publish, and waits for a line."""
    process = subprocess.Popen(
        [sys.executable, str(PUBLISHER), str(table), str(rounds), *publishes],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT)} | environment,
    )
    assert process.stdout.read(1) == "."
    return process


def contents(table: Path) -> dict[str, tuple[str, int, int]]:
    """Return partition -> its value, how many values it holds, and how many rows."""
    frame = pl.DataFrame(DeltaTable(str(table)).scan())
    grouped = frame.group_by(PARTITION_COLUMN).agg(
        pl.col("value").min(), pl.col("value").n_unique().alias("values"), pl.len()
    )
    return {partition: (value, values, rows) for partition, value, values, rows in grouped.iter_rows()}


def test_eight_partitions_at_once_are_unharmed(tmp_path) -> None:
    """Eight processes that create one table at once, each with its partition, must each keep their rows."""
    table = tmp_path / "lake" / "orders"
    labels = [f"2026-03-{number:02}" for number in range(1, 9)]
    rows = {
        label: staged(tmp_path / f"{label}.parquet", value=label, rows=1000 + n)
        for n, label in enumerate(labels)
    }
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                publisher(table, f"{label}=a={rows[label]}", f"{label}=b={rows[label]}", rounds=2)
            )
            for label in labels
        ]
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        said = [
            line.split() for process in processes for line in process.communicate(timeout=60)[0].splitlines()
        ]

    assert [0] * 8 == [process.returncode for process in processes]
    assert {label: (label, 1, 1000 + n) for n, label in enumerate(labels)} == contents(table)
    assert ["CREATE TABLE"] == [
        entry["operation"] for entry in DeltaTable(str(table)).history() if COMMIT_BATCH not in entry
    ]
    history = {
        entry["version"]: (entry[COMMIT_BATCH].rpartition("/")[2], entry[COMMIT_CONTENT])
        for entry in DeltaTable(str(table)).history()
        if COMMIT_BATCH in entry
    }
    assert 32 == len(history)
    assert history == {int(version): (label, content) for version, label, content in said}


@pytest.mark.parametrize("size", [2_000, 400_000])
def test_killed_publishers_leave_the_old_or_the_new_rows(tmp_path, size) -> None:
    """Killed at any instant, readers see one whole version, the head says which, and a re-publish works."""
    table = tmp_path / "lake" / "orders"
    files = {
        value: staged(tmp_path / f"{value}.parquet", value=value, rows=size) for value in ("a", "b", "c")
    }
    other = Batch(team="shop", product="orders", dataset="orders", partition="other")
    batch = Batch(team="shop", product="orders", dataset="orders", partition="p")
    with publisher(table, f"other=c={files['c']}", rounds=1) as first:
        begun = time.monotonic()
        first.communicate("\n", timeout=60)
        took = time.monotonic() - begun
    target = DeltaTarget(str(table))
    seen = set()
    for turn in range(8):
        with publisher(table, f"p=a={files['a']}", f"p=b={files['b']}", rounds=10_000) as process:
            process.stdin.write("\n")
            process.stdin.flush()
            time.sleep(took * turn / 3)
            process.kill()
        found = contents(table)
        head = target.head(batch)
        expected = {} if head is None else {"p": (head.content, 1, size)}
        assert expected | {"other": ("c", 1, size)} == found
        assert "c" == target.head(other).content
        seen.add(head and head.content)
    versions = len(DeltaTable(str(table)).history())

    with publisher(table, f"p=c={files['c']}", rounds=1) as last:
        last.communicate("\n", timeout=60)
    assert 0 == last.returncode
    assert {"p": ("c", 1, size), "other": ("c", 1, size)} == contents(table)
    assert versions + 1 == len(DeltaTable(str(table)).history())
    assert 1 < len(seen)


def test_killed_creators_leave_a_table_or_none(tmp_path) -> None:
    """Killed while the table is made, the next process must make it or find it."""
    rows = staged(tmp_path / "rows.parquet", value="a", rows=10)
    batch = Batch(team="shop", product="orders", dataset="orders", partition="p")
    for turn in range(6):
        table = tmp_path / "lake" / str(turn)
        with publisher(table, f"p=a={rows}", rounds=1) as process:
            process.stdin.write("\n")
            process.stdin.flush()
            time.sleep(0.006 * turn)
            process.kill()
        head = DeltaTarget(str(table)).head(batch)
        assert head is None or (1, "a") == (head.version, head.content)
        with publisher(table, f"p=a={rows}", rounds=1) as process:
            process.communicate("\n", timeout=60)
        assert 0 == process.returncode
        assert {"p": ("a", 1, 10)} == contents(table)


def test_an_instant_is_the_same_in_any_time_zone(tmp_path) -> None:
    """Where a worker stands must not move an instant, nor change the column's type."""
    table = tmp_path / "lake" / "orders"
    rows = staged(tmp_path / "rows.parquet", value="a", rows=1)
    for zone in ("UTC", "America/New_York", "Asia/Kolkata"):
        with publisher(table, f"{zone}=a={rows}", rounds=1, TZ=zone) as process:
            process.communicate("\n", timeout=60)
        assert 0 == process.returncode

    found = pl.DataFrame(DeltaTable(str(table)).scan())
    assert pl.Datetime("us", "UTC") == found.schema["at"]
    assert [datetime(2026, 3, 29, 1, 30, tzinfo=UTC)] * 3 == found["at"].to_list()
