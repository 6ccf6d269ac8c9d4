"""What tests of operators have in common: a DAG around a task, what it said, what the store knows."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from airflow_dataops.core.verification import Verification
from airflow_dataops.store.sql import SqlStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from airflow.models.dagrun import DagRun

NUMBERS = itertools.count(1)
START = datetime(2026, 3, 1, tzinfo=UTC)
LOGICAL = datetime(2026, 3, 2, tzinfo=UTC)
"""A manual run's interval ends at its logical date: this is the run of 1 March."""


@dataclass(frozen=True)
class Ended:
    """A DAG run that has ended."""

    run: DagRun
    lines: list[str]
    verdicts: tuple[Verification, ...]

    def state(self, task_id: str = "verify") -> str:
        """What became of a task."""
        return str(self.run.get_task_instance(task_id).state)

    def returned(self, task_id: str = "verify") -> Any:
        """What a task handed on."""
        return self.run.get_task_instance(task_id).xcom_pull(task_ids=task_id)

    def statuses(self, *wanted: str) -> dict[str, str]:
        """Id of each rule that has one of the statuses -> the status, of the newest verdict."""
        return {o.rule: o.status.value for o in self.verdicts[-1].outcomes if o.status in wanted}


@dataclass
class Failures:
    """The lines by which tasks failed."""

    lines: list[str] = field(default_factory=list)


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> Failures:
    """Listen to the one place where an error of ours becomes one of Airflow's."""
    from airflow_dataops.bridge import failure

    inner, heard = failure.failing_as_airflow, Failures()

    @contextmanager
    def listening() -> Iterator[None]:
        try:
            with inner():
                yield
        except Exception as error:
            heard.lines.append(str(error))
            raise

    monkeypatch.setattr("airflow_dataops.bridge.failure.failing_as_airflow", listening)
    monkeypatch.setattr("airflow_dataops.operators.stage.failing_as_airflow", listening)
    return heard


@pytest.fixture
def in_dag(deployment: Path, run_dag: Callable[..., DagRun], failures: Failures) -> Callable[..., Ended]:
    """Run what a function wires in a DAG of its own, whose intervals are days, and return how it ended."""
    from airflow.sdk import DAG, CronDataIntervalTimetable

    def run(
        wire: Callable[[], object], *, logical_date: datetime | None = LOGICAL, daily: bool = True
    ) -> Ended:
        with DAG(
            dag_id=f"own{next(NUMBERS)}",
            schedule=CronDataIntervalTimetable("@daily", timezone="UTC") if daily else None,
            start_date=START,
            catchup=False,
        ) as dag:
            wire()
        failures.lines.clear()
        done = run_dag(dag, logical_date=logical_date)
        store = SqlStore(f"sqlite:///{deployment}/store.db")
        return Ended(done, list(failures.lines), store.facts(Verification))

    return run
