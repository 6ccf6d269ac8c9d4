"""The how-to on receivers: its file is read, its connections are made, and each receiver is told."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_dataops.bridge.channels import channel
from airflow_dataops.bridge.transports.arguments import values_of
from airflow_dataops.core.alerts.labels import NAMES
from airflow_dataops.documents.alerts.rules import read_alerts
from airflow_dataops.wiring.clocks import clock
from tests.bridge.transports.messages import notification_of

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "howto" / "alert-receivers.md").read_text()
RULES, PROBLEMS = read_alerts(DOCS / "howto" / "alerts.yaml")
CONNECTIONS = {
    shlex.split(line)[3]: shlex.split(line)
    for line in re.findall(r"^airflow connections add .*$", PAGE, re.MULTILINE)
}
ELSEWHERE = {"slack_data": 1, "pagerduty": 1, "alertmanager": 2, "status_page": 1}
"""Connections that speak HTTP -> how many requests come; that of mail has a test of its own."""


def fields(words: list[str]) -> dict[str, object]:
    """What Airflow's own parser makes of a command."""
    from airflow.cli.cli_parser import get_parser

    args = vars(get_parser().parse_args(words[1:]))
    found = {name: value for name, value in args.items() if name.startswith("conn_") and value is not None}
    del found["conn_id"]
    return {
        name if name == "conn_type" else name.removeprefix("conn_"): value for name, value in found.items()
    }


def test_the_file_is_read_without_a_word() -> None:
    """Nothing in it is wrong, and the page shows parts of it as they are."""
    text = (DOCS / "howto" / "alerts.yaml").read_text()
    shown = [block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "group_by" not in block]

    assert () == PROBLEMS
    assert 5 == len(shown)
    assert [] == [block for block in shown if block not in text]
    assert ["everybody", "on-call", "platform", "log"] == [each.name for each in RULES.receivers]


def test_the_receiver_of_the_page_is_the_file() -> None:
    """Which the tests of webhooks try."""
    (shown,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

    assert shown.strip() in (DOCS / "howto" / "alert_webhook.py").read_text()


def test_the_page_names_what_templates_know() -> None:
    """All of it, and nothing else."""
    (table,) = re.findall(r"\| value \| \|\n(.*?)\n\n", PAGE, re.DOTALL)
    named = [name for row in table.splitlines()[1:] for name in re.findall(r"`(\w+)`", row.split("|")[1])]

    assert set(values_of(notification_of())) == set(named)
    assert len(named) == len(set(named))


def test_the_page_names_the_labels_of_an_alert() -> None:
    """All but one that is an annotation there."""
    (table,) = re.findall(r"\| label \| \|\n(.*?)\n\n", PAGE, re.DOTALL)
    named = [name for row in table.splitlines()[1:] for name in re.findall(r"`(\w+)`", row.split("|")[1])]

    assert {*NAMES} - {"slo"} == set(named)


@pytest.mark.parametrize("conn_id", ELSEWHERE)
def test_each_receiver_is_told(conn_id, receiver, connect) -> None:
    """By a connection that is made as the page says, but leads to this machine."""
    from airflow_dataops.testing.http_receiver import Answer

    made = fields(CONNECTIONS[conn_id])
    path = "/" + str(made.get("host", "")).partition("://")[2].partition("/")[2]
    connect(conn_id, **made | {"host": f"{receiver.url}{path.rstrip('/')}", "port": None, "schema": None})
    receiver.answers = [Answer(body=b"[]")] * 2 if conn_id == "alertmanager" else [Answer(body=b"ok")]
    (transport,) = [
        each
        for one in RULES.receivers
        for each in one.transports
        if conn_id in (getattr(each, "conn_id", ""), *json.loads(getattr(each, "kwargs", "{}")).values())
    ]
    channel(transport, clock=clock()).tell(notification_of())

    assert ELSEWHERE[conn_id] == len(receiver.received)
    assert receiver.received[-1].path.startswith(path.rstrip("/"))


def test_a_connection_stands_on_the_page_for_each_that_is_named() -> None:
    """And no other."""
    named = {getattr(each, "conn_id", "") for one in RULES.receivers for each in one.transports}
    kwargs = [json.loads(getattr(each, "kwargs", "{}")) for one in RULES.receivers for each in one.transports]
    named |= {value for each in kwargs for name, value in each.items() if name.endswith("conn_id")}

    assert named - {""} == set(CONNECTIONS)
    assert {"slackwebhook", "smtp", "generic"} == {fields(each)["conn_type"] for each in CONNECTIONS.values()}


def test_alertmanager_takes_its_configuration() -> None:
    """Its own tool says so, and the page shows the part that matters."""
    file = DOCS / "howto" / "alertmanager.yml"
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    program = shutil.which("amtool", path=places)
    (shown,) = [block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "group_by" in block]
    assert shown in file.read_text()
    if program is None:
        reason = "there is no amtool: say make alertmanager"
        if os.environ.get("DATAOPS_REQUIRE_ALERTMANAGER") == "1":
            pytest.fail(f"{reason}; DATAOPS_REQUIRE_ALERTMANAGER=1 asks for it")
        pytest.skip(reason)
    routed = [
        subprocess.run(
            [program, "config", "routes", "test", f"--config.file={file}", *labels],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for labels in (["alertname=DataIncident", "severity=page"], ["alertname=DataIncident"], ["x=y"])
    ]

    assert ["pages", "tickets", "tickets"] == routed
