"""A partner's drop that comes late, and a scan of what became of it, on a real Airflow."""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest

from airflow_dataops.core.landing import Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.verification import Verification
from airflow_dataops.documents.templates.shelf import ours
from airflow_dataops.store.sql import SqlStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.cli.local.standalone import StandaloneAirflow

pytestmark = pytest.mark.e2e

SECONDS = 400
SCAN = """\
template: contract_scan@1
contract: ../prices_north/prices.odcs.yaml
schedule: "@daily"
start_date: 2026-03-01
end_date: 2026-03-01
catchup: true
params: {product: prices_north, fail_on: never}
"""


def until(done: Callable[[], Any], *, what: str) -> Any:
    """Return what a question comes to once it is answered with something."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found := done():
            return found
        time.sleep(1)
    pytest.fail(f"{what} did not happen in {SECONDS} s")


def tasks(airflow: StandaloneAirflow, dag_id: str, day: str) -> dict[str, str]:
    """Return the state of each task of a day's run; none before there is one."""
    for run in airflow.api.dag_runs(dag_id):
        if run["logical_date"].startswith(day):
            path = f"/api/v2/dags/{dag_id}/dagRuns/{run['dag_run_id']}/taskInstances"
            found = airflow.api.request("GET", path.replace("+", "%2B"))["task_instances"]
            return {task["task_id"]: task["state"] for task in found}
    return {}


def test_a_late_drop_is_waited_for_reported_and_scanned(airflow) -> None:
    """No worker waits for it; its partner is told; the scan finds the table, and judges all days at once."""
    north = airflow.dags_folder / "prices_north"
    shutil.copytree(ours() / "partner" / "prices_north", north)
    pipeline = north / "prices_north.dag.yaml"
    text = pipeline.read_text().replace("end_date: 2026-03-03", "end_date: 2026-03-02")
    pipeline.write_text(text.replace("poke_interval: 30s", "poke_interval: 1s"))
    late = north / "drops" / "north-2026-03-02.csv"
    late.rename(north / "late.csv")
    airflow.api.wait_for_dag("prices_north")

    until(
        lambda: tasks(airflow, "prices_north", "2026-03-02").get("land") == "deferred",
        what="the wait for the drop",
    )
    until(
        lambda: set(tasks(airflow, "prices_north", "2026-03-01").values()) == {"success"},
        what="the end of the first day",
    )
    (north / "late.csv").rename(late)
    until(
        lambda: set(tasks(airflow, "prices_north", "2026-03-02").values()) == {"success"},
        what="the end of the day whose drop came late",
    )

    store = SqlStore(f"sqlite:///{airflow.home}/dataops/store.db")
    told = json.loads((north / "reports" / "north" / "prices_north-2026-03-02.json").read_text())
    (landing,) = store.facts(Landing, product="prices_north", partition="2026-03-02")
    assert (landing.landed_at.isoformat(), "accepted", 12, 5) == (
        told["arrived_at"],
        told["reply"],
        told["rows"],
        told["bad_rows"],
    )
    assert "2026-03-03T06:00:00+00:00" == told["due_at"]

    scan = airflow.dags_folder / "prices_scan"
    scan.mkdir()
    (scan / "prices_scan.dag.yaml").write_text(SCAN)
    shutil.copy(ours() / "contract_scan" / "orders_scan" / "dag.py", scan)
    airflow.api.wait_for_dag("prices_scan")
    until(
        lambda: tasks(airflow, "prices_scan", "2026-03-01") == {"scan": "success"}, what="the end of the scan"
    )
    (verdict,) = store.facts(Verification, product="prices_scan")
    assert (Stage.CHECK, 19, 14) == (verdict.stage, verdict.rows, verdict.bad)
