"""Alerts on a real Airflow: each incident is told once, by callbacks, deadlines and evaluations together."""

from __future__ import annotations

import json
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from airflow_dataops.cli.demo.levels.products import CONTRACT, LOAD, RUNBOOK
from airflow_dataops.core.alerts.incident import Did
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.wiring import stores
from airflow_dataops.wiring.settings import local_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.cli.local.standalone import StandaloneAirflow

pytestmark = pytest.mark.e2e

DAG = Path(__file__).with_name("alerts")
SECONDS = 400
EVER = datetime(2000, 1, 1, tzinfo=UTC)
YESTERDAY = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
PIPELINE = f"""\
template: batch@2
team: shop
schedule: "@daily"
start_date: {YESTERDAY}
catchup: true
retries: 0
source: {{folder: drops, path: "hurt-{{partition}}.csv", on_missing: wait}}
"""
MONITOR = """\
template: slo_monitor@1
schedule: "@yearly"
start_date: 2026-01-01
"""


def until(done: Callable[[], Any], *, what: str) -> Any:
    """Return what a question comes to once it is answered with something."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found := done():
            return found
        time.sleep(0.5)
    pytest.fail(f"{what} did not happen in {SECONDS} s")


def start(airflow: StandaloneAirflow, dag_id: str, run_id: str) -> str:
    """Run a DAG, and return how its run ended."""
    path = f"/api/v2/dags/{dag_id}/dagRuns"
    airflow.request("POST", path, {"dag_run_id": run_id, "logical_date": None})

    def ended() -> str:
        state: str = airflow.request("GET", f"{path}/{run_id}")["state"]
        return state if state in {"success", "failed"} else ""

    return until(ended, what=f"the end of {dag_id} {run_id}")


def routed(airflow: StandaloneAirflow, run_id: str) -> dict[str, Any]:
    """Evaluate and route by a run of the monitor, and return what the task `route` came to."""
    assert "success" == start(airflow, "alerts_monitor", run_id)
    path = f"/api/v2/dags/alerts_monitor/dagRuns/{run_id}/taskInstances/route/xcomEntries/return_value"
    value = airflow.request("GET", path)["value"]
    return json.loads(value) if isinstance(value, str) else value


def asked(url: str, token: str = "") -> tuple[int, str]:
    """Return the status and the text of an address."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = Request(url, headers=headers)  # noqa: S310 - it is http, and this machine
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.fixture(scope="module")
def alerting(airflow: StandaloneAirflow) -> StandaloneAirflow:
    """The Airflow, in which alerting was set up before anything went wrong."""
    for name, files in (("hurt", {"dag": PIPELINE, "odcs": CONTRACT}), ("alerts_monitor", {"dag": MONITOR})):
        home = airflow.dags_folder / name
        (home / "drops").mkdir(parents=True)
        for kind, text in files.items():
            (home / f"{name}.{kind}.yaml").write_text(text.format(product=name) if kind == "odcs" else text)
        (home / "runbook.md").write_text(RUNBOOK)
        (home / "dag.py").write_text(LOAD)
    shutil.copytree(DAG, airflow.dags_folder / "alerts")
    for dag_id in ("hurt", "alerts_monitor", "dies"):
        airflow.wait_for_dag(dag_id, timeout=SECONDS)
    routed(airflow, "set-up")
    return airflow


def test_a_run_that_fails_and_misses_its_deadline_is_one_incident(alerting: StandaloneAirflow) -> None:
    """Told once, by the log, as nothing says otherwise; the triggerer lives on."""
    alerts = stores.alerts(local_settings(alerting.home))
    assert "failed" == start(alerting, "dies", "first")
    until(
        lambda: (
            {one.kind for one in alerts.reported(since=EVER) if one.where.product == "dies"}
            == {Kind.FAILED, Kind.LATE}
        ),
        what="what the callback and the deadline report",
    )

    came = routed(alerting, "once")
    (incident,) = alerts.incidents(product="dies")
    assert [f"{incident.number} dies first"] == [one for one in came["opened"] if " dies " in one]
    assert {Kind.FAILED, Kind.LATE} == set(incident.kinds)
    routed(alerting, "twice")
    told = [step for step in alerts.timeline(incident.number) if step.did is Did.DELIVERED]
    assert 1 == len(told)

    now = datetime.now(UTC)

    def beats() -> bool:
        its = alerting.api.health()["triggerer"]
        return its["status"] == "healthy" and datetime.fromisoformat(its["latest_triggerer_heartbeat"]) > now

    until(beats, what="a heartbeat of the triggerer after the deadline's callback")
    alerting.check()


def test_the_link_of_a_failed_task_leads_to_its_incident(alerting: StandaloneAirflow) -> None:
    """For who is logged in; everybody else is sent away."""
    drops = alerting.dags_folder / "hurt" / "drops"
    partial = drops / "partial"
    partial.write_text("id,amount\n,1\n,2\n1,3\n")
    partial.rename(drops / f"hurt-{YESTERDAY}.csv")
    runs = "/api/v2/dags/hurt/dagRuns"
    found = until(
        lambda: [run for run in alerting.dag_runs("hurt") if run["state"] == "failed"],
        what="a run of `hurt` that fails",
    )
    routed(alerting, "hurt")

    task = f"{runs}/{quote(found[0]['dag_run_id'], safe='')}/taskInstances/verify"
    links = alerting.request("GET", f"{task}/links")["extra_links"]
    url = f"{alerting.url}/{urlsplit(links['Incident']).path.lstrip('/')}?{urlsplit(links['Incident']).query}"
    token = alerting.request(
        "POST", "/auth/token", {"username": alerting.username, "password": alerting.password}
    )["access_token"]
    status, page = asked(url, token)
    assert (200, True) == (status, f"hurt {YESTERDAY}" in page)
    assert 401 == asked(url)[0]
