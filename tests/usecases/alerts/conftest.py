"""A deployment with a real store and a clock of its own, in which data comes late, bad, or never."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.alerts.reported import Reported
from airflow_dataops.core.alerts.rules import USUAL
from airflow_dataops.core.alerts.signal import Where
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Outcome as Verdict
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.verification import Verification
from airflow_dataops.documents.timetable import CronTimetable
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.store.faults import SqlFaults
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.usecases.alerts.route_alerts import bare, route_alerts
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.notification import Event, Notification
    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.core.alerts.signal import Kind
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.usecases.alerts.route_alerts import Compose, Routed

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class World:
    """A deployment: its store, its clock, its rules, and all that receivers were told."""

    url: str
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(START))
    rules: Rules = USUAL
    told: list[Notification] = field(default_factory=list)
    versions: int = 0
    compose: Compose = bare

    def __post_init__(self) -> None:
        """Open the store."""
        self.store = SqlStore(self.url)
        self.levels = SqlServiceLevels(self.url)
        self.faults = SqlFaults(self.url)
        self.alerts = SqlAlerts(self.url)

    def declare(self, product: str = "orders", *objectives: Objective, since: datetime = START, **what):
        """Declare a daily product."""
        its = {"schedule": "@daily", "start": START, **what.pop("expects", {})}
        self.levels.declare(
            Declaration(
                team="shop",
                product=product,
                dataset=product,
                expectation=Expectation(**its),
                objectives=objectives,
                since=since,
                **what,
            )
        )

    def at(self, day: date | datetime, hour: float = 0) -> datetime:
        """Return an hour of the day after one: in which its partition is delivered."""
        return midnight(day) + DAY + hour * HOUR

    def go(self, at: datetime) -> Routed:
        """Let it be an instant, and evaluate."""
        self.clock = FrozenClock(at)
        return self.evaluate()

    def evaluate(self) -> Routed:
        """Evaluate, and route alerts."""
        evaluate_slos(levels=self.levels, timetable=CronTimetable(), store=self.store, clock=self.clock)
        found = route_alerts(
            levels=self.levels,
            faults=self.faults,
            alerts=self.alerts,
            store=self.store,
            rules=self.rules,
            clock=self.clock,
            compose=self.compose,
        )
        self.told += found.notifications
        return found

    def events(self, first: int = 0) -> list[tuple[Event, str, str]]:
        """Return what receivers were told: event, urgency, and which partitions."""
        return [
            (
                one.event,
                str(one.urgency),
                " ".join(f"{m.where.product}/{m.where.partition}" for m in one.messages),
            )
            for one in self.told[first:]
        ]

    def open(self) -> dict[str, Incident]:
        """Return product/partition -> the incident that is open of it."""
        return {
            f"{one.where.product}/{one.where.partition}": one for one in self.alerts.incidents() if one.open
        }

    def deliver(self, day: date, at: datetime, product: str = "orders", **what) -> None:
        """Deliver a partition: all that a run leaves in the store when it ends well."""
        self.deliver_all(day, at, {product: what})

    def deliver_all(self, day: date, at: datetime, products: dict[str, dict[str, object]]) -> None:
        """Deliver partitions of several products."""
        left = [self.left(day, at, product, **what) for product, what in products.items()]
        self.store.record(*(fact for facts, _ in left for fact in facts))
        self.levels.ran(*(run for _, run in left))

    def left(self, day: date, at: datetime, product: str, *, rows: int = 100, bad: int = 0, **what):
        """Return what a run leaves in the store when it ends well: facts, and its outcome."""
        batch = batch_of(product, day)
        self.versions += 1
        subject = f"v{self.versions}"
        seen = {"batch": batch, "subject": subject, "end": None, "at": at}
        expected = what.pop("expected", 100)
        facts = (
            self.verdict(day, at, product, rows=rows, bad=bad, stage=Stage.VERIFY),
            self.verdict(day, at, product, rows=rows - bad, stage=Stage.AUDIT),
            Publication(
                batch=batch,
                version=self.versions,
                content=subject,
                rows=what.pop("visible", rows - bad),
                target="lake",
                contract="orders@1",
                manifest="",
                run_id=f"run {day}",
                at=at,
            ),
            Observation(sli=Sli.FRESHNESS, good=None, total=None, value=None, **seen),
            Observation(sli=Sli.CORRECTNESS, good=rows - bad, total=rows, value=None, **seen),
            Observation(sli=Sli.COMPLETENESS, good=rows, total=expected, value=None, **seen),
        )
        return facts, self.outcome(day, Outcome.SUCCESS, at, product, **what)

    def run(self, day: date, final: Outcome, at: datetime, product: str = "orders", **what) -> None:
        """Let the run of a partition end."""
        self.levels.ran(self.outcome(day, final, at, product, **what))

    def outcome(self, day: date, final: Outcome, at: datetime, product: str, **what) -> RunOutcome:
        """Return how the run of a partition ended."""
        its = {"first": final, "run_id": f"run {day}", "partition": str(day), **what}
        start = midnight(day)
        return RunOutcome(
            team="shop", dag_id=product, start=start, end=start + DAY, ended=at, final=final, **its
        )

    def verdict(
        self,
        day: date,
        at: datetime,
        product: str = "orders",
        *,
        rows: int = 100,
        bad: int = 0,
        stage: Stage,
        **what,
    ) -> Verification:
        """Return a verdict on a partition."""
        return Verification(
            batch=batch_of(product, day),
            stage=stage,
            run_id=f"run {day}",
            contract="orders@1",
            at=at,
            rows=rows,
            good=rows - bad,
            bad=bad,
            unparsable=0,
            **{"outcomes": (), **what},
        )

    def refuse(self, day: date, at: datetime, product: str = "orders", **what) -> None:
        """Find a file bad, and let its run fail."""
        rule = Verdict(
            rule="order_id.unique",
            status=Status.FAILED,
            severity=Severity.ERROR,
            dimension="uniqueness",
            column="order_id",
            expected="= 0",
            observed="40",
            failing=40,
            checked=100,
            quarantines=True,
        )
        said = {"blocks": ("40 of 100 rows break the contract",), "outcomes": (rule,), **what}
        self.store.record(self.verdict(day, at, product, bad=40, stage=Stage.VERIFY, **said))
        self.run(day, Outcome.FAILED, at + timedelta(minutes=5), product)

    def report(self, day: date, kind: Kind, at: datetime, product: str = "orders", **what) -> None:
        """Let a callback report something."""
        where = Where("shop", product, str(day))
        self.alerts.report(
            Reported(where=where, kind=kind, **{"run_id": f"run {day}", "text": "", **what}, at=at)
        )


def batch_of(product: str, day: date | str) -> Batch:
    """Return a batch."""
    return Batch(team="shop", product=product, dataset=product, partition=str(day))


def midnight(day: date) -> datetime:
    """Return the start of a day."""
    return datetime.combine(day, time(), tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path, new_store: Callable[[str], None]) -> World:
    """A deployment on SQLite, of which nothing is known yet."""
    url = f"sqlite:///{tmp_path}/store.db"
    new_store(url)
    return World(url)


@pytest.fixture
def worlds(store_url: str, new_store: Callable[[str], None]) -> World:
    """The same on each server."""
    new_store(store_url)
    return World(store_url)
