"""What a person does in Airflow, by its REST API: lets DAGs run, starts one, looks how runs are."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow_dataops.cli.local.api import AnsweredError
from airflow_dataops.errors import BrokenWorldError

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.cli.local.standalone import StandaloneAirflow

POLL_SECONDS = 1.0

LIMIT_SECONDS = 400
"""How long one thing may take; a slow machine takes a fifth of it."""

SERVERS_FAULT = 500


class Person:
    """Somebody who works with an Airflow.

    Args:
        airflow: The Airflow, while it runs.
    """

    def __init__(self, airflow: StandaloneAirflow) -> None:
        self._airflow = airflow

    def wait(self, done: Callable[[], bool], *, what: str, seconds: float = 0) -> None:
        """Wait until something is done.

        Args:
            done: Tells whether it is.
            what: It in words.
            seconds: How long it takes at least, besides what a busy machine may need.

        Raises:
            BrokenWorldError: A component of Airflow has ended, or it takes too long.
        """
        limit = LIMIT_SECONDS + max(seconds, 0)
        deadline = time.monotonic() + limit
        while not done():
            self._airflow.check()
            if time.monotonic() > deadline:
                raise BrokenWorldError(
                    f"{what} did not happen within {limit:.0f} s", hint=f"See {self._airflow.logs}"
                )
            time.sleep(POLL_SECONDS)

    def let_run(self, dag_id: str) -> None:
        """Let a DAG run that is paused."""
        self._ask("PATCH", f"/api/v2/dags/{quote(dag_id)}", {"is_paused": False})

    def pause(self, dag_id: str) -> None:
        """Let a DAG begin no run any more."""
        self._ask("PATCH", f"/api/v2/dags/{quote(dag_id)}", {"is_paused": True})

    def connect(self, connection: dict[str, object]) -> None:
        """Have Airflow keep a connection."""
        self._ask("POST", "/api/v2/connections", connection)

    def clear(self, dag_id: str, partition: str) -> None:
        """Clear a day's run, so that it runs again from its first task.

        Raises:
            BrokenWorldError: There is no such run.
        """
        run_id = self._run_of(dag_id, partition)
        if not run_id:
            raise BrokenWorldError(f"{dag_id} has no run of {partition}", hint=f"See {self._airflow.logs}")
        path = f"/api/v2/dags/{quote(dag_id)}/dagRuns/{quote(run_id, safe='')}/clear"
        self._ask("POST", path, {"dry_run": False, "only_failed": False})

    def tasks(self, dag_id: str, partition: str) -> dict[str, str]:
        """Return the state of each task of a day's run; nothing where there is no run yet."""
        run_id = self._run_of(dag_id, partition)
        if not run_id:
            return {}
        path = f"/api/v2/dags/{quote(dag_id)}/dagRuns/{quote(run_id, safe='')}/taskInstances"
        found = self._ask("GET", path)["task_instances"]
        return {one["task_id"]: one["state"] or "" for one in found}

    def run(self, dag_id: str, run_id: str) -> None:
        """Start a DAG, and wait until its run has ended well.

        Raises:
            BrokenWorldError: It ended otherwise, or takes too long.
        """
        path = f"/api/v2/dags/{quote(dag_id)}/dagRuns"
        self._ask("POST", path, {"dag_run_id": run_id, "logical_date": None})
        states: list[str] = []

        def ended() -> bool:
            states.append(self._ask("GET", f"{path}/{quote(run_id)}")["state"])
            return states[-1] in {"success", "failed"}

        self.wait(ended, what=f"the end of {dag_id} {run_id}")
        if states[-1] != "success":
            raise BrokenWorldError(f"the run {run_id} of {dag_id} failed", hint=f"See {self._airflow.logs}")

    def _run_of(self, dag_id: str, partition: str) -> str:
        """Return the id of a day's run; nothing where there is none yet."""
        runs = self._ask("GET", f"/api/v2/dags/{quote(dag_id)}/dagRuns?limit=100")["dag_runs"]
        found = (run["dag_run_id"] for run in runs if str(run["data_interval_start"])[:10] == partition)
        return str(next(found, ""))

    def _ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - it is JSON
        """Ask, once more where the server failed: its SQLite may have been locked."""
        deadline = time.monotonic() + LIMIT_SECONDS
        while True:
            try:
                return self._airflow.request(method, path, body)
            except AnsweredError as error:
                if error.status < SERVERS_FAULT or time.monotonic() > deadline:
                    raise
            time.sleep(POLL_SECONDS)
