"""An evaluation or a delivery that is killed: the next one ends as if it had not been."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.outbox import Outbox
from airflow_dataops.store.sql import SqlStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow_dataops.core.slo.standing import Kept

PROGRAM = Path(__file__).with_name("evaluation.py")
NOW = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
"""By then all that is seen is old, so that the next evaluation takes what the killed one has kept."""
LATER = NOW + timedelta(minutes=1)
MOST = 500
"""Points of an evaluation, at most; it has about a hundred."""

BEFORE = {"dags": {"orders": False, "mended": False}, "pools": {"shared": 5}}
"""What is paused, and what pools have, before anything is evaluated."""


@dataclass
class World:
    """A deployment that is made anew for each call: a store, and a folder that stands for Airflow's."""

    program: subprocess.Popen[str]
    fresh: Callable[[], str]
    filled: Path
    folder: Path

    def begin(self) -> str:
        """Return the URL of a store in which all is as it was two days ago."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.filled, self.folder)
        return self.fresh()

    def call(self, url: str, now: datetime, die: int | None = None, what: str = "evaluate") -> int:
        """Do it in a process; return how it ended."""
        return call(self.program, url=url, folder=str(self.folder), now=now, what=what, die=die)

    def came(self, url: str) -> dict[str, Any]:
        """Return all that evaluations leave, without who did it and when."""
        levels, store = SqlServiceLevels(url), SqlStore(url)
        return {
            "kept": {key: standing(one) for key, one in levels.kept().items()},
            "in force": Counter(replace(one, since=NOW) for one in levels.in_force()),
            "audit": Counter(
                (one.batch, one.action, one.subject.partition(", since ")[0], one.why)
                for one in store.facts(AuditRecord)
            ),
            "declared": levels.declared(),
            "runs": levels.runs(since=NOW - timedelta(days=99)),
            "seen": Counter(replace(one, at=NOW) for one in store.facts(Observation)),
            "airflow": json.loads((self.folder / "airflow.json").read_text()),
            "waiting": Outbox(self.folder / "outbox").waiting(),
        }


def standing(kept: Kept) -> Kept:
    """Return how an objective stands, without the instant at which it was evaluated."""
    return replace(kept, standing=replace(kept.standing, at=NOW, since=NOW, until=NOW), cursor=NOW)


def call(program: subprocess.Popen[str], *, now: datetime, **what: Any) -> int:
    """Let the program fork a process for a call; return how that ended."""
    program.stdin.write(json.dumps(what | {"now": now.isoformat()}) + "\n")
    program.stdin.flush()
    return int(program.stdout.readline())


@pytest.fixture(scope="module")
def program() -> Iterator[subprocess.Popen[str]]:
    """What forks a process for each evaluation."""
    with subprocess.Popen(
        [sys.executable, str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as found:
        yield found
        found.stdin.close()


@pytest.fixture
def world(program: subprocess.Popen[str], store_url: str, tmp_path: Path) -> Iterator[World]:
    """A deployment on each sort of store, filled and evaluated once."""
    filled = tmp_path / "filled"
    filled.mkdir()
    (filled / "airflow.json").write_text(json.dumps(BEFORE))
    assert 0 == call(program, url=store_url, folder=str(filled), now=NOW, what="fill")
    then = {"dags": {"orders": False, "mended": True}, "pools": {"shared": 1}}
    assert then == json.loads((filled / "airflow.json").read_text())
    with (sqlite if store_url.startswith("sqlite") else postgresql)(store_url) as fresh:
        yield World(program, fresh, filled, tmp_path / "home")


@contextmanager
def sqlite(url: str) -> Iterator[Callable[[], str]]:
    """Give what makes a copy of a store that is a file."""
    filled = Path(url.removeprefix("sqlite:///"))
    copy = filled.with_name("copy.db")

    def fresh() -> str:
        for left in copy.parent.glob("copy.db*"):
            left.unlink()
        shutil.copyfile(filled, copy)
        return f"sqlite:///{copy}"

    yield fresh


@contextmanager
def postgresql(url: str) -> Iterator[Callable[[], str]]:
    """Give what has a store hold again what it holds now."""
    connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    names = [name for (name,) in found.fetchall()]
    for name in names:
        connection.execute(f"CREATE TEMPORARY TABLE filled_{name} AS TABLE {name}".encode())
    # So that no table has to wait for one that it refers to.
    connection.execute("SET session_replication_role = replica")

    def fresh() -> str:
        connection.execute(f"TRUNCATE {', '.join(names)}".encode())
        for name in names:
            connection.execute(f"INSERT INTO {name} SELECT * FROM filled_{name}".encode())  # noqa: S608
        return url

    with connection:
        yield fresh


def test_an_evaluation_that_is_killed_is_finished_by_the_next(world) -> None:
    """At every statement to the store, at every commit, and before and after whatever is done to Airflow."""
    url = world.begin()
    assert (0, 0) == (world.call(url, NOW), world.call(url, LATER))
    undisturbed = world.came(url)
    actions = Counter(action for _, action, *_ in undisturbed["audit"].elements())
    assert {"dags": {"orders": True, "mended": False}, "pools": {"shared": 2}} == undisturbed["airflow"]
    assert {
        "slo.block_publish": 2,
        "slo.pause": 2,
        "slo.require_approval": 1,
        "slo.shrink_pool": 2,
        "slo.lift.block_publish": 1,
        "slo.lift.pause": 1,
        "slo.lift.shrink_pool": 1,
        "slo.repaired": 5,
    } == actions

    for point in range(MOST):
        url = world.begin()
        code = world.call(url, NOW, point)
        if code == 0:
            break
        assert -signal.SIGKILL == code
        assert 0 == world.call(url, LATER)
        assert undisturbed == world.came(url), f"killed at point {point}"
    assert 40 < point < MOST


def test_a_delivery_that_is_killed_is_finished_by_the_next(world) -> None:
    """At every statement, at every commit, and before and after each letter is taken out of the outbox."""
    url = world.begin()
    before = world.came(url)
    assert 0 == world.call(url, NOW, what="deliver")
    undisturbed = world.came(url)
    assert (7, 0) == (before["waiting"], undisturbed["waiting"])
    more = (
        len(undisturbed["runs"]) - len(before["runs"]),
        len(undisturbed["declared"]) - len(before["declared"]),
    )
    assert (2, 2) == more
    first, second = undisturbed["runs"][-2:]
    assert ("failed", "success", 2) == (first.first, first.final, first.tries)
    assert ("failed", "failed", 3) == (second.first, second.final, second.tries)

    for point in range(MOST):
        url = world.begin()
        code = world.call(url, NOW, point, what="deliver")
        if code == 0:
            break
        assert -signal.SIGKILL == code
        assert 0 == world.call(url, LATER, what="deliver")
        assert undisturbed == world.came(url), f"killed at point {point}"
    assert 20 < point < MOST
