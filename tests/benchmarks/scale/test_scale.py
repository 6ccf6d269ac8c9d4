"""A day of 50 million rows through the whole pipeline, to Delta and to PostgreSQL, under a memory limit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path

import duckdb
import psycopg
import pytest
from psycopg import sql

from airflow_dataops.store.schema import migrate

HERE = Path(__file__).parent
ROWS = int(os.environ.get("DATAOPS_BENCH_ROWS", "50000000"))
MEGABYTES = int(os.environ.get("DATAOPS_BENCH_MEGABYTES", "4096"))
"""What each stage's process may take; DuckDB's own limit is `duckdb_memory_limit`'s default, 2 GB."""

SERVER = os.environ.get("DATAOPS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
STAGES = ("land", "gate", "verify", "transform", "audit", "publish", "announce")
PARTITION = "2026-03-03"

PIPELINE = """\
template: batch@1
source: {contract: readings.odcs.yaml, folder: drops, path: "readings-{partition}.csv"}
transform: transform.sql
"""

COLUMNS = {
    "reading_id": "bigint",
    "meter": "text",
    "read_at": "timestamptz",
    "unit": "text",
    "value": "text",
    "quality": "bigint",
}
"""The columns of the drop in the bare loads; `value` stays text, for some of it is no number."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory):
    """The product and its drop, in a folder that goes away with what the stages leave there."""
    folder = tmp_path_factory.mktemp("scale")
    product = folder / "readings"
    (product / "drops").mkdir(parents=True)
    for name in ("readings.odcs.yaml", "transform.sql"):
        shutil.copy(HERE / name, product)
    (product / "readings.dag.yaml").write_text(PIPELINE)
    drop = product / "drops" / f"readings-{PARTITION}.csv"
    subprocess.run([sys.executable, str(HERE / "readings.py"), str(drop), str(ROWS)], check=True)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def database():
    """A PostgreSQL database that goes away."""
    name = f"dataops_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield psycopg.conninfo.make_conninfo(SERVER, dbname=name)
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_fifty_million_rows_to_delta(home) -> None:
    """Each stage is printed beside DuckDB's bare INSERT … SELECT of the same file, typed, into Parquet."""
    drop = home / "readings" / "drops" / f"readings-{PARTITION}.csv"
    start = time.perf_counter()
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(
            "COPY (SELECT * FROM read_csv(?, all_varchar = true)) TO ? (FORMAT parquet)",
            [str(drop), str(home / "bare.parquet")],
        )
    bare = time.perf_counter() - start
    (home / "bare.parquet").unlink()
    (home / "database").unlink(missing_ok=True)
    show("Delta", "DuckDB's COPY of the file into Parquet, as text", bare, staged(home))


def test_fifty_million_rows_to_postgresql(home, database) -> None:
    """Each stage is printed beside a bare COPY of the same file into a table without constraints."""
    drop = home / "readings" / "drops" / f"readings-{PARTITION}.csv"
    with psycopg.connect(database) as connection:
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in COLUMNS.items()
        )
        connection.execute(sql.SQL("CREATE TABLE bare ({})").format(columns))
        start = time.perf_counter()
        with (
            drop.open("rb") as file,
            connection.cursor().copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as copy,
        ):
            while chunk := file.read(1024 * 1024):
                copy.write(chunk)
        connection.commit()
        bare = time.perf_counter() - start
        connection.execute("DROP TABLE bare")
    (home / "database").write_text(f"{database}\npublic\n")
    show("PostgreSQL", "a bare COPY of the file", bare, staged(home))


def staged(home: Path) -> dict[str, tuple[float, int]]:
    """Take the batch through the stages, each a process, and return seconds and MB of each."""
    for left in ("store.db", "zones", "lake", "xcom"):
        place = home / left
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
    migrate(f"sqlite:///{home}/store.db")
    found = {}
    for stage in STAGES:
        done = subprocess.run(
            [sys.executable, str(HERE / "stage.py"), str(home), PARTITION, stage, str(MEGABYTES)],
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        seconds, megabytes = done.stdout.split()
        found[stage] = float(seconds), int(megabytes)
    return found


def show(target: str, baseline: str, bare: float, found: dict[str, tuple[float, int]]) -> None:
    """Print what each stage took, and say that none took more memory than it may."""
    total = sum(seconds for seconds, _ in found.values())
    lines = [
        f"\n{ROWS:,} rows to {target}, each stage a process of at most {MEGABYTES} MB",
        f"{'':12}{'seconds':>10}{'rows/s':>14}{'of bare':>10}{'peak MB':>10}",
        f"{'bare':12}{bare:>10.1f}{ROWS / bare:>14,.0f}{1:>10.2f}   ({baseline})",
        *(
            f"{stage:12}{seconds:>10.1f}{ROWS / seconds:>14,.0f}{seconds / bare:>10.2f}{peak:>10}"
            for stage, (seconds, peak) in found.items()
        ),
        f"{'together':12}{total:>10.1f}{ROWS / total:>14,.0f}{total / bare:>10.2f}",
        "",
    ]
    sys.stdout.write("\n".join(lines))
