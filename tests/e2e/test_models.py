"""The sample of sql@1 on a real Airflow with a real PostgreSQL: of three days one may not be published."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.cli.local.standalone import StandaloneAirflow

pytestmark = pytest.mark.e2e

SAMPLE = Path(__file__).parents[2] / "dag_templates" / "sql" / "revenue"
SECONDS = 400


@pytest.fixture(scope="module")
def database(postgresql) -> Iterator[psycopg.Connection]:
    """The database, with the tables of the sample."""
    with psycopg.connect(postgresql.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute((SAMPLE / "tables.sql").read_text())
        yield connection


@pytest.fixture(scope="module")
def ended(airflow: StandaloneAirflow, database: psycopg.Connection) -> dict[str, str]:
    """The state of each run of the sample by its day, after all of them have ended."""
    info = database.info
    connection = {
        "connection_id": "warehouse",
        "conn_type": "postgres",
        "host": info.host,
        "port": info.port,
        "login": info.user,
        "password": info.password,
        "schema": info.dbname,
    }
    airflow.api.request("POST", "/api/v2/connections", connection)
    shutil.copytree(SAMPLE, airflow.dags_folder / "revenue")
    airflow.api.wait_for_dag("revenue")
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        runs = airflow.api.dag_runs("revenue")
        states = {run["logical_date"][:10]: run["state"] for run in runs}
        if len(states) == 3 and {"success", "failed"} >= set(states.values()):
            return states
        time.sleep(1)
    pytest.fail(f"three runs did not end in {SECONDS} s")


def run_of(airflow: StandaloneAirflow, day: str) -> str:
    """Return the run of a day."""
    runs = airflow.api.dag_runs("revenue")
    return next(str(run["dag_run_id"]) for run in runs if run["logical_date"].startswith(day))


def tasks(airflow: StandaloneAirflow, day: str) -> dict[str, str]:
    """Return the state of each task of a day's run."""
    path = f"/api/v2/dags/revenue/dagRuns/{run_of(airflow, day)}/taskInstances"
    found = airflow.api.request("GET", path.replace("+", "%2B"))["task_instances"]
    return {task["task_id"]: task["state"] for task in found}


def log_of(airflow: StandaloneAirflow, day: str, task_id: str) -> str:
    """Return all that a task of a day's run has logged."""
    folder = airflow.home / "logs" / "dag_id=revenue" / f"run_id={run_of(airflow, day)}"
    return "\n".join(path.read_text() for path in (folder / f"task_id={task_id}").glob("*.log"))


def test_two_days_are_published_and_one_is_stopped_by_its_audit(airflow, ended, database) -> None:
    """On the third more was given back than paid: it fails once, at the audit, and readers don't see it."""
    assert {"2026-03-01": "success", "2026-03-02": "success", "2026-03-03": "failed"} == ended

    rows = database.execute(
        "SELECT dataops_partition, country, orders, net_amount::text FROM mart.revenue ORDER BY 1, 2"
    )
    assert [
        ("2026-03-01", "DE", 2, "45.50"),
        ("2026-03-01", "FR", 1, "0.00"),
        ("2026-03-02", "DE", 1, "99.90"),
    ] == rows.fetchall()
    third = tasks(airflow, "2026-03-03")
    assert ("success", "failed", "upstream_failed") == (
        third["transform.revenue"],
        third["audit"],
        third["publish"],
    )
    said = log_of(airflow, "2026-03-03", "audit")
    assert "net_amount.minimum: expected rows that break it = 0, observed 1" in said
    assert "clear the run from `transform` on" in said


def test_airflow_shows_the_graph_of_the_models(airflow, ended) -> None:
    """Each model waits for those that it reads, and for nothing else."""
    assert ended
    found = airflow.api.request("GET", "/api/v2/dags/revenue/tasks")["tasks"]

    after = {task["task_id"]: sorted(task["downstream_task_ids"]) for task in found}
    assert after["transform.stg_orders"] == after["transform.stg_refunds"] == ["transform.net_orders"]
    assert after["transform.net_orders"] == ["transform.revenue"]
    assert after["transform.revenue"] == ["audit"]
    assert {"transform.stg_orders", "transform.stg_refunds"} < set(after["begin"])


def test_only_a_stopped_run_leaves_staged_tables_and_they_say_whose(ended, database) -> None:
    """They are there to be looked at; clearing the run replaces them, and its end removes them."""
    assert ended
    notes = database.execute(
        "SELECT obj_description(oid) FROM pg_class WHERE relname LIKE 'staged%' AND relname LIKE '%\\_m\\_%'"
    ).fetchall()

    assert [
        f"the model {name} of dags-folder/revenue/revenue/2026-03-03"
        for name in ("net_orders", "revenue", "stg_orders", "stg_refunds")
    ] == sorted(note for (note,) in notes)


def test_a_cleared_run_ends_well_after_the_tables_were_mended(airflow, ended, database) -> None:
    """All of its models are made again, in the place of what is there."""
    assert ended
    database.execute("UPDATE raw.refunds SET amount = 1 WHERE refund_id = 'R3'")
    run = run_of(airflow, "2026-03-03")
    path = f"/api/v2/dags/revenue/dagRuns/{run}".replace("+", "%2B")
    airflow.api.request("POST", f"{path}/clear", {"dry_run": False})
    deadline = time.monotonic() + SECONDS
    while airflow.api.request("GET", path)["state"] != "success":
        assert time.monotonic() < deadline, tasks(airflow, "2026-03-03")
        time.sleep(1)

    rows = database.execute("SELECT country, net_amount::text FROM mart.revenue WHERE orders = 1").fetchall()
    assert ("DE", "4.00") in rows
    left = database.execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'staged%'").fetchone()
    assert (0,) == left


def test_lineage_leads_through_the_models(airflow, ended) -> None:
    """From the table of the shop through each model to the published one, column by column."""
    assert ended
    lines = (airflow.home / "lineage.jsonl").read_text().splitlines()
    events: list[dict[str, Any]] = [json.loads(line) for line in lines]
    completed = {
        event["job"]["name"]: event
        for event in events
        if event["eventType"] == "COMPLETE" and event["job"]["name"].startswith("revenue.")
    }

    def sources(task_id: str, column: str) -> set[tuple[str, str]]:
        (output,) = completed[f"revenue.{task_id}"]["outputs"]
        fields = output["facets"]["columnLineage"]["fields"][column]["inputFields"]
        return {(re.split(r"[/.]", field["name"])[-1], field["field"]) for field in fields}

    assert {("orders", "amount")} == sources("transform.stg_orders", "amount")
    assert {("stg_orders", "amount"), ("stg_refunds", "refunded")} == sources(
        "transform.net_orders", "net_amount"
    )
    assert {("net_orders", "net_amount")} == sources("transform.revenue", "net_amount")
    (made,) = completed["revenue.transform.revenue"]["outputs"]
    (audited,) = completed["revenue.audit"]["inputs"]
    assert made["name"] == audited["name"]
