"""The how-to on silences: each command runs, in its order, and what it shows is what is printed."""

from __future__ import annotations

import getpass
import json
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from airflow_dataops.cli.alert.typed import LONGEST_TEXT
from airflow_dataops.cli.main import main
from airflow_dataops.core.alerts.interval import holds
from airflow_dataops.core.alerts.silence import LONGEST
from airflow_dataops.documents.alerts.rules import read_alerts
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.schema import migrate
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.usecases.ports.alerts import Decided
from airflow_dataops.wiring import clocks
from tests.plugins.test_alert import NOW, OPEN, ORDERS, OVER, call

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "silence-alerts.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = [
    line for of, text in BLOCK.findall(PAGE) if of == "bash" for line in text.splitlines() if line.strip()
]
FIRES = {"airflow dataops slo evaluate", "airflow dataops alert route --every 5m"}
"""They end with 1: a budget burns, though nobody is told of what was due before alerting was set up; and what
is well since just now is open until that has lasted."""


def shown(kind: str, beginning: str = "") -> str:
    """Return the only block of the page that begins so."""
    (block,) = [text for of, text in BLOCK.findall(PAGE) if of == kind and text.startswith(beginning)]
    return block


@pytest.fixture
def deployment(tmp_path, monkeypatch, receiver, connect) -> str:
    """A store with the incidents of the page, its file, and somebody who listens."""
    url = f"sqlite:///{tmp_path}/store.db"
    (tmp_path / "alerts.yaml").write_text(shown("yaml"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", url)
    monkeypatch.setenv("AIRFLOW__DATAOPS__ALERTS_PATH", str(tmp_path / "alerts.yaml"))
    monkeypatch.setattr(clocks, "clock", lambda: FrozenClock(NOW))
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    connect("status_page", host=receiver.url, password="secret")
    migrate(url)
    SqlServiceLevels(url).declare(ORDERS)
    with SqlAlerts(url).deciding() as deciding:
        deciding.keep(Decided(incidents=(OVER, OPEN)))
    return url


def run(line: str) -> int:
    """Run a command of the page."""
    program, *words = shlex.split(line)
    return main(words) if program == "airflow-dataops" else call(*words[1:])


def test_each_command_runs(deployment, receiver, capsys) -> None:
    """In the order of the page; what they print stands there."""
    printed: dict[str, str] = {}
    for line in COMMANDS:
        code = run(line)
        out, err = capsys.readouterr()
        printed[line] = out
        assert {line: 1 if line in FIRES else 0} == {line: code}, err

    assert shown("text", "silence") == printed[COMMANDS[5]]
    (way,) = (out for line, out in printed.items() if " --at " in line)
    assert shown("text", "alertname") == way
    (fared,) = (out for line, out in printed.items() if "report --team" in line)
    assert shown("text", "incidents") in fared
    assert "TEST" in json.loads(receiver.received[0].body)["subject"]
    assert 3 == len(SqlAlerts(deployment).silences())


def test_limits_are_those_of_the_page() -> None:
    """What is refused, and from when on."""
    assert f"| more than {LONGEST.days} days |" in PAGE
    assert f"a reason of more than {LONGEST_TEXT:,} characters" in PAGE


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 2), ("2026-03-29", 1), ("2026-10-25", 3)])
def test_the_window_goes_by_the_clock(tmp_path, day, hours) -> None:
    """Two hours, one where clocks go forward, three where they go back."""
    (tmp_path / "alerts.yaml").write_text(shown("yaml"))
    rules, problems = read_alerts(tmp_path / "alerts.yaml")
    assert () == problems
    (window,) = rules.intervals
    first = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=2)
    minutes = sum(holds(window, first + timedelta(minutes=at)) for at in range(24 * 60))
    assert hours * 60 == minutes
