"""The how-tos on reports and back-tests: each command runs, and what they show is what is printed."""

from __future__ import annotations

import argparse
import re
import shlex
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Objective
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.plugins.commands import get_cli_commands
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.schema import migrate
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.wiring import clocks

DOCS = Path(__file__).parents[2] / "docs"
GOLDEN = Path(__file__).parents[1] / "render" / "slo"
REPORT = (DOCS / "howto" / "slo-report.md").read_text()
BACKTEST = (DOCS / "howto" / "backtest.md").read_text()
COMMANDS = re.findall(r"^airflow dataops slo (.*?) *(?:#.*)?$", REPORT + BACKTEST, re.MULTILINE)

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OPENSLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: runs}
spec:
  service: orders
  budgetingMethod: Occurrences
  timeWindow: [{duration: 28d, isRolling: true}]
  indicator:
    metadata: {name: runs}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: Airflow, spec: {dag: orders, sli: success}}}
        total: {metricSource: {type: Airflow, spec: {dag: orders}}}
  objectives: [{displayName: runs, target: 0.9}]
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A folder with a store of a product that delivered in time, and with files that are not in force."""
    folder = tmp_path_factory.mktemp("slo")
    url = f"sqlite:///{folder}/store.db"
    migrate(url)
    objective = Objective(
        name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.9"), threshold=Fraction(6 * 3600)
    )
    SqlServiceLevels(url).declare(
        Declaration(
            team="shop",
            product="orders",
            dataset="orders",
            expectation=Expectation(schedule="@daily", start=NOW - 150 * DAY),
            objectives=(objective,),
            since=NOW - 150 * DAY,
        )
    )
    first = datetime(2026, 6, 20, tzinfo=UTC)
    SqlStore(url).record(
        *(
            Observation(
                batch=Batch(
                    team="shop", product="orders", dataset="orders", partition=f"{first + at * DAY:%F}"
                ),
                sli=Sli.FRESHNESS,
                subject="1",
                end=None,
                good=None,
                total=None,
                value=Fraction(3600),
                at=first + (at + 1) * DAY + DAY / 24,
            )
            for at in range(138)
        )
    )
    (folder / "orders").mkdir()
    (folder / "orders" / "orders.openslo.yaml").write_text(OPENSLO)
    return folder


def call(words: list[str]) -> int:
    """Run `airflow dataops slo …` as Airflow's parser would, and return its exit code."""
    (group,) = get_cli_commands()
    (slo,) = (one for one in group.subcommands if one.name == "slo")
    (command,) = (one for one in slo.subcommands if one.name == words[0])
    parser = argparse.ArgumentParser()
    for argument in command.args:
        argument.add_to_parser(parser)
    try:
        command.func(parser.parse_args(words[1:]))
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_runs(home, monkeypatch, capsys, command) -> None:
    """As it is written."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", f"sqlite:///{home}/store.db")
    monkeypatch.setattr(clocks, "clock", lambda: FrozenClock(NOW))
    monkeypatch.chdir(home)

    assert 0 == call(shlex.split(command)), capsys.readouterr().err


def test_the_commands_were_found() -> None:
    """Else nothing of it was tried."""
    assert 10 == len(COMMANDS)


def test_what_is_shown_is_what_is_printed() -> None:
    """The list and the back-test of the pages are those of the tests of the renderer."""
    (listed,) = re.findall(r"```text\n(product.*?)```", REPORT, re.DOTALL)
    (replayed,) = re.findall(r"```text\n(objective.*?)```", BACKTEST, re.DOTALL)

    assert (GOLDEN / "slo_list_120.txt").read_text() == listed
    assert replayed in (GOLDEN / "slo_backtest_120.txt").read_text()
    assert (GOLDEN / "slo_backtest.svg").read_text() == (DOCS / "img" / "slo-backtest.svg").read_text()
