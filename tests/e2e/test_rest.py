"""The client of Airflow's REST API against a real API server."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.bridge.governor import RestGovernor
from airflow_dataops.bridge.past_runs import past_runs
from airflow_dataops.bridge.rest import AirflowRest
from airflow_dataops.core.slo.run import Outcome
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.cli.local.standalone import StandaloneAirflow

pytestmark = pytest.mark.e2e

TRIED = Path(__file__).with_name("levels") / "tried"
SECONDS = 400


@pytest.fixture(scope="module")
def tried(airflow: StandaloneAirflow) -> StandaloneAirflow:
    """The Airflow, with a DAG whose two runs each needed a second try."""
    shutil.copytree(TRIED, airflow.dags_folder / "tried")
    airflow.api.wait_for_dag("tried")
    for run_id in ("first+run", "second"):
        body = {"dag_run_id": run_id, "logical_date": None}
        airflow.request("POST", "/api/v2/dags/tried/dagRuns", body)
    deadline = time.monotonic() + SECONDS
    while any(run["state"] != "success" for run in airflow.dag_runs("tried")):
        assert time.monotonic() < deadline, airflow.dag_runs("tried")
        time.sleep(1)
    return airflow


@pytest.fixture
def rest(tried) -> AirflowRest:
    """A client that signs in as the one user there is."""
    return AirflowRest(tried.url, conn_id="air", login=tried.username, password=tried.password)


def test_a_dag_is_paused_and_let_run(rest, tried) -> None:
    """Twice does no harm."""
    governor = RestGovernor(rest)

    for paused in (True, True, False):
        governor.pause("tried", paused=paused)
        assert paused is governor.paused("tried")
        assert paused is tried.request("GET", "/api/v2/dags/tried")["is_paused"]


def test_a_pool_is_resized(rest, tried) -> None:
    """Its other properties stay."""
    tried.request(
        "POST",
        "/api/v2/pools",
        {"name": "etl pool", "slots": 7, "description": "ours", "include_deferred": True},
    )
    governor = RestGovernor(rest)

    assert 7 == governor.slots("etl pool")
    governor.resize("etl pool", 2)

    assert 2 == governor.slots("etl pool")
    found = tried.request("GET", "/api/v2/pools/etl%20pool")
    assert ("ours", True) == (found["description"], found["include_deferred"])


def test_what_became_of_runs_is_read(rest, monkeypatch) -> None:
    """Page by page; that a task was tried again is known only of the tasks."""
    monkeypatch.setattr("airflow_dataops.bridge.rest.PAGE", 1)
    now = datetime.now(UTC)
    window = {"since": now - timedelta(hours=1), "until": now}

    plain = list(past_runs(rest, "tried", team="dags-folder", **window))
    asked = list(past_runs(rest, "tried", team="dags-folder", tries=True, **window))

    assert {"first+run", "second"} == {one.run_id for one in plain} == {one.run_id for one in asked}
    assert {(Outcome.SUCCESS, Outcome.SUCCESS, 1)} == {(one.first, one.final, one.tries) for one in plain}
    assert {(Outcome.FAILED, Outcome.SUCCESS, 2)} == {(one.first, one.final, one.tries) for one in asked}
    assert sorted(one.ended for one in plain) == [one.ended for one in plain]
    assert [] == list(past_runs(rest, "tried", team="t", since=now, until=now))


@pytest.mark.parametrize(
    ("change", "asked", "said"),
    [
        ({"password": "wrong"}, "paused", r"doesn't accept the login or the token \(401\)"),
        ({"token": "wrong"}, "paused", r"doesn't accept the login or the token|may not do that"),
        ({}, "paused", r"there is no such thing \(404\)"),
        ({}, "slots", r"there is no such thing \(404\)"),
    ],
)
def test_what_airflow_refuses_is_named(tried, change, asked, said) -> None:
    """As the server really says it."""
    given = {"login": tried.username, "password": tried.password} | change
    governor = RestGovernor(AirflowRest(tried.url, conn_id="air", **given))

    with pytest.raises(SettingsError, match=said):
        getattr(governor, asked)("nowhere")
