"""Each row of the state table in docs/decisions/0001-batch.md: killed there, the re-run ends as if not."""

from __future__ import annotations

import importlib.util
import itertools
import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import psycopg
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError
from psycopg.sql import SQL, Identifier

from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.slo.sli import Sli, SliEvent
from airflow_dataops.core.verification import Verification
from airflow_dataops.store.schema import migrate
from airflow_dataops.store.sql import SqlStore

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "dag_templates" / "batch"
WAY = Path(__file__).with_name("way.py")
DAY = "2026-03-03"
RUN = "scheduled__2026-03-03T00:00:00+00:00"

ROWS = {
    "L1": "source.find:after",
    "L2": "zones.keep:before",
    "L3": "zones.keep:after",
    "L4": "store.record:after:land",
    "G1": "engine.header:before",
    "G2": "engine.header:after",
    "G3": "store.record:after:gate",
    "V1": "engine.scan:before:verify",
    "V2": "engine.scan:after:verify",
    "V3": "store.record:after:verify",
    "T1": "engine.transform:before",
    "T2": "engine.transform:after",
    "A1": "engine.scan:before:audit",
    "A2": "engine.scan:after:audit",
    "A3": "store.record:after:audit",
    "P1": "target.head:after",
    "P2": "target.publish:before",
    "P3": "target.publish:after",
    "P4": "store.record:after:publish",
    "N1": "store.record:before:announce",
    "N2": "store.record:after:announce",
    "N3": "zones.clear:after",
}
"""Row of the state table -> where the process is killed."""

TARGETS = {"delta": tuple(ROWS), "postgres": ("P1", "P2", "P3", "P4")}
"""Target -> the rows that are taken over it: what comes before and after knows nothing of the target."""

COMMITTED = {"P3", "P4", "N1", "N2", "N3"}
"""Rows at which readers see the new version; at all others, the old one."""


@pytest.fixture(scope="module")
def drops(tmp_path_factory) -> Path:
    """The sample's drops, made once."""
    folder = tmp_path_factory.mktemp("made") / "drops"
    folder.mkdir()
    spec = importlib.util.spec_from_file_location("kill_drops", SAMPLE / "drops.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["kill_drops"] = module
    spec.loader.exec_module(module)
    module.generate(folder)
    return folder


@pytest.fixture(scope="module")
def home_of(drops, request) -> Callable[[Path, str], Path]:
    """Make a folder with the sample product, its drops, a migrated store and a target."""
    numbers = itertools.count()

    def make(folder: Path, target: str) -> Path:
        shutil.copytree(SAMPLE / "orders", folder / "orders")
        shutil.copytree(drops, folder / "orders" / "drops")
        migrate(f"sqlite:///{folder}/store.db")
        if target == "postgres":
            database = request.getfixturevalue("postgresql").replace("postgresql+psycopg", "postgresql")
            (folder / "database").write_text(f"{database}\nkill{next(numbers)}\n")
        return folder

    return make


@pytest.fixture(scope="module")
def unharmed(home_of, tmp_path_factory) -> dict[str, dict[str, object]]:
    """Target -> what a run comes to that nobody kills."""
    homes = {target: home_of(tmp_path_factory.mktemp(target), target) for target in TARGETS}
    assert dict.fromkeys(TARGETS, 0) == {target: walk(home).returncode for target, home in homes.items()}
    return {target: state(home) for target, home in homes.items()}


@pytest.fixture(params=TARGETS)
def target(request) -> str:
    """The target that the batch is published into."""
    return request.param


@pytest.fixture
def home(home_of, tmp_path, target) -> Path:
    """A home of its own for one test."""
    return home_of(tmp_path, target)


def walk(
    home: Path, point: str = "", *, day: str = DAY, run: str = RUN
) -> subprocess.CompletedProcess[bytes]:
    """Take one batch its way in a process of its own."""
    program = [sys.executable, str(WAY), str(home), day, run, *([point] if point else [])]
    return subprocess.run(program, check=False, capture_output=True)


def state(home: Path) -> dict[str, object]:
    """Return all that readers and the store can see, without instants and places."""
    return {**published(home), **remembered(home)}


def published(home: Path) -> dict[str, object]:
    """Return rows, types and history of the published table."""
    return published_in_database(home) if (home / "database").exists() else published_in_delta(home)


def published_in_database(home: Path) -> dict[str, object]:
    """Return what `published` does, of a table in PostgreSQL."""
    database, schema = (home / "database").read_text().splitlines()
    query = SQL("SELECT * FROM {}").format(Identifier(schema, "orders"))
    commits = SQL("SELECT version, batch, content, rows, restored_from FROM {} ORDER BY version").format(
        Identifier(schema, "orders_commits")
    )
    with psycopg.connect(database) as connection:
        found = connection.execute(query)
        types = [(column.name, column.type_display) for column in found.description]
        rows = sorted(found.fetchall(), key=str)
        return {"rows": rows, "types": types, "history": connection.execute(commits).fetchall()}


def published_in_delta(home: Path) -> dict[str, object]:
    """Return what `published` does, of a Delta table."""
    table = DeltaTable(str(home / "lake" / "orders"))
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        relation = connection.read_parquet(table.file_uris(), hive_partitioning=True)
        rows = sorted(relation.project("CAST(COLUMNS(*) AS VARCHAR)").fetchall(), key=str)
    history = [
        (entry["operation"], entry.get("dataops.batch"), entry.get("dataops.content"))
        for entry in table.history()
    ]
    return {"rows": rows, "types": table.schema().to_json(), "history": history}


def visible(home: Path) -> object:
    """Return the rows that a reader sees; none where there is no table yet."""
    try:
        return published(home)["rows"]
    except (psycopg.errors.UndefinedTable, TableNotFoundError):
        return []


def remembered(home: Path) -> dict[str, object]:
    """Return the store's facts, without instants and places."""
    store = SqlStore(f"sqlite:///{home}/store.db")
    return {
        "landings": [(fact.batch, fact.sha256, fact.rows) for fact in store.facts(Landing)],
        "verifications": [
            (fact.batch, fact.stage, fact.rows, fact.good, fact.bad, fact.outcomes)
            for fact in store.facts(Verification)
        ],
        "publications": [
            (fact.batch, fact.version, fact.content, fact.rows) for fact in store.facts(Publication)
        ],
        "audit": [(fact.batch, fact.action, fact.subject, fact.who) for fact in store.facts(AuditRecord)],
        "service levels": sorted(
            (fact.batch.partition, fact.sli, fact.value if fact.sli is Sli.CORRECTNESS else None)
            for fact in store.facts(SliEvent)
        ),
    }


@pytest.mark.parametrize(
    ("target", "row"), [(target, row) for target, rows in TARGETS.items() for row in rows]
)
def test_state_table_row_ends_as_if_nothing_was_killed(home, unharmed, target, row) -> None:
    """The process dies at the row's point; the re-run ends in the same rows, types, history and facts."""
    killed = walk(home, ROWS[row])

    assert -signal.SIGKILL == killed.returncode, killed.stderr.decode()[-2000:]
    assert visible(home) == (unharmed[target]["rows"] if row in COMMITTED else [])
    again = walk(home)
    assert 0 == again.returncode, again.stderr.decode()[-2000:]
    assert unharmed[target] == state(home)


def test_killed_again_and_again_at_any_instant_ends_the_same(home, unharmed, target) -> None:
    """Where the state table has no row: kills at random instants, until a run gets through."""
    chance = random.Random(7)  # noqa: S311 - chance, not secrecy

    for _ in range(12):
        program = [sys.executable, str(WAY), str(home), DAY, RUN]
        process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.4, 2.5))
        process.kill()
        process.wait()
    assert 0 == walk(home).returncode

    assert unharmed[target] == state(home)


