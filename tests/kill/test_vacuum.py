"""A vacuum that is killed leaves every kept version readable, and the next one finishes."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import psycopg
import pytest
from deltalake import DeltaTable

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.naming import COMMIT_RUN, PARTITION_COLUMN
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.store.schema import migrate
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.warehouse.postgres import Warehouse
from airflow_dataops.wiring import stores, targets
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = Path(__file__).with_name("upkeep.py")
NUMBERS = Dataset(name="orders", columns=(Column(name="n", type=ColumnType(LogicalType.INTEGER)),))
DAYS = ("2026-03-01", "2026-03-02")
VERSIONS, KEPT = 4, 2

WHEN = ("before", "after")
POINTS = {
    "delta": (
        *("record:1:before", "record:1:after"),
        *(f"unlink:{number}:{when}" for number in (1, 4) for when in WHEN),
    ),
    "postgres": (
        *("record:1:before", "record:1:after"),
        *(f"statement:{number}:{when}" for number in (1, 2, 3, 4) for when in WHEN),
    ),
}
"""Target -> where the process is killed: four files of four versions; a DELETE and an UPDATE a partition."""


@pytest.fixture(scope="module")
def published(tmp_path_factory, request) -> Callable[[str], Path]:
    """Make a home with two partitions, each published four times."""
    numbers = itertools.count()

    def make(kind: str) -> Path:
        home = tmp_path_factory.mktemp(kind)
        store_url = f"sqlite:///{home}/store.db"
        migrate(store_url)
        settings = Settings(store_url=store_url, zones_path="", lake_path=str(home / "lake"))
        table, warehouse = "orders", None
        if kind == "postgres":
            url = request.getfixturevalue("postgresql").replace("postgresql+psycopg", "postgresql")
            table = f"vacuum{next(numbers)}.orders"
            (home / "database").write_text(f"{url}\n{table}\n")
            warehouse = Warehouse("shop_db", lambda: psycopg.connect(url))
        target = targets.target(settings, kind, table, warehouse)
        store = stores.store(settings)
        for number, day in itertools.product(range(VERSIONS), DAYS):
            place = home / "staged.parquet"
            pl.DataFrame({"n": [number]}, schema={"n": pl.Int64}).write_parquet(place)
            batch = Batch(team="shop", product="orders", dataset="orders", partition=day)
            commit = target.publish(
                batch,
                Staged(str(place)),
                dataset=NUMBERS,
                content=f"{day} {number}",
                labels={COMMIT_RUN: "r"},
            )
            store.record(
                Publication(
                    batch=batch,
                    version=commit.version,
                    content=commit.content,
                    rows=1,
                    target=target.uri,
                    contract="orders@1",
                    manifest="m",
                    run_id="r",
                    at=datetime.now(UTC),
                )
            )
        return home

    return make


def vacuumed(home: Path, point: str = "") -> subprocess.CompletedProcess[str]:
    """Look after the tables in a process of its own."""
    program = [sys.executable, str(PROGRAM), str(home), *([point] if point else [])]
    return subprocess.run(program, check=False, capture_output=True, text=True)


def kept(home: Path) -> list[tuple[str, int]]:
    """Return partition and value of the rows of every version that is kept, newest last."""
    if (home / "database").exists():
        url, table = (home / "database").read_text().splitlines()
        query = (
            f"SELECT r.{PARTITION_COLUMN}, r.n FROM {table}_versions r"  # noqa: S608 - names of this test
            f" ORDER BY 1, dataops_version"
        )
        with psycopg.connect(url) as connection:
            found = connection.execute(query.encode()).fetchall()
        return [row for day in DAYS for row in [one for one in found if one[0] == day][-KEPT:]]
    place = str(home / "lake" / "orders")
    versions: dict[str, list[int]] = {}
    for one in reversed(DeltaTable(place).history()):
        for day in DAYS:
            if day in one.get("dataops.batch", ""):
                versions.setdefault(day, []).append(one["version"])
    return [
        (day, value)
        for day in DAYS
        for version in versions[day][-KEPT:]
        for value in pl.DataFrame(
            DeltaTable(place, version=version).scan(predicate=f"{PARTITION_COLUMN} = '{day}'")
        )["n"]
    ]


def left(home: Path) -> int:
    """Return how many files or rows there are at all."""
    if (home / "database").exists():
        url, table = (home / "database").read_text().splitlines()
        with psycopg.connect(url) as connection:
            return connection.execute(f"SELECT count(*) FROM {table}_versions".encode()).fetchone()[0]  # noqa: S608
    return len(list((home / "lake" / "orders").glob("dataops_partition=*/*")))


@pytest.mark.parametrize(("kind", "point"), [(kind, at) for kind, points in POINTS.items() for at in points])
def test_a_killed_vacuum_is_finished_by_the_next(published, kind, point) -> None:
    """Wherever it was killed: what is kept can be read in between, and in the end only that is there."""
    home = published(kind)
    before = kept(home)
    assert [(day, value) for day in DAYS for value in (2, 3)] == before

    killed = vacuumed(home, point)

    assert -signal.SIGKILL == killed.returncode, killed.stdout + killed.stderr
    assert before == kept(home)
    finished = vacuumed(home)
    assert 0 == finished.returncode, finished.stderr
    assert before == kept(home)
    assert len(before) == left(home)
    gone = [record.subject for record in SqlStore(f"sqlite:///{home}/store.db").facts(AuditRecord)]
    assert (4, 4) == (len(gone), len(set(gone)))
