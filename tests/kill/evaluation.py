"""Evaluations of a deployment, and deliveries to its store, in processes of their own, killable at a point.

    python evaluation.py

reads calls from stdin, one JSON line each, and answers each with one line, the code with which it ended: 0,
or -9 where it killed itself. A call names the store's `url`, a `folder` with the outbox and a file that
stands for Airflow's DAGs and pools, the instant `now`, and what to do: `fill` a store, which loads all that
is needed; or, in a process that is forked for it, `evaluate` or `deliver`, and to `die` at one of its points,
counted from 0. Points are just before a statement to the store, before a commit, and before and after what is
done to Airflow, or a letter is taken out of the outbox.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

from airflow_dataops.bridge import evaluating
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Late, Objective
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.policy import Action, Policy
from airflow_dataops.core.slo.run import Outcome, Retry, RunOutcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.outbox import Outbox
from airflow_dataops.store.schema import migrate
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.testing.governor import MemoryGovernor
from airflow_dataops.usecases.deliver import deliver
from airflow_dataops.wiring import clocks, stores
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from airflow_dataops.usecases.deliver import Addresses
    from airflow_dataops.usecases.ports.outbox import Posted

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

FRESH = Objective(
    name="fresh",
    sli=Sli.FRESHNESS,
    target=Fraction("0.9"),
    threshold=Fraction(6 * 3600),
    late=Late.REPAIRED,
)
RUNS = Objective(name="runs", sli=Sli.FIRST_ATTEMPT, target=Fraction("0.5"))
HALF = {"below": Fraction(1, 2), "slo": "fresh"}
POLICIES = {
    "orders": (
        Policy(action=Action.BLOCK_PUBLISH, **HALF),
        Policy(action=Action.PAUSE, **HALF),
        Policy(action=Action.REQUIRE_APPROVAL, **HALF),
        Policy(action=Action.SHRINK_POOL, pool="shared", slots=2, **HALF),
    ),
    "mended": (
        Policy(action=Action.BLOCK_PUBLISH, **HALF),
        Policy(action=Action.PAUSE, **HALF),
        Policy(action=Action.SHRINK_POOL, pool="shared", slots=1, **HALF),
    ),
    "fewer": (),
    "after": (),
    "late": (),
}
"""Product -> what it does with less than half of its budget."""

MISSING = range(7, 11)
"""Days before now on which nothing came of `mended`, until two days ago."""


class Airflow(MemoryGovernor):
    """An Airflow that is a file, so that it outlives whoever acts on it."""

    def __init__(self, file: Path, die: Die) -> None:
        super().__init__(**json.loads(file.read_text()))
        self._file, self._die = file, die

    def pause(self, dag_id: str, *, paused: bool) -> None:
        """Pause a DAG, or let it run."""
        self._die()
        super().pause(dag_id, paused=paused)
        self._keep()

    def resize(self, pool: str, slots: int) -> None:
        """Set how many slots a pool has."""
        self._die()
        super().resize(pool, slots)
        self._keep()

    def _keep(self) -> None:
        self._file.write_text(json.dumps({"dags": self.dags, "pools": self.pools}))
        self._die()


class Die:
    """Counts points, and kills this process at one of them."""

    def __init__(self, point: int | None) -> None:
        self._left = point

    def __call__(self, *_: object) -> None:
        """Pass a point, or die."""
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._left is not None:
            self._left -= 1


def declared(product: str, *objectives: Objective, since: datetime) -> Declaration:
    """Return what a product declares."""
    return Declaration(
        team="shop",
        product=product,
        dataset=product,
        expectation=Expectation(
            schedule="" if product == "after" else "@daily",
            start=since - 60 * DAY,
            upstreams=("orders",) if product == "after" else (),
        ),
        objectives=objectives,
        policies=POLICIES[product],
        since=since,
    )


def seen(store: SqlStore, product: str, day: datetime, *, late: timedelta = HOUR) -> None:
    """See a day of a product, an hour after its end or later."""
    store.record(
        Observation(
            batch=Batch(team="shop", product=product, dataset=product, partition=f"{day:%Y-%m-%d}"),
            sli=Sli.FRESHNESS,
            subject="1",
            end=day + DAY,
            good=None,
            total=None,
            value=Fraction(1),
            at=day + DAY + late,
        )
    )


def letters(now: datetime) -> tuple[Posted, ...]:
    """Return what an hour without a store leaves in an outbox: two runs, both tried again, and more."""

    def ran(run_id: str, final: Outcome, minutes: int) -> RunOutcome:
        ended = now - timedelta(minutes=minutes)
        return RunOutcome(
            team="shop",
            dag_id="orders",
            run_id=f"{now:%d} {run_id}",
            start=now - 2 * DAY,
            end=now - DAY,
            ended=ended,
            first=final,
            final=final,
        )

    tried = Retry(
        team="shop", dag_id="orders", run_id=f"{now:%d} one", task_id="land", try_number=2, at=now - HOUR
    )
    return (
        declared("orders", FRESH, RUNS, since=now - HOUR),
        tried,
        ran("one", Outcome.SUCCESS, 50),
        ran("two", Outcome.SUCCESS, 40),
        replace(tried, run_id=f"{now:%d} two", try_number=3),
        ran("two", Outcome.FAILED, 30),
        declared("late", FRESH, since=now - HOUR / 2),
    )


def fill(url: str, folder: Path, now: datetime) -> None:
    """Make a store of which the evaluation two days ago, which comes first, makes other things than now.

    By now `orders` has had no delivery for two days, and one late before; all that `mended` lacked is there;
    and `fewer` promises less.
    """
    migrate(url)
    levels, store = SqlServiceLevels(url), SqlStore(url)
    before = now - 2 * DAY
    other = Objective(name="other", sli=Sli.FRESHNESS, target=Fraction("0.5"), threshold=Fraction(60))
    levels.declare(*(declared(name, FRESH, since=now - 40 * DAY) for name in ("orders", "mended", "after")))
    levels.declare(declared("fewer", FRESH, other, since=now - 40 * DAY))
    midnight = now.replace(hour=0)
    for ago in range(3, 40):
        day = midnight - ago * DAY
        if ago > 3:
            seen(store, "orders", day)
        if ago not in MISSING:
            seen(store, "mended", day)
        seen(store, "fewer", day)
        seen(store, "after", day)
    clocks.clock = lambda: FrozenClock(before)
    evaluating.evaluated(who="first")
    seen(store, "orders", midnight - 3 * DAY, late=30 * HOUR)
    for ago in MISSING:
        seen(store, "mended", midnight - ago * DAY, late=ago * DAY - 40 * HOUR)
    for ago in (1, 2):
        seen(store, "mended", midnight - ago * DAY)
    levels.declare(declared("fewer", FRESH, since=now - DAY))
    outbox = Outbox(folder / "outbox")
    outbox.put(*letters(now - 20 * DAY))
    deliver(outbox, to=to(url), aside=sys.exit)
    outbox.put(*letters(now))


def to(url: str) -> Addresses:
    """Return where facts go."""
    return stores.addresses(Settings(store_url=url, zones_path="", lake_path=""))


def called(url: str, folder: str, now: str, what: str, die: int | None = None) -> None:
    """Fill a store, evaluate, or deliver."""
    os.environ["AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN"] = url
    instant, point, home = datetime.fromisoformat(now), Die(die), Path(folder)
    evaluating._governor = lambda _: Airflow(home / "airflow.json", point)
    if what == "fill":
        fill(url, home, instant)
        return
    event.listen(Engine, "before_cursor_execute", point)
    event.listen(Engine, "commit", point)
    if what == "deliver":
        unlink = Path.unlink
        Path.unlink = lambda path, **how: (point(), unlink(path, **how), point())
        deliver(Outbox(home / "outbox"), to=to(url), aside=sys.exit)
        return
    clocks.clock = lambda: FrozenClock(instant)
    evaluating.evaluated(
        who="again",
        declarations=[declared("after", FRESH, since=instant - 40 * DAY)],
    )


def forked(call: dict[str, Any]) -> int:
    """Do it in a process of its own; return how that ended."""
    child = os.fork()
    if not child:
        try:
            called(**call)
        except BaseException:  # noqa: BLE001 - nothing of the program goes on in its fork
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    for line in sys.stdin:
        call = json.loads(line)
        code = called(**call) if call["what"] == "fill" else forked(call)
        sys.stdout.write(f"{code or 0}\n")
        sys.stdout.flush()
