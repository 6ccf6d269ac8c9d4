"""Several processes at one store, and some that are killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.store import schema
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.revision import REVISIONS, Standing
from airflow_dataops.store.sql import SqlStore

ROOT = Path(__file__).parents[2]
WRITERS = Path(__file__).with_name("writers.py")
NOW = datetime(2026, 3, 3, tzinfo=UTC)
"""The instant of those who write."""


def at_once(*calls: tuple[str, ...]) -> list[tuple[int, str]]:
    """Start programs of `writers.py`, let them go together, and return how each ended and what it printed."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", str(WRITERS), *call],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for call in calls
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=240)[0].strip() for process in processes]
    return [(process.returncode, line) for process, line in zip(processes, said, strict=True)]


def test_processes_that_write_at_once_lose_nothing(url) -> None:
    """Eight tasks that finish together must all be remembered, and each must read what it wrote."""
    assert [(0, "")] * 8 == at_once(*(("write", url, str(me), "25") for me in range(8)))

    store = SqlStore(url)
    expected = {f"{me}/{n}" for me in range(8) for n in range(25)}
    assert expected == {record.subject for record in store.facts(AuditRecord)}
    assert 1 == len(store.facts(Landing))


def test_cleaning_beside_writers_loses_nothing(url, one) -> None:
    """Two that clean must remove each old record once, while those that write go on as if they were alone."""
    store = SqlStore(url)
    old = one.at - timedelta(days=400)
    store.record(*(replace(one.audit, subject=f"old {n}", at=old) for n in range(1200)))

    ends = at_once(*(("write", url, str(me), "25") for me in range(4)), *[("clean", url, "5")] * 2)

    assert [0] * 6 == [code for code, _ in ends]
    assert 1200 == sum(int(said) for _, said in ends[4:])
    expected = {f"{me}/{n}" for me in range(4) for n in range(25)}
    assert expected == {record.subject for record in store.facts(AuditRecord)}


def test_declarations_that_meet_are_each_remembered_once(url, tmp_path) -> None:
    """Three dag-processors that build the same DAGs at once: as if there were one."""
    alone = f"sqlite:///{tmp_path}/alone.db"
    schema.migrate(alone)

    assert [(0, "")] * 3 == at_once(*[("declare", url, "orders", "20")] * 3)

    assert [(0, "")] == at_once(("declare", alone, "orders", "20"))
    assert 40 == len(SqlServiceLevels(url).declared())
    assert SqlServiceLevels(alone).declared() == SqlServiceLevels(url).declared()


def test_evaluators_that_meet_act_once(url) -> None:
    """Two evaluators, one from a DAG and one from cron, beside two that declare: each thing is done once."""
    store, levels = SqlStore(url), SqlServiceLevels(url)
    assert [(0, "")] == at_once(("declare", url, "p", "5"))
    for day in range(2, 30):  # the day before has just ended, and is not due
        label = f"{NOW - day * timedelta(days=1):%Y-%m-%d}"
        batch = Batch(team="shop", product="p_0", dataset="p_0", partition=label)
        seen = {"batch": batch, "sli": Sli.FRESHNESS, "subject": "1", "end": None, "value": None}
        store.record(Observation(**seen, good=None, total=None, at=NOW - timedelta(hours=1)))

    ends = at_once(*[("evaluate", url, "8")] * 2, *[("declare", url, "late", "8")] * 2)

    assert [0] * 4 == [code for code, _ in ends]
    bad = ["late", *(f"late_{n}" for n in range(8)), "p", *(f"p_{n}" for n in range(1, 5))]
    assert sorted(bad * 2) == sorted(one.product for one in levels.in_force())
    audit = Counter((one.batch, one.action, one.subject) for one in store.facts(AuditRecord))
    assert {1} == set(audit.values())
    actions = Counter(action for _, action, _ in audit)
    assert {"slo.block_publish": 14, "slo.pause": 14, "slo.repaired": 28} == actions
    stood = {key[1]: kept.standing.good for key, kept in levels.stood().items()}
    assert {"p_0": 28} | dict.fromkeys(bad, 0) == stood


def test_a_fork_shares_no_connection(url) -> None:
    """Airflow forks its tasks, so a store that was used before the fork must work on both sides of it."""
    assert [(0, "")] == at_once(("fork", url))

    expected = {f"{who}/{n}" for who in ("before", "child", "parent") for n in range(20)}
    assert expected == {record.subject for record in SqlStore(url).facts(AuditRecord)}


def test_migrations_that_meet_end_well(empty) -> None:
    """Of eight that migrate one store at once, one must do it and the others find it done."""
    ends = at_once(*[("migrate", empty.url)] * 8)

    assert [(0, REVISIONS[-1])] * 7 + [(0, "None")] == sorted(ends)
    assert Standing.CURRENT is schema.check(empty.url).standing


def test_stores_that_migrate_themselves_meet_well(empty) -> None:
    """Of eight tasks that are the first to use a store, each must find it made, and be remembered."""
    assert [(0, "")] * 8 == at_once(*[("use", empty.url)] * 8)

    assert 8 == len(SqlStore(empty.url).facts(AuditRecord))


def test_a_migration_never_looks_like_damage(url) -> None:
    """Whoever checks a store while it is migrated must see the old one or the new one."""
    looking = subprocess.Popen(
        [sys.executable, str(WRITERS), "look", url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert looking.stdout.readline() == "ready\n"
    looking.stdin.write("go\n")
    looking.stdin.flush()
    while looking.poll() is None:
        schema.downgrade(url, "base")
        schema.migrate(url)

    assert ("", None) == looking.communicate()


@pytest.mark.parametrize("revision", ["base", "0001"])
@pytest.mark.parametrize("statement", [3, 5, 8, -1])
def test_a_migration_that_is_killed_is_whole_or_not_at_all(database, one, revision, statement) -> None:
    """Whenever it is killed, the store must be the old one, and the next migration must do all of it."""
    store = SqlStore(database.url)
    store.record(one.plain, one.verification)
    schema.downgrade(database.url, revision)
    before = database.dump()

    assert [(-signal.SIGKILL, "")] == at_once(("die", database.url, str(statement)))
    assert before == database.dump()
    assert (None if revision == "base" else revision, REVISIONS[-1]) == schema.migrate(database.url)
    expected = () if revision == "base" else (one.plain,)
    assert expected == SqlStore(database.url).facts(Landing)
