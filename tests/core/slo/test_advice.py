from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.slo.advice import Concern, advice
from airflow_dataops.core.slo.budget import allowed_failures
from airflow_dataops.core.slo.objective import Budgeting, BurnAlert, Urgency
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.window import Rolling

DAY = Fraction(86_400)


@pytest.mark.parametrize(
    ("seconds", "said"), [(1, "has 2419200 slices in 28 days"), (24, "has 100800"), (25, "")]
)
def test_slices_that_are_very_many_are_told_with_their_number(objective, seconds, said) -> None:
    """Each evaluation counts them all."""
    sliced = objective(method=Budgeting.TIMESLICES, slice=Fraction(seconds))

    found = [one for one in advice(sliced, None) if one.concern is Concern.TOO_MANY_SLICES]

    assert bool(said) is bool(found)
    assert all(said in str(one.problem) for one in found)


@pytest.mark.parametrize(("due", "told"), [(None, False), (100_000, False), (100_001, True)])
def test_a_schedule_that_is_due_very_often_is_told(objective, due, told) -> None:
    """Also where each event is a partition of many of them, or rows."""
    found = list(advice(objective(), Fraction(28), due=due))

    assert ([Concern.TOO_OFTEN_DUE] if told else []) == [one.concern for one in found]


@pytest.mark.parametrize("events", [None, Fraction(0), Fraction(1)])
@pytest.mark.parametrize(
    ("amount", "unit", "told"),
    [(1, TimeUnit.MINUTE, True), (60, TimeUnit.MINUTE, False), (1, TimeUnit.MONTH, False)],
)
def test_minutes_that_may_be_months_are_told(objective, events, amount, unit, told) -> None:
    """OpenSLO's `1m` is a minute, whoever meant a month by it."""
    found = advice(objective(window=Rolling(Duration(Fraction(amount), unit))), events)

    (said,) = [str(one.problem) for one in found if one.concern is Concern.MINUTES] or [""]
    assert told is ("lasts 1 minute and no longer: `m` is a minute. Write `M` for months" in said)


def alert(factor: object, long: Fraction) -> BurnAlert:
    """An alert with one window."""
    return BurnAlert(urgency=Urgency.PAGE, factor=Fraction(factor), long=long, short=Fraction(0))


@pytest.mark.parametrize(
    ("target", "events", "concern", "left", "hint"),
    [
        ("0.95", 28, None, "", ""),
        ("0.99", 100, None, "", ""),
        (
            "0.99",
            28,
            Concern.NO_FAILURE_ALLOWED,
            "99 % of 28 expected in 28 days leave 0.28 of one",
            "Take a target of 96 % or less, or a window of 105 days or more.",
        ),
        (
            "0.999",
            672,
            Concern.NO_FAILURE_ALLOWED,
            "99.9 % of 672 expected in 28 days leave 0.672 of one",
            "Take a target of 99.8 % or less, or a window of 42 days or more.",
        ),
        (
            "0.9",
            1,
            Concern.NO_FAILURE_ALLOWED,
            "90 % of 1 expected in 28 days leave 0.1 of one",
            "Take a window of 280 days or more.",
        ),
        (
            "0.99",
            1,
            Concern.NO_FAILURE_ALLOWED,
            "99 % of 1 expected in 28 days leave 0.01 of one",
            "Say how many of its events may fail, and choose the target by that.",
        ),
        (
            "0.9",
            0,
            Concern.NOTHING_EXPECTED,
            "nothing is expected in 28 days",
            "Say under `expected:` what is, or take a longer window.",
        ),
        (
            "0",
            28,
            Concern.NOTHING_PROMISED,
            "its target is 0",
            "Write the share of good events that its users need, such as 95 %.",
        ),
    ],
)
def test_budgets_that_are_too_small_are_told(target, events, concern, left, hint, objective) -> None:
    """With the nearest target that works, and the nearest window, where there are such."""
    found = list(advice(objective(target=Fraction(target)), Fraction(events)))

    assert [concern] * bool(concern) == [each.concern for each in found]
    for each in found:
        assert each.problem.what.partition(": ")[2] == left
        assert (each.problem.place, each.problem.hint) == ("o.yaml:1:1", hint)


def test_of_unknown_events_nothing_is_said(objective) -> None:
    """Nobody knows how many rows there will be."""
    assert not list(advice(objective(target=Fraction("0.9999"), sli=Sli.CORRECTNESS), None))
    assert not list(advice(objective(target=Fraction("0.9999"), sli=Sli.CORRECTNESS), Fraction(28)))


def test_slices_say_how_many_they_are(objective) -> None:
    """28 slices of a day allow no failure at 99 %; a part of one may always fail where parts count."""
    daily = objective(target=Fraction("0.99"), method=Budgeting.TIMESLICES, slice=DAY)
    parts = objective(target=Fraction("0.99"), method=Budgeting.RATIO_TIMESLICES, slice=DAY)

    assert [(Concern.NO_FAILURE_ALLOWED, 28)] == [(each.concern, each.events) for each in advice(daily, None)]
    assert not list(advice(parts, None))


@pytest.mark.parametrize(
    ("factor", "long", "concern", "said"),
    [
        (19, DAY, None, ""),
        (
            20,
            DAY,
            Concern.ALERT_NEVER_FIRES,
            (
                "can't fire: with a target of 95 % nothing burns more than 20 times as fast, and it asks"
                " for more than 20"
            ),
        ),
        (
            2,
            DAY / 24,
            Concern.ALERT_WITHOUT_EVENTS,
            "looks at 1 hour, in which mostly nothing is expected: it goes by the last event alone",
        ),
        (
            2,
            29 * DAY,
            Concern.ALERT_TOO_LONG,
            "looks at 29 days, which is longer than the 28 days of its budget",
        ),
    ],
)
def test_alerts_that_tell_nothing_are_told(factor, long, concern, said, objective) -> None:
    """Those that can't fire, that see no event, or that see more than there is."""
    found = list(advice(objective(alerts=(alert(factor, long),)), Fraction(28)))

    assert [concern] * bool(concern) == [each.concern for each in found]
    assert all(each.problem.what == f"an alert of the objective `fresh` {said}" for each in found)


@given(
    target=st.fractions(0, Fraction(99_999, 100_000), max_denominator=100_000),
    events=st.integers(1, 20_000),
    days=st.integers(1, 90),
)
def test_what_is_proposed_works(target, events, days, objective) -> None:
    """The target allows one failure and not three, and the window holds enough events; both are no better."""
    kept = objective(target=target, window=Rolling(Duration(Fraction(days), TimeUnit.DAY)))

    found = [each for each in advice(kept, Fraction(events)) if each.concern is Concern.NO_FAILURE_ALLOWED]

    assert bool(found) is (allowed_failures(target, events) == 0)
    for each in found:
        if each.target:
            assert each.target < target
            assert 1 <= allowed_failures(each.target, events) <= 2
        if each.window:
            assert allowed_failures(target, Fraction(events, days) * each.window.amount) >= 1
