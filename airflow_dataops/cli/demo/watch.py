"""The runs of one DAG, day by day, as Airflow's REST API tells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from airflow_dataops.cli.local.standalone import StandaloneAirflow

ENDED = frozenset({"success", "failed"})
"""States of a run that has ended."""

PASSED = frozenset({"success"})
STOPPED = frozenset({"failed", "skipped"})
"""States of a task after which the tasks behind it don't run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRun:
    """One run of a daily DAG.

    Args:
        partition: The day whose data it takes.
        run_id: Airflow's id of it.
        state: Airflow's state of it.
        tasks: Task id -> Airflow's state of it; empty while it is queued.
    """

    partition: str
    run_id: str
    state: str
    tasks: dict[str, str]

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED

    @property
    def stopped(self) -> str:
        """The task that failed, or that skipped the rest; empty when there is none."""
        return next((task for task, state in self.tasks.items() if state in STOPPED), "")

    @property
    def current(self) -> str:
        """The first task that hasn't passed, or empty."""
        return next((task for task, state in self.tasks.items() if state not in PASSED), "")


class RunWatch:
    """Asks again and again for the runs of a daily DAG.

    Args:
        airflow: The Airflow that runs it.
        dag_id: Which DAG.
        stages: Its tasks, in their order.
    """

    def __init__(self, airflow: StandaloneAirflow, dag_id: str, *, stages: tuple[str, ...]) -> None:
        self._airflow = airflow
        self._dag_id = dag_id
        self._stages = stages
        self._ended: dict[str, DayRun] = {}

    def poll(self) -> tuple[DayRun, ...]:
        """Return every run, the oldest first.

        Raises:
            BrokenWorldError: The API server can't be reached, or a component of Airflow has ended.
        """
        self._airflow.check()
        return tuple(self._day(run) for run in self._airflow.dag_runs(self._dag_id))

    def _day(self, run: dict[str, Any]) -> DayRun:
        run_id = run["dag_run_id"]
        if run_id in self._ended:
            return self._ended[run_id]
        day = DayRun(
            partition=str(run["data_interval_start"])[:10],
            run_id=run_id,
            state=run["state"],
            tasks={} if run["state"] == "queued" else self._tasks(run_id),
        )
        if day.ended:
            self._ended[run_id] = day
        return day

    def _tasks(self, run_id: str) -> dict[str, str]:
        path = f"/api/v2/dags/{quote(self._dag_id, safe='')}/dagRuns/{quote(run_id, safe='')}/taskInstances"
        found = self._airflow.request("GET", f"{path}?limit=100")["task_instances"]
        states = {task["task_id"]: task["state"] or "waiting" for task in found}
        return {stage: states[stage] for stage in self._stages if stage in states}
