"""Sensors on a real Airflow: they hold no worker while they wait, and go on when it is over."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.cli.local.standalone import StandaloneAirflow

pytestmark = pytest.mark.e2e

WAITING = Path(__file__).with_name("waiting")
SECONDS = 400


def until(done: Callable[[], Any], *, what: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + SECONDS
    while not done():
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not happen in {SECONDS} s")
        time.sleep(1)


def states(airflow: StandaloneAirflow) -> dict[str, str]:
    """Return the state of each task of the one run."""
    for run in airflow.api.dag_runs("waiting"):
        path = f"/api/v2/dags/waiting/dagRuns/{run['dag_run_id']}/taskInstances"
        found = airflow.api.request("GET", path.replace("+", "%2B"))["task_instances"]
        return {task["task_id"]: task["state"] for task in found}
    return {}


def test_sensors_wait_in_the_triggerer(airflow) -> None:
    """Both are deferred; a row too few is not enough; then the rows are judged, and the verdict is found."""
    folder = airflow.dags_folder / "waiting"
    shutil.copytree(WAITING, folder)
    airflow.api.wait_for_dag("waiting")
    until(
        lambda: {"rows": "deferred", "verdict": "deferred"}.items() <= states(airflow).items(),
        what="the wait of both sensors",
    )

    partial = folder / "partial"
    partial.write_text("id\n1\n2\n")
    partial.rename(folder / "waited-2026-03-01.csv")
    time.sleep(12)
    assert "deferred" == states(airflow)["verdict"]
    partial.write_text("id\n1\n2\n3\n")
    partial.rename(folder / "waited-2026-03-01.csv")

    until(lambda: {"success"} == set(states(airflow).values()), what="the end of the wait")
