"""One incident, as people read it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from airflow_dataops.core.alerts.signal import Broken
from airflow_dataops.render.incident_show import incident_page
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
