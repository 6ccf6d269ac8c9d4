"""Plays the drills on a real Airflow, which tells a webhook of ours and a real Alertmanager."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from airflow_dataops.cli.demo.alerts.drills import DRILLS, READERS
from airflow_dataops.cli.demo.alerts.heard import Look
from airflow_dataops.cli.demo.alerts.products import BAD_ROWS, Plan, write_products
from airflow_dataops.cli.demo.alerts.verdict import Times, findings
from airflow_dataops.cli.demo.levels.person import Person
from airflow_dataops.cli.demo.levels.products import MONITOR, blocked_place, drop
from airflow_dataops.core.alerts.matcher import Matcher, Operator
from airflow_dataops.core.alerts.silence import Silence
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.slo.run import Outcome
from airflow_dataops.usecases.alerts.silence_alerts import silence_alerts
from airflow_dataops.wiring import clocks, stores
from airflow_dataops.wiring.settings import local_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.cli.demo.alerts.verdict import Finding
    from airflow_dataops.cli.local.standalone import StandaloneAirflow
    from airflow_dataops.cli.screen import Screen
    from airflow_dataops.testing.alertmanager import Alertmanager
    from airflow_dataops.testing.http_receiver import HttpReceiver

ENVIRONMENT = {
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "60",
}
"""A new DAG is paused until somebody lets it run, as Airflow has it by default; nobody edits one."""

LEAST_PATIENCE = timedelta(seconds=75)
"""How long it takes until days are due that have just begun to be watched; on a slow machine it is longer."""

STARTS = 5
"""How many times as long as Airflow's start, at least."""

SETTLED_SECONDS = 2.5
"""How long Alertmanager is listened to after an evaluation: ten times as long as it waits for more alerts."""

KEY = "a-key-of-the-demo"
"""What our webhook's requests are signed with, on this machine alone."""

WHO = "the demo"


