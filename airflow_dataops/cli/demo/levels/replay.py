"""Plays on a real Airflow what happens to the products, up to the last word of the monitor."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airflow_dataops.cli.demo.levels.cases import CASES
from airflow_dataops.cli.demo.levels.person import Person
from airflow_dataops.cli.demo.levels.products import (
    BAD_ROWS,
    MONITOR,
    Days,
    blocked_place,
    drop,
    write_products,
)
from airflow_dataops.core.slo.run import Outcome
from airflow_dataops.wiring import stores
from airflow_dataops.wiring.settings import local_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflow_dataops.cli.local.standalone import StandaloneAirflow
    from airflow_dataops.cli.screen import Screen
    from airflow_dataops.core.slo.standing import Standing
    from airflow_dataops.usecases.ports.service_levels import ServiceLevels

    Stood = Mapping[tuple[str, str], Standing]

ENVIRONMENT = {
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "60",
}
"""A new DAG is paused until somebody lets it run, as Airflow has it by default; nobody edits one."""

RUN = ("late", "bad", "retried")
"""Products whose DAGs somebody lets run: all but one."""


class Replay:
    """What happens to the products.

    Args:
        airflow: An Airflow that runs, with an empty folder of DAGs and with `ENVIRONMENT`.
        screen: Told what is done.
    """

    def __init__(self, airflow: StandaloneAirflow, screen: Screen) -> None:
        self._dags = airflow.dags_folder
        self._airflow = airflow
        self._person = Person(airflow)
        self._screen = screen
        self._days = Days(datetime.now(UTC))
        self.levels: ServiceLevels = stores.service_levels(local_settings(airflow.home))

    def play(self) -> tuple[Stood, Stood]:
        """Return how objectives stood when the monitor looked first, and in the end, by product and name.

        Raises:
            BrokenWorldError: If a component of Airflow ended, or something takes too long.
        """
        with self._screen.step(
            "Wrote four products whose days have just ended, and let all run but `paused`"
        ):
            self._begin()
        with self._screen.step("Waited until their days were due: one file is late, one holds bad rows"):
            self._first_days()
        with self._screen.step("Evaluated, by a run of the DAG of the template slo_monitor@1"):
            first = self._look("first-look")
        with self._screen.step("Brought the late file, and a good one for the product whose budget is spent"):
            self._mend()
        with self._screen.step("Evaluated again"):
            return first, self._look("last-look")

    def _begin(self) -> None:
        self._days = Days.until(datetime.now(UTC))
        self._screen.detail(
            f"their newest day ended at {self._days.end:%H:%M}, due at {self._days.due:%H:%M}"
        )
        write_products(self._dags, self._days)
        blocked_place(self._dags, "retried", self._days.partition()).mkdir()
        drop(self._dags, "bad", self._days.partition(1), bad=BAD_ROWS)
        for case in CASES:
            self._airflow.wait_for_dag(case.product, timeout=240)
            self._screen.detail(f"Airflow knows the DAG {case.product}")
        self._airflow.wait_for_dag(MONITOR, timeout=240)
        for dag_id in RUN:
            self._person.let_run(dag_id)

    def _first_days(self) -> None:
        today, before = self._days.partition(), self._days.partition(1)
        self._wait(
            lambda: self._state("retried", today, "land") == "up_for_retry", "the first try of `retried`"
        )
        place = blocked_place(self._dags, "retried", today)
        place.rmdir()
        drop(self._dags, "retried", today)
        self._wait(
            lambda: self._state("late", today, "land") == "deferred", "the wait of `late` for its file"
        )
        self._wait(lambda: self._state("bad", before, "announce") == "success", "a publication of `bad`")
        self._wait(self._retried, "the second try of `retried`")
        self._wait(
            lambda: datetime.now(UTC) > self._days.due, f"{self._days.due:%H:%M}, when their days are due"
        )
        self._wait(self._declared, "the declaration of all products")

    def _mend(self) -> None:
        today = self._days.partition()
        drop(self._dags, "late", today)
        drop(self._dags, "bad", today)
        self._wait(lambda: self._state("late", today, "announce") == "success", "the publication of `late`")
        self._wait(
            lambda: self._state("bad", today, "publish") == "failed", "the block of a publication of `bad`"
        )

    def _look(self, run_id: str) -> Stood:
        # Not before: its schedule must not come between the rows of `bad` and their publication.
        self._person.let_run(MONITOR)
        self._person.run(MONITOR, run_id)
        return {(product, slo): kept.standing for (_, product, slo), kept in self.levels.stood().items()}

    def _state(self, dag_id: str, partition: str, task: str) -> str:
        return self._person.tasks(dag_id, partition).get(task, "")

    def _retried(self) -> bool:
        """Say whether it is known that the run of `retried` came to a good end."""
        runs = self.levels.runs(since=self._days.end, dag_id="retried")
        return any(run.final is Outcome.SUCCESS for run in runs)

    def _declared(self) -> bool:
        known = {each.product for each in self.levels.declared()}
        return known >= {case.product for case in CASES}

    def _wait(self, done: Callable[[], bool], what: str) -> None:
        self._screen.detail(f"waiting for {what}")
        self._person.wait(done, what=what)
