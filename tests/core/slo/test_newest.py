"""Which declaration counts, whatever the clocks said that dated them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.slo.look_back import look_back, needed_since
from airflow_dataops.core.slo.newest import AHEAD, held, left_out, newest
from airflow_dataops.core.slo.window import Rolling

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
ORDERS = ("shop", "orders")


def test_the_newest_counts_of_those_that_hold_by_now(declaration) -> None:
    """A clock may run an hour ahead, and no longer."""
    old, on_time = declaration, replace(declaration, since=NOW + AHEAD)
    early = replace(declaration, since=NOW + AHEAD + timedelta(microseconds=1))

    assert {ORDERS: on_time} == newest((old, on_time, early), NOW)
    assert {ORDERS: old} == newest((old, early), NOW)
    assert {} == newest((early,), NOW)


def test_what_is_left_out_is_named_with_what_holds_instead(declaration) -> None:
    """Also that nothing does."""
    early = replace(declaration, since=NOW + timedelta(days=400))

    (said,) = left_out((declaration, early), NOW).values()
    (alone,) = left_out((early,), NOW).values()

    assert said.startswith(
        "shop/orders: its declaration of 2027-05-03 12:00 UTC is of an instant that is still"
    )
    assert said.endswith("what was declared before it holds")
    assert "nothing else is declared of it, so nothing is counted" in alone
    assert {} == left_out((declaration,), NOW)


@given(st.lists(st.integers(-72, 72), unique=True).map(sorted))
def test_the_future_changes_nothing_of_the_present(declaration, hours) -> None:
    """What counts is what would count if the others had never been declared."""
    history = tuple(replace(declaration, since=NOW + timedelta(hours=each)) for each in hours)
    sound = tuple(one for one in history if one.since <= NOW + AHEAD)

    assert sound == held(history, NOW)
    assert newest(sound, NOW) == newest(history, NOW)
    assert bool(left_out(history, NOW)) is (len(sound) < len(history))


def test_nothing_is_forgotten_that_either_of_two_declarations_counts(declaration, objective) -> None:
    """The one that is left out may count one day; it costs nothing that the other needs."""
    long, short = (
        replace(declaration, objectives=(objective(window=Rolling(Duration(Fraction(days), TimeUnit.DAY))),))
        for days in (90, 7)
    )
    early = {"since": NOW + timedelta(days=9)}

    assert look_back(long, NOW) == needed_since((long, replace(short, **early)), NOW)
    assert look_back(long, NOW) == needed_since((short, replace(long, **early)), NOW)
    assert look_back(short, NOW) == needed_since((long, short), NOW)