class Replay:
    """The drills.

    Args:
        airflow: An Airflow that runs, with an empty folder of DAGs and with `ENVIRONMENT`.
        alertmanager: An Alertmanager that runs and tells `theirs`.
        ours: Our own webhook.
        theirs: Alertmanager's webhook.
        screen: Told what is done.
    """

    def __init__(
        self,
        airflow: StandaloneAirflow,
        alertmanager: Alertmanager,
        *,
        ours: HttpReceiver,
        theirs: HttpReceiver,
        screen: Screen,
    ) -> None:
        self._airflow = airflow
        self._alertmanager = alertmanager
        self._receivers = (ours, theirs)
        self._screen = screen
        self._dags = airflow.dags_folder
        self._person = Person(airflow)
        at = local_settings(airflow.home)
        self._levels, self._store, self._alerts = (
            stores.service_levels(at),
            stores.store(at),
            stores.alerts(at),
        )
        self._began = datetime.now(UTC)
        self._looks: list[Look] = []
        self._wrong: dict[str, datetime] = {}

    def play(self, *, started: timedelta, meanwhile: Callable[[], None]) -> tuple[Finding, ...]:
        """Return what was heard of each drill.

        Args:
            started: How long Airflow took to start: a slow machine gets more time.
            meanwhile: Done while all wait for days to be due.

        Raises:
            BrokenWorldError: If a component of Airflow ended, or something takes too long.
        """
        with self._screen.step("Wrote nine products, and let all run but `paused`; silenced `serviced`"):
            plan = self._begin(max(LEAST_PATIENCE, STARTS * started))
        self._look("by a run of the DAG of the template slo_monitor@1: nothing is wrong yet")
        with self._screen.step("Brought two bad files, and a folder in place of a file: three runs failed"):
            self._break(plan)
        self._look("again: bad files and failed runs")
        with self._screen.step("Brought a bad file upstream of three products, and paused that DAG, too"):
            drop(self._dags, "orders", plan.partition, bad=BAD_ROWS)
            self._wrong["orders"] = min(plan.due, self._failed("orders"))
            self._person.pause("orders")
        meanwhile()
        with self._screen.step(f"Waited until days were due, at {plan.due:%H:%M:%S} UTC"):
            left = (plan.due - datetime.now(UTC)).total_seconds()
            self._wait(lambda: datetime.now(UTC) > plan.due, f"{plan.due:%H:%M:%S}, when days are due", left)
        self._wrong |= {"paused": plan.due, "late": plan.due}
        self._look("again: what is late, and what all of that makes late")
        with self._screen.step("Brought good files, let DAGs run, and cleared runs, as people do"):
            mended = self._mend(plan)
        self._look("again: all is well, which nobody hears before it has lasted")
        self._look("once more: it has lasted, so all is over")
        self._look("a last time: nothing is new")
        times = {product: Times(wrong=at, mended=mended[product]) for product, at in self._wrong.items()}
        return findings(DRILLS, looks=self._looks, times=times, incidents=self._alerts.incidents())

    def _begin(self, patience: timedelta) -> Plan:
        self._connect()
        plan = Plan.of(datetime.now(UTC), patience=patience)
        self._screen.detail(
            f"their day ended at {plan.end:%H:%M}, and critical ones are due at {plan.due:%X}"
        )
        products = write_products(self._dags, plan)
        for product in READERS:
            drop(self._dags, product, plan.partition)
        self._silence("serviced")
        for dag_id in (*products, MONITOR):
            self._airflow.wait_for_dag(dag_id, timeout=240)
            self._screen.detail(f"Airflow knows the DAG {dag_id}")
            if dag_id != "paused":
                self._person.let_run(dag_id)
        self._wait(
            lambda: {one.product for one in self._levels.declared()} >= {*products}, "their declarations"
        )
        late = max(one.since for one in self._levels.declared())
        self._screen.detail(f"the last of them is declared since {late:%X}")
        return plan

    def _break(self, plan: Plan) -> None:
        broken = ("bad", "serviced", "retried")
        for product in broken[:2]:
            drop(self._dags, product, plan.partition, bad=BAD_ROWS)
        blocked_place(self._dags, "retried", plan.partition).mkdir()
        for product in broken:
            self._wrong[product] = self._failed(product)

    def _connect(self) -> None:
        ours, _ = self._receivers
        for conn_id, more in (
            ("demo_webhook", {"host": ours.url, "password": KEY}),
            (
                "demo_alertmanager",
                {"schema": "http", "host": "127.0.0.1", "port": self._alertmanager.port},
            ),
        ):
            self._person.connect({"connection_id": conn_id, "conn_type": "generic", **more})

    def _silence(self, product: str) -> None:
        """Let nobody be told of a product for an hour: neither by us, nor by Alertmanager."""
        now = datetime.now(UTC)
        end = now + timedelta(hours=1)
        silence_alerts(
            Silence(
                matchers=(Matcher("product", Operator.EQUAL, product),),
                start=now,
                end=end,
                who=WHO,
                why="maintenance",
            ),
            silences=self._alerts,
            clock=clocks.clock(),
        )
        self._alertmanager.ask(
            "/silences",
            {
                "matchers": [{"name": "product", "value": product, "isRegex": False, "isEqual": True}],
                "startsAt": now.isoformat(),
                "endsAt": end.isoformat(),
                "createdBy": WHO,
                "comment": "maintenance",
            },
        )

    def _look(self, what: str) -> None:
        number = len(self._looks) + 1
        before = [len(one.received) for one in self._receivers]
        with self._screen.step(f"Evaluated, {what}"):
            began = datetime.now(UTC)
            self._person.run(MONITOR, f"look-{number}")
            ended = datetime.now(UTC)
            time.sleep(SETTLED_SECONDS)
        ours, theirs = (
            tuple(one.received[count:]) for one, count in zip(self._receivers, before, strict=True)
        )
        self._looks.append(Look(number=number, began=began, ended=ended, ours=ours, theirs=theirs))
        self._screen.detail(f"our webhook was told {len(ours)} times, Alertmanager's {len(theirs)} times")

    def _mend(self, plan: Plan) -> dict[str, datetime]:
        """Let everything be delivered; return when it was."""
        day = plan.partition
        blocked_place(self._dags, "retried", day).rmdir()
        for drill in DRILLS:
            drop(self._dags, drill.product, day)
        for product in ("paused", "orders"):
            self._person.let_run(product)
        for product in ("bad", "serviced", "retried", "orders"):
            self._person.clear(product, day)
        return {product: self._delivered(product) for product in (*self._wrong, *READERS)}

    def _failed(self, product: str) -> datetime:
        """Wait until it is known that a run has failed; return when it did."""
        return self._ended(product, Outcome.FAILED)

    def _delivered(self, product: str) -> datetime:
        """Wait until a product is published, and its run has ended well; return when that was."""
        ended = self._ended(product, Outcome.SUCCESS)
        published = self._store.facts(Publication, product=product)
        return max(one.at for one in published) if published else ended

    def _ended(self, product: str, outcome: Outcome) -> datetime:
        found: list[datetime] = []

        def ended() -> bool:
            runs = self._levels.runs(since=self._began, dag_id=product)
            found.extend(one.ended for one in runs if one.final is outcome)
            return bool(found)

        self._wait(ended, f"a run of `{product}` to end in {outcome}")
        return found[-1]

    def _wait(self, done: Callable[[], bool], what: str, seconds: float = 0) -> None:
        self._screen.detail(f"waiting for {what}")
        self._person.wait(done, what=what, seconds=seconds)
