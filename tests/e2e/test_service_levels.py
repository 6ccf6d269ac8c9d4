"""Service levels on a real Airflow: a budget that is spent acts, people have the last word, it is over."""

from __future__ import annotations

import json
import shutil
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from airflow_dataops.cli.local.api import AnsweredError
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.sql import SqlStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.cli.local.standalone import StandaloneAirflow

pytestmark = pytest.mark.e2e

LEVELS = Path(__file__).with_name("levels")
SECONDS = 400
EVER = datetime(2000, 1, 1, tzinfo=UTC)
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
FIRST, SECOND = (f"{TODAY - timedelta(days=days):%Y-%m-%d}" for days in (2, 1))
LOAD = """# An Airflow DAG: the pipeline file holds the pipeline.
from airflow_dataops.factory.dags import load_dag

dag = load_dag(__file__)
"""
PIPELINE = f"""\
template: batch@2
schedule: "@daily"
start_date: {FIRST}
end_date: {SECOND}
catchup: true
max_active_runs: 1
retries: 1
retry_delay: 1s
source:
  folder: drops
  path: gated-{{partition}}.csv
  on_missing: wait
  wait: {{timeout: 1h, poke_interval: 1s}}
params: {{max_quarantined: 60%}}
policy:
  - {{do: require_approval, below: 50%}}
  - {{do: pause, below: 50%}}
  - {{do: shrink_pool, below: 50%, pool: gated, slots: 1}}
"""
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: gated
version: 1.0.0
status: active
schema:
  - name: gated
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
slaProperties:
  - {id: right, property: errorRate, value: 10, unit: percent}
"""
MONITOR = f"""\
template: slo_monitor@1
schedule: "@yearly"
start_date: {SECOND}
params: {{products: [gated]}}
"""


def until(done: Callable[[], Any], *, what: str) -> Any:
    """Return what a question comes to once it is answered with something."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found := done():
            return found
        time.sleep(1)
    pytest.fail(f"{what} did not happen in {SECONDS} s")


def request(airflow: StandaloneAirflow, method: str, path: str, body: object = None) -> Any:
    """Send a request, again where Airflow's SQLite was locked."""

    def sent() -> list[Any]:
        try:
            return [airflow.request(method, path, body)]
        except AnsweredError as error:
            if error.status < 500:
                raise
            return []

    return until(sent, what=f"the answer to {method} {path}")[0]


def product(folder: Path, name: str, **files: str) -> None:
    """Write a product, its DAG file last."""
    home = folder / name
    (home / "drops").mkdir(parents=True)
    for kind, text in files.items():
        (home / f"{name}.{kind}.yaml").write_text(text)
    (home / "dag.py").write_text(LOAD)


def drop(airflow: StandaloneAirflow, day: str, *ids: object) -> None:
    """Leave a drop of a day."""
    folder = airflow.dags_folder / "gated" / "drops"
    partial = folder / "partial"
    partial.write_text("\n".join(("id,x", *(f"{one},1" for one in ids), "")))
    partial.rename(folder / f"gated-{day}.csv")


def states(airflow: StandaloneAirflow, dag_id: str, at: int = 0) -> dict[str, str]:
    """Return the state of each task of a run, by its place in time."""
    runs = airflow.dag_runs(dag_id)
    if len(runs) <= at:
        return {}
    path = f"/api/v2/dags/{dag_id}/dagRuns/{quote(runs[at]['dag_run_id'], safe='')}/taskInstances"
    return {one["task_id"]: one["state"] for one in request(airflow, "GET", path)["task_instances"]}


def evaluated(airflow: StandaloneAirflow, run_id: str) -> dict[str, Any]:
    """Run the monitor once, and return what it came to."""
    body = {"dag_run_id": run_id, "logical_date": None}
    request(airflow, "POST", "/api/v2/dags/monitor/dagRuns", body)
    path = f"/api/v2/dags/monitor/dagRuns/{run_id}"
    state = until(
        lambda: (found := request(airflow, "GET", path)["state"]) in {"success", "failed"} and found,
        what=f"the end of {run_id}",
    )
    assert "success" == state
    value = request(airflow, "GET", f"{path}/taskInstances/evaluate/xcomEntries/return_value")["value"]
    return json.loads(value) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def stopped(airflow: StandaloneAirflow) -> StandaloneAirflow:
    """The Airflow, after half of the rows of a first day were bad and the monitor has looked at it."""
    for name, body in (
        (
            "connections",
            {
                "connection_id": "dataops_airflow",
                "conn_type": "http",
                "host": airflow.url,
                "login": airflow.username,
                "password": airflow.password,
            },
        ),
        ("pools", {"name": "gated", "slots": 5}),
    ):
        request(airflow, "POST", f"/api/v2/{name}", body)
    product(airflow.dags_folder, "gated", dag=PIPELINE, odcs=CONTRACT)
    product(airflow.dags_folder, "monitor", dag=MONITOR)
    shutil.copytree(LEVELS / "waits", airflow.dags_folder / "waits")
    drop(airflow, FIRST, 1, 2, "", "x")
    for dag_id in ("gated", "monitor", "waits"):
        airflow.api.wait_for_dag(dag_id)
    until(lambda: states(airflow, "gated").get("announce") == "success", what="the first publication")
    levels = SqlServiceLevels(f"sqlite:///{airflow.home}/dataops/store.db")
    until(lambda: levels.declared(product="gated"), what="the declaration of a product")
    return airflow


