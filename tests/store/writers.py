"""Programs that tests of the store start, several at a time: `python writers.py WHAT URL …`.

Each says `ready` and waits for a line, so that all of them begin at once.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import partial

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Late, Objective
from airflow_dataops.core.slo.policy import Action, Policy
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.documents.timetable import CronTimetable
from airflow_dataops.errors import SettingsError
from airflow_dataops.store import schema
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.testing.governor import MemoryGovernor
from airflow_dataops.usecases.levels.enforce_policies import enforce_policies
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos

NOW = datetime(2026, 3, 3, tzinfo=UTC)
DAY = timedelta(days=1)
BATCH = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")


def audited(me: str, number: int) -> AuditRecord:
    """Return one of many records."""
    return AuditRecord(batch=BATCH, action="publish", subject=f"{me}/{number}", who=me, why="", at=NOW)


def write(url: str, me: str, many: str) -> None:
    """Record facts of one's own and one that all share, and read each again."""
    store = SqlStore(url)
    for number in range(int(many)):
        landing = Landing(
            batch=BATCH,
            origin="",
            uri=me,
            sha256="a",
            bytes=1,
            rows=1,
            dialect=Dialect(),
            landed_at=NOW,
            run_id=me,
        )
        store.record(audited(me, number), landing)
        assert number % 5 or audited(me, number) in store.facts(AuditRecord)


def clean(url: str, many: str) -> None:
    """Remove what is old, again and again, and print how many audit records went."""
    store, gone = SqlStore(url), 0
    for _ in range(int(many)):
        gone += store.forget(NOW, audit_records=True, dry_run=False).audit_records
    sys.stdout.write(f"{gone}\n")


def fork(url: str) -> None:
    """Write before a fork, and on both sides after it."""
    store = SqlStore(url)
    for number in range(20):
        store.record(audited("before", number))
    child = os.fork()
    for number in range(20):
        store.record(audited("parent" if child else "child", number))
    if not child:
        os._exit(0)
    sys.exit(os.waitpid(child, 0)[1])


def objective(product: str, number: int) -> Declaration:
    """Return what a product declares; numbers tell several of its declarations apart."""
    fresh = Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.9"), threshold=Fraction(3600))
    return Declaration(
        team="shop",
        product=product,
        dataset=product,
        expectation=Expectation(schedule="@daily", start=NOW - 40 * DAY),
        objectives=(replace(fresh, description=str(number), late=Late.REPAIRED),),
        policies=(
            Policy(action=Action.BLOCK_PUBLISH, below=Fraction(1)),
            Policy(action=Action.PAUSE, below=Fraction(1)),
        ),
        since=NOW - 30 * DAY + number * timedelta(hours=1),
    )


def declare(url: str, product: str, many: str) -> None:
    """Declare what others declare at once, again and again, each time something else."""
    levels = SqlServiceLevels(url)
    for number in range(int(many)):
        levels.declare(objective(product, number), objective(f"{product}_{number}", 0))


def _same(airflow: MemoryGovernor) -> MemoryGovernor:
    return airflow


def evaluate(url: str, many: str) -> None:
    """Evaluate, and let policies act, again and again."""
    levels, store = SqlServiceLevels(url), SqlStore(url)
    clock, timetable = FrozenClock(NOW), CronTimetable()
    for _ in range(int(many)):
        clock.advance(timedelta(seconds=1))
        found = evaluate_slos(levels=levels, timetable=timetable, store=store, clock=clock)
        declared = {(one.team, one.product): one for one in levels.declared()}
        airflow = MemoryGovernor(dags={product: False for _, product in declared})
        came = enforce_policies(
            declared.values(),
            found.standings,
            actions=levels,
            governor=partial(_same, airflow),
            store=store,
            clock=clock,
            who=str(os.getpid()),
        )
        assert not came.failed


def migrate(url: str) -> None:
    """Migrate, and print the revision that was there before."""
    sys.stdout.write(f"{schema.migrate(url)[0]}\n")


def use(url: str) -> None:
    """Use a store that migrates itself."""
    SqlStore(url, auto_migrate=True).record(audited(str(os.getpid()), 0))


def look(url: str) -> None:
    """Check a store for a while, and print what looked like damage."""
    until = datetime.now(UTC) + timedelta(seconds=3)
    while datetime.now(UTC) < until:
        try:
            schema.check(url)
        except SettingsError as error:
            sys.stdout.write(f"{error}\n")


def die(url: str, statement: str) -> None:
    """Migrate, and be killed before a statement (counted from 0), or before the commit (-1)."""
    from sqlalchemy import Engine, event

    seen: list[object] = []

    def count(*_: object) -> None:
        if len(seen) == int(statement):
            os.kill(os.getpid(), signal.SIGKILL)
        seen.append(None)

    if int(statement) < 0:
        event.listen(Engine, "commit", lambda _: os.kill(os.getpid(), signal.SIGKILL))
    else:
        event.listen(Engine, "before_cursor_execute", count)
    schema.migrate(url)


if __name__ == "__main__":
    _, what, *rest = sys.argv
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    globals()[what](*rest)
