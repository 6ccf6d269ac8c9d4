"""Alerts of a product that is new, or of which nobody knows what is to come, are as strict as any."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Gap, Urgency
from airflow_dataops.core.slo.reckoning import standing
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.spread import begun
from airflow_dataops.core.slo.standing import State
from airflow_dataops.core.slo.window import Calendar

NOW = datetime(2026, 3, 29, 6, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = datetime(2026, 1, 1)  # noqa: DTZ001 - as clocks of the zone show it
MONTH = Calendar(Duration(Fraction(1), TimeUnit.MONTH), start=FIRST, timezone="UTC")


def history(letters: str, every: timedelta, now: datetime = NOW) -> datetime:
    """Return when the first of some letters is due, the last one being due now."""
    return now - (len(letters) - 1) * every


def ticket(found) -> tuple[Fraction | None, bool]:
    """Return how fast the alert that makes a ticket sees a budget burn, and whether it fires."""
    (one,) = (burn for burn in found.burns if burn.alert.urgency is Urgency.TICKET)
    return one.long, one.firing


@pytest.mark.parametrize(("bad", "fires"), [(1, False), (3, False), (4, True)])
def test_one_bad_hour_of_a_new_product_is_no_ticket(objective, declaration, entries, bad, fires) -> None:
    """Of 672 hours at 95 % 33.6 may be bad; in 33.6 hours 1.68: the fourth burns twice as fast.

    Held against the 3.6 of three days, spread over four weeks, the first one would.
    """
    letters = "g" * (72 - bad) + "b" * bad
    first = history(letters, HOUR)

    found = standing(
        objective(), declaration, entries(letters, start=first, every=HOUR), now=NOW, since=first - HOUR
    )

    assert (Fraction(bad) / Fraction("1.68"), fires) == ticket(found)
    assert Fraction("3.6") == found.allowed


@given(st.integers(3, 28), st.sampled_from(["b", "bg", "bgg", "bb", "g"]))
def test_a_new_product_burns_as_one_that_is_old(objective, declaration, entries, days, tail) -> None:
    """To the day that its first interval takes; as strict as that, and no more lenient."""
    young = "g" * (days - len(tail)) + tail
    old = "g" * (60 - len(tail)) + tail

    def rate(letters: str, since: datetime | None) -> Fraction:
        ledger = entries(letters, start=history(letters, DAY))
        return ticket(standing(objective(), declaration, ledger, now=NOW, since=since))[0] or Fraction(0)

    fresh = rate(young, history(young, DAY) - DAY)

    assert rate(old, None) == rate(old, history(old, DAY) - DAY)
    assert rate(old, None) <= fresh <= rate(old, None) * Fraction(28, 27)


def test_the_budget_itself_is_counted_in_what_was_expected(objective, declaration, entries) -> None:
    """Of three days 0.15 may be bad: whoever promises 95 % has not kept it with one of three."""
    ledger = entries("ggb", start=history("ggb", DAY))

    found = standing(objective(), declaration, ledger, now=NOW, since=NOW - 3 * DAY)

    assert (Fraction("0.15"), State.EXHAUSTED) == (found.allowed, found.state)


def test_runs_that_lie_close_together_for_once_are_no_pace(objective, declaration, entries) -> None:
    """Of a DAG that was first heard of a minute ago, and failed three times: a ticket."""
    ledger = entries("bbb", start=NOW - timedelta(seconds=40), every=timedelta(seconds=20))
    runs = objective(sli=Sli.SUCCESS)

    found = standing(runs, declaration, ledger, now=NOW, since=NOW - timedelta(minutes=1))

    assert (Fraction(20), True) == ticket(found)


@pytest.mark.parametrize("day", [2, 5, 28])
def test_rows_of_a_month_are_held_against_what_comes_in_a_month(objective, declaration, entries, day) -> None:
    """Nobody knows how many there will be; a budget that has just begun is that of the days so far."""
    now = datetime(2026, 3, day, 6, tzinfo=UTC)
    ledger = [
        replace(entry, good=entry.good * 100, total=entry.total * 100)
        for entry in entries("g" * 59 + "8", start=history("g" * 60, DAY, now))
    ]
    rows = objective(sli=Sli.CORRECTNESS, gap=Gap.EXCLUDED, window=MONTH, target=Fraction("0.9"))

    found = standing(rows, declaration, ledger, now=now)

    # 20 of 100 rows in the 36 hours of the ticket, in which 15 may be bad of 150.
    assert (Fraction(20, 15), False) == ticket(found)


def test_something_is_expected_since_it_starts_or_was_declared(declaration) -> None:
    """What was declared first holds for the past, as far as it says where it starts."""
    start = declaration.since - 90 * DAY
    started = replace(declaration, expectation=Expectation(schedule="@daily", start=start))

    assert declaration.since == begun((declaration, replace(started, since=NOW)))
    assert start == begun((started, declaration))
