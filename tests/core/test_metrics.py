from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.metrics import METRICS, Kind, tagged

TAGS = {
    "team": "shop",
    "product": "orders.v2",
    "slo": "frisch?",
    "urgency": "page",
    "window": "1h",
    "action": "",
}


def test_names_are_those_that_backends_take() -> None:
    """Airflow drops others: letters, digits, `_`, `.`, `-`, at most 250 characters."""
    for metric in METRICS.values():
        assert re.fullmatch(r"dataops(\.[a-z_]+){2}", metric.name)
        assert re.fullmatch(r"[A-Za-z0-9_.-]{1,250}", metric.embedded(TAGS))
        assert re.fullmatch(r"[a-z_]+", metric.prometheus)


def test_no_two_metrics_are_one_in_prometheus() -> None:
    """Dots become underscores there."""
    assert len(METRICS) == len({metric.prometheus for metric in METRICS.values()})


@pytest.mark.parametrize(
    ("name", "embedded"),
    [
        ("dataops.land.rows", "dataops.land.rows.orders_v2"),
        ("dataops.slo.remaining", "dataops.slo.remaining.shop.orders_v2.frisch_"),
        ("dataops.slo.burn", "dataops.slo.burn.shop.orders_v2.frisch_.page.1h"),
        ("dataops.slo.objectives", "dataops.slo.objectives"),
        ("dataops.slo.policies", "dataops.slo.policies._"),
    ],
)
def test_embedded_names_have_one_part_for_each_tag(name, embedded) -> None:
    """Whatever an id holds, for a mapping counts parts."""
    assert embedded == METRICS[name].embedded(TAGS)


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_no_id_makes_a_name_that_airflow_would_not_send(metric) -> None:
    """Names of more than 250 characters with Airflow's prefix are dropped; two long ids stay two."""
    ids = ("team", "product", "slo")
    long = [metric.embedded(TAGS | dict.fromkeys(ids, f"{'ä' * 500}{n}")) for n in range(2)]

    assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,242}", name) for name in long)
    assert any(tag in ids for tag in metric.tags) is (long[0] != long[1])


@given(st.text())
def test_a_tag_ends_where_it_ends(value) -> None:
    """Whatever the id is, a line of statsd has the tags that it was given."""
    found = tagged(value)

    assert found == tagged(found)
    assert found
    assert not set(found) & set(",=:|")


def test_counters_of_events_are_named_as_the_rules_of_prometheus_want_them() -> None:
    """`render prometheus` writes rules over these two."""
    found = {name: METRICS[name] for name in ("dataops.slo.good", "dataops.slo.events")}

    assert ["dataops_slo_good_total", "dataops_slo_events_total"] == [m.prometheus for m in found.values()]
    assert {(Kind.COUNTER, ("team", "product", "slo"))} == {(m.kind, m.tags) for m in found.values()}
