"""Ten thousand objectives with four weeks of history: a full evaluation, and incremental ones."""

from __future__ import annotations

import os
import random
import sqlite3
import sys
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import create_engine, insert, text
from sqlalchemy.pool import NullPool

from airflow_dataops.documents.timetable import CronTimetable
from airflow_dataops.store import tables
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.schema import migrate
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

OBJECTIVES = int(os.environ.get("DATAOPS_BENCH_SLOS", "10000"))
DAYS = 28
SERVER = os.environ.get("DATAOPS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")

sys.path.insert(0, str(Path(__file__).parent))
import history  # noqa: E402 - it lies beside this file, which is in no package


class Took(NamedTuple):
    """How long something took.

    Args:
        seconds: By the clock on the wall, others at work beside us.
        cpu: Seconds of the CPU in our process; a server's are not among them.
    """

    seconds: float
    cpu: float


SEEN = "SELECT team, product, dataset, sli, partition, at, good, total, value FROM dataops_observation"
RAN = "SELECT team, dag_id, run_id, partition, start, ended, first, final FROM dataops_run_outcome"
"""What an evaluation needs to read, as a person would ask for it."""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated store that goes away."""
    if request.param == "sqlite":
        found = f"sqlite:///{tmp_path}/store.db"
        migrate(found)
        yield found
        return
    name = f"dataops_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    found = SERVER.rpartition("/")[0].replace("postgresql://", "postgresql+psycopg://") + f"/{name}"
    migrate(found)
    yield found
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_ten_thousand_objectives(url: str) -> None:
    """Each evaluation is printed beside a bare SELECT of the same rows, by the driver alone."""
    each = len(history.OBJECTIVES)
    past = history.History(OBJECTIVES // each, DAYS)
    levels, store = SqlServiceLevels(url), SqlStore(url)
    engine = create_engine(url, poolclass=NullPool)
    past.declare(levels)
    rows = past.write(engine)
    age(engine)
    bare = min(timed(lambda: fetch(url))[0] for _ in range(3))
    kind = url.partition(":")[0].partition("+")[0]
    say(f"{kind}: {OBJECTIVES:,} objectives, {rows:,} rows, {os.getloadavg()[0]:.1f} busy")
    show("a bare SELECT of the rows", bare, bare)

    def evaluate(now: datetime, **where: str):
        return evaluate_slos(
            levels=levels, timetable=CronTimetable(), store=store, clock=FrozenClock(now), **where
        )

    full, first = timed(lambda: evaluate(history.NOW))
    assert each * (OBJECTIVES // each) == len(first.standings)
    show("a full evaluation", full, bare)
    now = history.NOW
    for new in (0, 10, 100, 1000):
        now += timedelta(seconds=1)
        add(engine, past, new, now)
        seconds, found = timed(lambda now=now: evaluate(now))
        assert first.standings != found.standings or not new
        show(f"incremental, {new} products with news", seconds, bare)
        age(engine)


def add(engine, past, products: int, now: datetime) -> None:
    """Let something new be seen of some products."""
    chance = random.Random(f"{products}")  # noqa: S311 - it makes no secrets
    with engine.begin() as connection:
        for number in range(min(products, past.products)):
            day = now.replace(hour=0, minute=0, second=0) - timedelta(days=1)
            seen = [
                {**row, "subject": str(now), "at": now, "recorded": now}
                for row in past.batch(number, day, chance)
            ]
            connection.execute(insert(tables.observation), seen)


def age(engine) -> None:
    """Let all that was written be written long ago."""
    with engine.begin() as connection:
        for table in ("dataops_observation", "dataops_run_outcome"):
            connection.execute(text(f"UPDATE {table} SET recorded = '2026-01-01 00:00:00'"))  # noqa: S608 - ours


def fetch(url: str) -> None:
    """Read the rows by the driver alone."""
    if url.startswith("sqlite"):
        connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"))
    else:
        connection = psycopg.connect(url.replace("+psycopg", ""))
    with connection:
        for asked in (SEEN, RAN):
            connection.execute(asked).fetchall()
    connection.close()


def timed(work: Callable[[], Any]) -> tuple[Took, Any]:
    """Return how long something takes, and what it returns."""
    start = time.perf_counter(), time.process_time()
    found = work()
    return Took(time.perf_counter() - start[0], time.process_time() - start[1]), found


def show(what: str, took: Took, bare: Took) -> None:
    """Print what something took, and that beside the bare SELECT."""
    say(f"{what:45}{took.seconds:>8.2f} s{took.seconds / bare.seconds:>8.1f}{took.cpu:>8.2f} s of our CPU")


def say(line: str) -> None:
    """Print a line at once: some take a while."""
    sys.stdout.write(f"\n{line}")
    sys.stdout.flush()
