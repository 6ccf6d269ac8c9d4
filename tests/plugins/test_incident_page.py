"""The page of an incident: behind Airflow's login, and it commands nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from airflow_dataops.core.alerts.incident import Incident
from airflow_dataops.core.alerts.signal import Kind, Signal, Where
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.plugins.dataops import DataOpsPlugin
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.usecases.ports.alerts import Decided

AT = datetime(2026, 3, 4, 7, tzinfo=UTC)
ASKED = {"dag_id": "orders", "partition": "2026-03-03", "run_id": "r1"}


@pytest.fixture(scope="module")
def server(airflow_db, tmp_path_factory):
    """Return Airflow's whole API server."""
    assert airflow_db.is_dir()
    passwords = tmp_path_factory.mktemp("auth") / "passwords"
    passwords.write_text(json.dumps({"ada": "a", "vera": "v"}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", "ada:admin,vera:viewer")
        patch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", str(passwords))
        patch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "of no worth " * 8)
        from airflow.api_fastapi.app import create_app, purge_cached_app

        purge_cached_app()
        yield create_app()
        purge_cached_app()


@pytest.fixture
def user(server):
    """Return a client of it, and a way to log in as somebody."""
    client = TestClient(server)

    def log_in(name: str) -> TestClient:
        answer = client.post("/auth/token", json={"username": name, "password": name[0]})
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client

    return client, log_in


@pytest.fixture
def incident(deployment) -> None:
    """Keep an incident of orders 2026-03-03, whose text is that of somebody who means no good."""
    bad = Signal(
        where=Where("shop", "orders", "2026-03-03"),
        kind=Kind.BAD,
        since=AT,
        text="<script>alert(1)</script>",
        run_id="r1",
    )
    with SqlAlerts(f"sqlite:///{deployment}/store.db").deciding() as deciding:
        numbered = deciding.number(
            (Incident(where=bad.where, began=AT, detected=AT, signals=(bad,), urgency=Urgency.TICKET),)
        )
        deciding.keep(Decided(incidents=numbered))


@pytest.mark.usefixtures("incident")
def test_nobody_sees_it_who_is_not_logged_in(user) -> None:
    """Nor what it is made of."""
    client, _ = user

    assert 401 == client.get("/dataops/incident/", params=ASKED).status_code
    assert {404, 401} >= {client.get(f"/dataops/{page}").status_code for page in ("docs", "openapi.json", "")}


@pytest.mark.usefixtures("incident")
@pytest.mark.parametrize("name", ["vera", "ada"])
@pytest.mark.parametrize("left_out", [None, "partition", "run_id"])
def test_who_may_read_the_dag_sees_the_incident(user, name, left_out) -> None:
    """By its partition, or by its run."""
    _, log_in = user

    answer = log_in(name).get(
        "/dataops/incident/", params={key: value for key, value in ASKED.items() if key != left_out}
    )

    assert 200 == answer.status_code
    assert "orders" in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.usefixtures("incident")
@pytest.mark.parametrize(
    "changed",
    [{"partition": "2026-03-04", "run_id": ""}, {"dag_id": "sales"}, {"dag_id": "sales", "number": 1}],
)
def test_what_there_is_no_incident_of_is_said(user, changed) -> None:
    """One of another product isn't shown, not even by its number."""
    _, log_in = user

    answer = log_in("ada").get("/dataops/incident/", params=ASKED | changed)

    assert 404 == answer.status_code
    assert "No incident is known" in answer.text


def test_a_store_that_is_down_is_one_line(user, monkeypatch) -> None:
    """And no traceback."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    _, log_in = user

    answer = log_in("ada").get("/dataops/incident/", params=ASKED)

    assert (503, 1) == (answer.status_code, len(answer.text.splitlines()))


def test_airflow_is_told_of_it() -> None:
    """Under a prefix of our own."""
    (app,) = DataOpsPlugin.fastapi_apps

    assert "/dataops" == app["url_prefix"]