def test_replay_in_a_later_run_commits_nothing(home, unharmed, target) -> None:
    """3 March is run again with the same drop: the same version, the same facts."""
    assert 0 == walk(home).returncode

    assert 0 == walk(home, run="manual__later").returncode

    assert unharmed[target] == state(home)


def test_a_new_drop_for_the_same_partition_replaces_it(home) -> None:
    """3 March replaces 3 March: one more version, and the earlier raw copy is kept."""
    assert 0 == walk(home).returncode
    drop = home / "orders" / "drops" / f"orders-{DAY}.csv"
    lines = drop.read_bytes().splitlines(keepends=True)
    drop.write_bytes(b"".join(lines[:-50]))

    assert 0 == walk(home, run="manual__later").returncode

    found = remembered(home)
    assert 2 == len(found["landings"])
    assert 2 == len(found["publications"])
    newest = found["publications"][-1]
    assert newest[3] == len(published(home)["rows"])


def test_several_runs_of_one_partition_at_once_end_as_one(home, unharmed, target) -> None:
    """One makes the commit, whichever; the others find its content at the head, and disturb nobody."""
    runs = [f"manual__{number}" for number in range(3)]

    with ThreadPoolExecutor(len(runs)) as pool:
        done = list(pool.map(lambda run: walk(home, run=run), runs))

    assert [0] * len(runs) == [one.returncode for one in done], [one.stderr.decode()[-900:] for one in done]
    found, expected = state(home), dict(unharmed[target])
    (audited,) = found.pop("audit")
    assert audited[-1] in {f"orders {run}" for run in runs}
    expected.pop("audit")
    assert expected == found


@pytest.mark.parametrize("target", ["delta"])
def test_eight_partitions_at_once_are_unharmed(home) -> None:
    """Eight processes publish eight partitions of one table at once, and also make it."""
    days = [f"2026-03-{day:02}" for day in (1, 2, 3, 5, 6, 7, 8, 10)]

    with ThreadPoolExecutor(len(days)) as pool:
        done = list(pool.map(lambda day: walk(home, day=day, run=f"run {day}"), days))

    assert [0] * len(days) == [one.returncode for one in done], done[0].stderr.decode()[-2000:]
    rows = published(home)["rows"]
    counts = {fact[0].partition: fact[3] for fact in remembered(home)["publications"]}
    assert set(days) == set(counts)
    assert sum(counts.values()) == len(rows)