def test_a_budget_acts_and_people_have_the_last_word(stopped: StandaloneAirflow) -> None:
    """From the first bad rows to the day on which all is as it was."""
    airflow = stopped
    store = SqlStore(f"sqlite:///{airflow.home}/dataops/store.db")

    def slots() -> int:
        return request(airflow, "GET", "/api/v2/pools/gated")["slots"]

    def paused() -> bool:
        return request(airflow, "GET", "/api/v2/dags/gated")["is_paused"]

    came = evaluated(airflow, "first")
    assert {"objectives": 1, "exhausted": 1, "spent": ["gated/right"], "failed": []}.items() <= came.items()
    assert ["pause gated", "require_approval gated", "shrink_pool gated=1"] == sorted(came["enforced"])
    assert (True, 1) == (paused(), slots())

    request(airflow, "POST", "/api/v2/dags/waits/dagRuns", {"dag_run_id": "w", "logical_date": None})
    until(
        lambda: {"require_budget_of_gated": "skipped", "ready": "deferred"} == states(airflow, "waits"),
        what="the wait for the budget",
    )

    request(airflow, "PATCH", "/api/v2/dags/gated", {"is_paused": False})
    came = evaluated(airflow, "second")
    assert ([], [], False) == (came["enforced"], came["lifted"], paused())

    drop(airflow, SECOND, *range(100))
    until(
        lambda: states(airflow, "gated", 1).get("approve") == "awaiting_input",
        what="the question to a person",
    )
    assert 1 == len(store.facts(Publication, product="gated"))
    run_id = quote(airflow.dag_runs("gated")[1]["dag_run_id"], safe="")
    path = f"/api/v2/dags/gated/dagRuns/{run_id}/taskInstances/approve/-1/hitlDetails"
    asked = request(airflow, "GET", path)
    assert f"Publish gated/{SECOND}?" == asked["subject"]
    assert "of the budget of `right` was left, less than 50 %" in asked["body"]

    def approved() -> bool:
        # Airflow 3.3 can take a task that is answered within a second for a failed one, and ask again.
        if states(airflow, "gated", 1).get("approve") == "awaiting_input":
            with suppress(AnsweredError):
                airflow.request("PATCH", path, {"chosen_options": ["Approve"], "params_input": {}})
        return states(airflow, "gated", 1).get("announce") == "success"

    until(approved, what="the approved publication")
    until(lambda: states(airflow, "waits").get("ready") == "success", what="the end of the wait")

    came = evaluated(airflow, "third")
    assert {"exhausted": 0, "enforced": []}.items() <= came.items()
    assert 3 == len(came["lifted"])
    assert (False, 5) == (paused(), slots())

    records = [one for one in store.facts(AuditRecord, product="gated") if one.action != "publish"]
    assert [
        "approve",
        "slo.lift.pause",
        "slo.lift.require_approval",
        "slo.lift.shrink_pool",
        "slo.pause",
        "slo.require_approval",
        "slo.shrink_pool",
    ] == sorted(one.action for one in records)
    assert {"admin", "monitor first", "monitor third"} == {one.who for one in records}


def test_metrics_tell_it(stopped: StandaloneAirflow) -> None:
    """By the names of the page; plain statsd drops the tags."""
    lines = (stopped.home / "metrics.txt").read_text().splitlines()

    names = {line.partition(":")[0].removeprefix("airflow.") for line in lines}
    assert {
        "dataops.slo.remaining",
        "dataops.slo.state",
        "dataops.slo.objectives",
        "dataops.slo.policies",
        "dataops.slo.evaluate",
        "dataops.slo.events",
        "dataops.slo.good",
    } <= names
