"""Sixty good days of the same products, by a clock of their own: nobody is to be told anything.

Evaluation, decisions and the store are the real ones; what runs leave in the store is written here. Good days
have a second try and bad rows of which contracts allow some, too. On the day after them one product is not
delivered: that must be told, or sixty quiet days would say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from airflow_dataops.cli.demo.alerts.products import Plan, write_products
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.alerts.rules import USUAL
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.verification import Verification
from airflow_dataops.documents.declared import declared
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.render.alerts.runbook import fill
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.usecases.alerts.compose_message import compose_message
from airflow_dataops.usecases.alerts.route_alerts import route_alerts
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos
from airflow_dataops.wiring import clocks, stores
from airflow_dataops.wiring.settings import local_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.usecases.alerts.route_alerts import Routed
    from airflow_dataops.usecases.ports.store import Fact

DAYS = 60
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FIRST = datetime(2026, 2, 1, tzinfo=UTC)
"""When the first day begins."""

DUE = 6 * HOUR
"""How long after the end of a day it is due."""

HOURS = (1, 3, 6.1, 18)
"""Hours after the end of a day of evaluations: before and after its delivery, when it is due, later."""

DELIVERED = 2
"""Hours after the end of a day at which it is delivered."""

ROWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """What came of good days, and of the day after them.

    Args:
        days: How many days were good.
        evaluations: How often was evaluated meanwhile.
        told: Notifications that were decided on good days.
        incidents: Incidents of good days.
        missed: First words that were decided once a day was missing.
    """

    days: int
    evaluations: int
    told: int
    incidents: int
    missed: int

    @property
    def holds(self) -> bool:
        """Whether nobody was told anything while all was well, and somebody once it wasn't."""
        return (self.told, self.incidents, self.missed) == (0, 0, 1)


class CleanDays:
    """Good days of the products of the demo, in a store of their own.

    Args:
        folder: Where that store and the products' files are.
    """

    def __init__(self, folder: Path) -> None:
        dags = folder / "dags"
        dags.mkdir(parents=True)
        (folder / "dataops").mkdir()
        self._at = local_settings(folder)
        stores.migrate(self._at)
        self._levels, self._store = stores.service_levels(self._at), stores.store(self._at)
        self._alerts, self._faults = stores.alerts(self._at), stores.faults(self._at)
        self._compose = partial(
            compose_message,
            levels=self._levels,
            store=self._store,
            timetable=clocks.timetable(),
            fill=fill,
        )
        plan = Plan(end=FIRST + DAY, due=FIRST + DAY + DUE)
        self._products = write_products(dags, plan)
        for product in self._products:
            definition = read_definition(dags / product / f"{product}.dag.yaml")
            self._levels.declare(declared(definition, since=FIRST)[0])
        self._version = 0

    def play(self, progress: Callable[[int], None] = lambda _: None, *, days: int = DAYS) -> Quiet:
        """Let good days pass, and one on which a product isn't delivered.

        Args:
            progress: Told how many days have passed.
            days: How many are good.
        """
        told = 0
        self._evaluate(FIRST)
        for day in range(days):
            told += len(self._day(day, self._products))
            progress(day + 1)
        incidents = len(self._alerts.incidents())
        missed = sum(one.event is Event.TRIGGER for one in self._day(days, self._products[1:]))
        return Quiet(
            days=days, evaluations=days * len(HOURS) + 1, told=told, incidents=incidents, missed=missed
        )

    def _day(self, day: int, products: tuple[str, ...]) -> list[Notification]:
        """Return what the evaluations of a day decided to tell."""
        ends = FIRST + (day + 1) * DAY
        before = [hours for hours in HOURS if hours < DELIVERED]
        told = [self._evaluate(ends + hours * HOUR) for hours in before]
        self._deliver(day, products)
        told += [self._evaluate(ends + hours * HOUR) for hours in HOURS[len(before) :]]
        return [one for routed in told for one in routed.notifications]

    def _evaluate(self, now: datetime) -> Routed:
        clock, levels, store = FrozenClock(now), self._levels, self._store
        evaluate_slos(levels=levels, timetable=clocks.timetable(), store=store, clock=clock)
        route = partial(route_alerts, levels=levels, faults=self._faults, alerts=self._alerts, store=store)
        return route(rules=USUAL, clock=clock, compose=self._compose)

    def _deliver(self, day: int, products: tuple[str, ...]) -> None:
        """Write what runs leave in the store that end well; some have a second try, some have bad rows."""
        start = FIRST + day * DAY
        at = start + DAY + DELIVERED * HOUR
        facts: list[Fact] = []
        for place, product in enumerate(products):
            self._version += 1
            bad = 3 if (day + place) % 7 == 0 else 0
            facts += _facts(product, start, at, version=self._version, bad=bad)
        self._store.record(*facts)
        self._levels.ran(
            *(
                _outcome(product, start, at, again=(day + place) % 10 == 0)
                for place, product in enumerate(products)
            )
        )


def _facts(product: str, start: datetime, at: datetime, *, version: int, bad: int) -> list[Fact]:
    day = f"{start:%Y-%m-%d}"
    batch = Batch(team="shop", product=product, dataset=product, partition=day)
    contract, run_id = f"{product}@1.0.0", f"run {day}"
    verdicts = [
        Verification(
            batch=batch,
            stage=stage,
            run_id=run_id,
            contract=contract,
            at=at,
            rows=rows,
            good=ROWS - bad,
            bad=rows - ROWS + bad,
            unparsable=0,
            outcomes=(),
        )
        for stage, rows in ((Stage.VERIFY, ROWS), (Stage.AUDIT, ROWS - bad))
    ]
    published = Publication(
        batch=batch,
        version=version,
        content=f"v{version}",
        rows=ROWS - bad,
        target="lake",
        contract=contract,
        manifest="",
        run_id=run_id,
        at=at,
    )
    seen = Observation(
        batch=batch,
        subject=f"v{version}",
        sli=Sli.FRESHNESS,
        good=None,
        total=None,
        value=None,
        end=None,
        at=at,
    )
    return [*verdicts, published, seen]


def _outcome(product: str, start: datetime, at: datetime, *, again: bool) -> RunOutcome:
    day = f"{start:%Y-%m-%d}"
    return RunOutcome(
        team="shop",
        dag_id=product,
        run_id=f"run {day}",
        partition=day,
        start=start,
        end=start + DAY,
        began=at - HOUR,
        ended=at,
        first=Outcome.FAILED if again else Outcome.SUCCESS,
        final=Outcome.SUCCESS,
        tries=2 if again else 1,
    )
