"""Receivers that are told from a task of a real Airflow, by connections that are kept in its database."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from airflow_dataops.testing.http_receiver import Answer, HttpReceiver

pytestmark = pytest.mark.e2e

DAG = Path(__file__).with_name("receivers")
SECRET = "s3cret-of-a-connection"  # noqa: S105 - it opens nothing
SECONDS = 400


def test_a_task_tells_receivers_by_connections_of_airflow(airflow) -> None:
    """Each is told, or what is wrong is named; no password and no address is in the log of the task."""
    with HttpReceiver() as hook, HttpReceiver() as pagerduty, HttpReceiver() as slack, HttpReceiver() as down:
        down.answers = [Answer(status=503, body=SECRET.encode())]
        slack.answers = [Answer(body=b"ok")]
        for name, world, kind in (
            ("webhook", hook, "generic"),
            ("pagerduty", pagerduty, "generic"),
            ("slack", slack, "slackwebhook"),
            ("down", down, "generic"),
        ):
            airflow.api.request(
                "POST",
                "/api/v2/connections",
                {
                    "connection_id": f"e2e_{name}",
                    "conn_type": kind,
                    "host": world.url,
                    "password": f"/{SECRET}" if name == "slack" else SECRET,
                },
            )
        shutil.copytree(DAG, airflow.dags_folder / "receivers")
        airflow.api.wait_for_dag("receivers")
        deadline, runs = time.monotonic() + SECONDS, []
        while not [run for run in runs if run["state"] in {"success", "failed"}]:
            assert time.monotonic() < deadline, runs
            time.sleep(1)
            runs = airflow.api.dag_runs("receivers")

    tasks = f"/api/v2/dags/receivers/dagRuns/{quote(runs[0]['dag_run_id'])}/taskInstances/tell"
    log = json.dumps(airflow.api.request("GET", f"{tasks}/logs/1"))
    returned = airflow.api.request("GET", f"{tasks}/xcomEntries/return_value?deserialize=true")["value"]
    assert "success" == runs[0]["state"], log
    assert {
        "log": "told",
        "pagerduty": "told",
        "webhook": "told",
        "slack": "told",
        "down": "BrokenWorldError: connection `e2e_down`: the webhook answers with an error (503)",
        "missing": "SettingsError: there is no connection `e2e_missing`",
    } == {name: said.split(". ")[0] for name, said in returned.items()}
    assert ["dataops-1"] * 2 == [hook.received[0].json["key"], pagerduty.received[0].json["dedup_key"]]
    assert "[PAGE] orders 2026-03-03 is late" in slack.received[0].json["text"]
    assert "orders 2026-03-03 is late" in log
    assert [] == [found for found in (SECRET, hook.url, slack.url) if found in log]
