"""Which products read which."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow_dataops.core.slo.declaration import Declaration, Stamp
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.usecases.alerts.alerting_graph import upstreams_of, with_readers

STAMPS = {
    ("shop", "orders"): Stamp("1"),
    ("lab", "orders"): Stamp("2"),
    ("shop", "sales"): Stamp("3", ("orders", "prices")),
    ("web", "prices"): Stamp("4", ("lab/orders", "prices")),
    ("web", "board"): Stamp("5", ("orders", "unknown")),
    ("web", "a"): Stamp("6", ("b",)),
    ("web", "b"): Stamp("7", ("a",)),
}


def test_a_name_is_that_of_the_own_team_or_else_of_all_that_it_may_mean() -> None:
    """One that nothing has is left out, and so is the product itself."""
    assert {
        ("shop", "sales"): (("shop", "orders"), ("web", "prices")),
        ("web", "prices"): (("lab", "orders"),),
        ("web", "board"): (("lab", "orders"), ("shop", "orders")),
        ("web", "a"): (("web", "b"),),
        ("web", "b"): (("web", "a"),),
    } == upstreams_of(STAMPS)


def test_what_was_read_once_and_is_no_more_does_not_count() -> None:
    """Where it is known what is declared now."""
    its = Declaration(
        team="shop",
        product="sales",
        dataset="sales",
        expectation=Expectation(upstreams=("prices",)),
        since=datetime(2026, 3, 1, tzinfo=UTC),
    )
    found = upstreams_of(STAMPS, {("shop", "sales"): its})
    assert (("web", "prices"),) == found["shop", "sales"]
    assert upstreams_of(STAMPS)["web", "board"] == found["web", "board"]


def test_what_is_read_counts_though_a_schedule_says_what_is_expected() -> None:
    """By the stamp, and by what is declared now."""
    stamps = STAMPS | {("shop", "weekly"): Stamp("8", reads=("orders",))}
    weekly = Declaration(
        team="shop",
        product="weekly",
        dataset="weekly",
        expectation=Expectation(schedule="@weekly", reads=("sales",)),
        since=datetime(2026, 3, 1, tzinfo=UTC),
    )
    assert (("shop", "orders"),) == upstreams_of(stamps)["shop", "weekly"]
    assert (("shop", "sales"),) == upstreams_of(stamps, {("shop", "weekly"): weekly})["shop", "weekly"]


def test_readers_are_found_however_far_away_and_in_a_ring_once() -> None:
    """The products themselves come first."""
    graph = upstreams_of(STAMPS)
    found = with_readers([("lab", "orders")], graph)
    assert ("lab", "orders") == found[0]
    assert {("web", "prices"), ("web", "board"), ("shop", "sales")} == set(found[1:])
    assert (("web", "a"), ("web", "b")) == with_readers([("web", "a")], graph)
