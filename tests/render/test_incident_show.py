"""One incident, as people read it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.signal import Broken
from airflow_dataops.render.incidents.incident_show import incident_page
from airflow_dataops.usecases.alerts.what_next import Next
from tests.plugins.test_alert import BAD, NOW, OPEN


@pytest.mark.parametrize(
    ("failing", "checked", "said"),
    [
        (40, 100, "  a.rule: 40 rows"),
        (1, 100, "  a.rule: 1 row"),
        (0, 0, "  a.rule"),
    ],
)
def test_a_rule_that_no_row_broke_is_named_alone(failing, checked, said) -> None:
    """Such as that a drop isn't there: `0 rows` would read as if nothing were wrong."""
    broken = Broken(rule="a.rule", failing=failing, checked=checked)
    console = Console(width=120)
    with console.capture() as shown:
        console.print(incident_page(replace(OPEN, signals=(replace(BAD, rules=(broken,)),)), (), now=NOW))
    assert said in [line.rstrip() for line in shown.get().splitlines()]


@pytest.mark.parametrize("phase", Phase)
def test_what_to_do_stands_last_and_commands_are_whole(phase) -> None:
    """Who pastes half of one runs something else; what is over, or in hand, isn't to be taken."""
    long = (
        "airflow tasks clear orders --start-date 2026-03-02T00:00:00Z --end-date 2026-03-02T00:00:00Z --yes"
    )
    commands = ("airflow dataops report orders", long) if phase is not Phase.RESOLVED else ()
    ahead = Next(commands=commands, once="once there is a good file" if commands else "")
    of = replace(OPEN, number=2, phase=phase, resolved=NOW if phase is Phase.RESOLVED else None)
    console = Console(width=60)
    with console.capture() as shown:
        console.print(incident_page(of, (), now=NOW, ahead=ahead), crop=False)
    lines = [line.rstrip() for line in shown.get().splitlines()]

    assert ["  airflow dataops alert show 2", "  airflow dataops incident report 2"] == lines[-2:]
    assert (f"  {long}" in lines) is (phase is not Phase.RESOLVED)
    assert ("then, once there is a good file" in lines) is (phase is not Phase.RESOLVED)
    assert ("  airflow dataops alert ack 2" in lines) is (phase is Phase.OPEN)
