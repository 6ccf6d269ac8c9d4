"""The commands to run next are commands that there are: Airflow's own parser takes each."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from itertools import product

import pytest

from airflow_dataops.core.alerts.commands import NEXT, Scene, commands, once
from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.plugins.commands import get_cli_commands
from airflow_dataops.render.alerts.said import said
from tests.core.alerts.test_title import of, signal
from tests.render.alerts.test_notifications import LATE

MARCH = datetime(2026, 3, 3, tzinfo=timezone(timedelta(hours=1)))
SCENES = [
    Scene(dag=dag, team=team, slo=slo, run_id=run_id, runs=runs, upstream=upstream, watched=watched)
    for (dag, team, slo), run_id, runs, upstream, watched in product(
        (("orders", "", ""), ("it's; rm -rf /", "a b", "--help")),
        ("", "scheduled__2026-03-03T00:00:00+00:00"),
        (None, (MARCH, MARCH + timedelta(hours=23))),
        ("", "raw"),
        (False, True),
    )
]


@cache
def parser():
    """Airflow's, with the commands of this provider."""
    from airflow.cli import cli_parser

    known = {each.name: each for each in (*cli_parser.airflow_commands, *get_cli_commands())}
    made = cli_parser.DefaultHelpParser(prog="airflow")
    below = made.add_subparsers(required=True)
    for name in ("backfill", "dags", "dataops", "tasks"):
        cli_parser._add_command(below, known[name])
    return made


def parsed(command: str):
    """What a shell and Airflow's parser make of a command."""
    program, *words = shlex.split(command)
    assert "airflow" == program
    return parser().parse_args(words)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("scene", SCENES, ids=range(len(SCENES)))
def test_every_command_is_one_that_airflow_takes(kind, scene) -> None:
    """Whatever names there are, and however runs come about; the two are never the same."""
    if scene.dag.startswith("it"):
        scene = replace(scene, slo="a b")
    tells, mends = commands(of(signal(kind)), scene)

    for command in (tells, mends):
        found = vars(parsed(command))
        named = found.get("product") or found.get("dag_id")
        assert scene.dag in named or named == "raw"
    assert tells != mends


def test_every_kind_has_commands() -> None:
    """A new one is not forgotten."""
    assert set(Kind) == set(NEXT)


@pytest.mark.parametrize(
    ("kinds", "scene", "expected"),
    [
        (
            [Kind.LATE, Kind.BAD, Kind.FAILED],
            Scene(dag="orders", runs=(MARCH, MARCH)),
            (
                "airflow dataops report orders",
                (
                    "airflow tasks clear orders --start-date 2026-03-02T23:00:00Z"
                    " --end-date 2026-03-02T23:00:00Z --yes"
                ),
            ),
        ),
        (
            [Kind.LATE],
            Scene(dag="orders", slo="fresh", runs=(MARCH, MARCH)),
            (
                "airflow dags list-runs --start-date 2026-03-02T23:00:00Z orders",
                (
                    "airflow backfill create --dag-id orders --from-date 2026-03-02T23:00:00Z"
                    " --to-date 2026-03-02T23:00:00Z --reprocess-behavior failed"
                ),
            ),
        ),
        (
            [Kind.LATE],
            Scene(dag="revenue", upstream="orders"),
            ("airflow dags list-runs revenue", "airflow dataops report orders"),
        ),
        (
            [Kind.FAILED],
            Scene(dag="orders", run_id="manual__1", runs=(MARCH, MARCH)),
            (
                "airflow tasks states-for-dag-run orders manual__1",
                (
                    "airflow tasks clear orders --start-date 2026-03-02T23:00:00Z"
                    " --end-date 2026-03-02T23:00:00Z --only-failed --yes"
                ),
            ),
        ),
        (
            [Kind.BURNING],
            Scene(dag="orders", slo="right", team="shop"),
            (
                "airflow dataops slo show orders right --team shop",
                "airflow dataops report orders --team shop",
            ),
        ),
    ],
)
def test_commands_are_of_what_explains_the_rest(kinds, scene, expected) -> None:
    """A bad file is looked at before it is asked why it is late."""
    assert expected == commands(of(*map(signal, kinds)), scene)


def test_of_lost_rows_it_is_looked_where_they_are_and_then_run_again() -> None:
    """Where a clock starts its runs."""
    tells, mends = commands(of(signal(Kind.LOST)), Scene(dag="orders", runs=(MARCH, MARCH)))
    assert "airflow dataops reconcile orders" == tells
    assert mends.startswith("airflow tasks clear orders ")
    assert "airflow dataops report orders" == commands(of(signal(Kind.LOST)), Scene(dag="orders"))[1]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("scene", SCENES, ids=range(len(SCENES)))
def test_what_changes_something_says_before_when_it_is_of_use(kind, scene) -> None:
    """And nothing else does; of what is over nothing is run."""
    _, mends = commands(of(signal(kind)), scene)

    assert bool(once(of(signal(kind)), scene)) == mends.startswith(("airflow tasks", "airflow backfill"))
    over = replace(of(signal(kind)), number=12, phase=Phase.RESOLVED)
    assert "" == once(over, scene)


def test_what_is_over_is_looked_at() -> None:
    """There is nothing to mend."""
    over = replace(of(signal(Kind.LATE)), number=12, phase=Phase.RESOLVED, resolved=datetime.now(UTC))

    told = commands(over, Scene(dag="orders"))
    assert ("airflow dataops incident show 12", "airflow dataops incident report 12") == told
    assert ["12", "12"] == [parsed(command).number for command in told]


def test_what_takes_an_incident_is_a_command_as_well() -> None:
    """It stands in a message by itself, as the commands to run next do."""
    lines = [line for section in said(LATE, at=LATE.began).sections for line in section.lines]
    (command,) = (line for line in lines if " ack " in line)

    assert "12" == parsed(command).number
