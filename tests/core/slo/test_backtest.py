from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.slo import backtest as module
from airflow_dataops.core.slo.backtest import Trouble, backtest
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.ledger import Entry
from airflow_dataops.core.slo.objective import BurnAlert, Objective, Urgency
from airflow_dataops.core.slo.reckoning import standing
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.window import Calendar

if TYPE_CHECKING:
    from airflow_dataops.core.slo.backtest import Backtest

DAY = timedelta(days=1)
START = datetime(2026, 7, 1, 6, tzinfo=UTC)
PAGE = BurnAlert(
    urgency=Urgency.PAGE, factor=Fraction(4), long=Fraction(4 * 86_400), short=Fraction(86_400 * 3, 2)
)
FRESH = Objective(
    name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.9"), threshold=Fraction(3600), alerts=(PAGE,)
)
ORDERS = Declaration(
    team="shop",
    product="orders",
    dataset="orders",
    expectation=Expectation(schedule="@daily"),
    objectives=(FRESH,),
    since=START,
)


def daily(*bad: int, count: int = 90) -> list[Entry]:
    """An entry a day, of which those of some days are bad."""
    return [
        Entry(partition=str(at), at=START + at * DAY, good=Fraction(at not in bad), total=Fraction(1))
        for at in range(count)
    ]


def replayed(entries: list[Entry], *, objective: Objective = FRESH, **more: object) -> Backtest:
    """What the objective would have said of the days from the 28th to the 90th."""
    return backtest(
        objective, ORDERS, entries, since=START + 28 * DAY, until=START + 89 * DAY + DAY / 2, **more
    )


def test_two_days_in_a_row_would_have_paged() -> None:
    """One alone would not, and is untold: that is what a back-test is for."""
    made = replayed(daily(40, 60, 61))

    assert [(START + 61 * DAY, START + 62 * DAY + DAY / 2)] == [
        (each.since, each.until) for each in made.alarms
    ]
    assert [["40"]] == [[each.entry.partition for each in of.burnt] for of in made.missed]
    assert [2, 1] == [of.bad for of in made.incidents]
    assert (59, 62) == (made.good, made.total)


def test_the_budget_is_told_from_instant_to_instant() -> None:
    """28 days of one event each and 90 %: 14/5 may be bad."""
    made = replayed(daily(40))
    shares = dict(made.points)

    assert 1 == shares[START + 28 * DAY] == shares[START + 39 * DAY]
    assert Fraction(9, 14) == shares[START + 40 * DAY] == shares[START + 67 * DAY] == made.least
    assert 1 == shares[START + 68 * DAY]


def test_a_period_counts_what_was_to_come() -> None:
    """A month of 31 events has a budget of 31/10 from its first day on."""
    month = Calendar(Duration(Fraction(1), TimeUnit.MONTH), datetime(2026, 1, 1), "UTC")  # noqa: DTZ001
    made = replayed(daily(33), objective=replace(FRESH, window=month))
    shares = dict(made.points)

    assert 1 - Fraction(10, 31) == shares[START + 33 * DAY] == shares[START + 61 * DAY]
    assert 1 == shares[datetime(2026, 9, 1, tzinfo=UTC)]


def test_what_nobody_would_have_been_told_of_is_named() -> None:
    """Trouble that an objective doesn't count is why it is tried out."""
    far, near = (Trouble(partition=str(at), at=START + at * DAY, what="stopped at verify") for at in (50, 60))
    before = replace(far, at=START)

    assert (far,) == replayed(daily(60, 61), troubles=(far, near, before)).silent


def test_an_alarm_that_goes_on_has_no_end() -> None:
    """Nobody knows yet when it would have ended."""
    (alarm,) = replayed(daily(88, 89)).alarms

    assert None is alarm.until


@pytest.mark.parametrize("entries", [[], daily(count=0)])
def test_nothing_is_nothing(entries) -> None:
    """Neither told nor missed, and no budget."""
    made = replayed(entries)

    assert ((), (), None, 0) == (made.alarms, made.incidents, made.least, made.total)


@settings(max_examples=30)
@given(st.sets(st.integers(0, 89), max_size=20))
def test_it_says_what_an_evaluation_would_have_said(bad) -> None:
    """At each of its instants, by what was known then."""
    entries = daily(*bad)
    made = replayed(entries)

    for at, share in made.points:
        known = [entry for entry in entries if entry.at <= at]
        stood = standing(FRESH, ORDERS, known, now=at)
        assert share == stood.remaining
        fires = any(each.since <= at and (each.until is None or at < each.until) for each in made.alarms)
        assert fires is any(burn.firing for burn in stood.burns)


def test_of_many_events_only_those_are_looked_at_that_change_something(monkeypatch) -> None:
    """What was left is the same at each instant that both look at."""
    entries = daily(40, 60, 61)
    every = dict(replayed(entries).points)
    monkeypatch.setattr(module, "FEW", 1)
    fewer = replayed(entries)

    assert len(fewer.points) < len(every) / 2
    assert dict(fewer.points).items() <= every.items()
    assert 1 == len(fewer.alarms)
