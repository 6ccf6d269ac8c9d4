from __future__ import annotations

import time
from datetime import UTC, datetime

from airflow_dataops.core.alerts.inhibition import Inhibition
from airflow_dataops.core.alerts.matcher import parsed
from airflow_dataops.core.alerts.pipeline import STEPS, decided
from airflow_dataops.core.alerts.round import Round
from airflow_dataops.core.alerts.route import Route
from airflow_dataops.core.alerts.rules import Rules
from airflow_dataops.core.alerts.signal import Kind, Signal, Where

NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)


def test_the_steps_stand_in_the_order_of_alertmanager():
    """What is inhibited is not told whatever its route; what is muted is held back once it is grouped."""
    names = [step.__name__ for step in STEPS]
    assert ["dedupe", "correlate", "inhibit", "route", "group", "mute", "repeat"] == names


def test_where_nothing_is_wrong_nobody_is_told():
    """Whatever else is known."""
    assert () == decided(Round(now=NOW)).groups


def test_thousands_of_incidents_are_decided_in_a_moment():
    """By fifty routes, a rule, and a graph: a quarter of a second on two cores; ten are a failure."""
    routes = tuple(
        Route(receiver="log", matchers=(parsed(f'product=~"(a{number}|b{number}).*"'),))
        for number in range(50)
    )
    rule = Inhibition(
        source=(parsed("team=shop"),), target=(parsed('product=~"p-1.*"'),), equal=("partition",)
    )
    signals = tuple(
        Signal(where=Where("shop", f"p-{product}", f"2026-03-{day:02}"), kind=Kind.LATE, since=NOW)
        for product in range(200)
        for day in range(1, 11)
    )
    upstreams = {("shop", f"p-{one}"): (("shop", f"p-{one - 1}"),) for one in range(1, 200) if one % 4}
    rules = Rules(route=Route(receiver="log", routes=routes), inhibitions=(rule,))
    begin = time.process_time()
    found = decided(Round(now=NOW, signals=signals, rules=rules, upstreams=upstreams))
    assert time.process_time() - begin < 10
    assert 2000 == len(found.incidents)
    assert set(found.quiet) < {one.key for one in found.incidents}
