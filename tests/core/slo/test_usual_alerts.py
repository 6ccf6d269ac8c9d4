from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.slo.burnrate import consumed
from airflow_dataops.core.slo.objective import Budgeting, Urgency
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.usual_alerts import can_fire, fixed_alerts, spacing, usual_alerts
from airflow_dataops.core.slo.window import Rolling

HOUR = Fraction(3600)
MINUTE = Fraction(60)


def days(number: int) -> Rolling:
    """A window of so many days."""
    return Rolling(Duration(Fraction(number), TimeUnit.DAY))


def told(alerts: object) -> list[tuple[str, Fraction, Fraction]]:
    """Urgency, factor and hours of the long window."""
    return [(alert.urgency.value, alert.factor, alert.long / HOUR) for alert in alerts]


@pytest.mark.parametrize(
    ("length", "long"), [(30, (1, 6, 24, 72)), (7, ("7/30", "7/5", "28/5", "84/5")), (90, (3, 18, 72, 216))]
)
def test_many_events_have_the_four_of_the_workbook(length, long, objective) -> None:
    """With windows in which they use up 2 %, 5 %, 10 % and 10 % of the budget, whatever its length."""
    kept = objective(window=days(length), slice=Fraction(20), method=Budgeting.TIMESLICES)

    found = usual_alerts(kept)

    factors = ("14.4", "6", "3", "1")
    urgencies = ("page", "page", "ticket", "ticket")
    expected = zip(urgencies, map(Fraction, factors), map(Fraction, long), strict=True)
    assert list(expected) == told(found)
    assert all(alert.short * 12 == alert.long for alert in found)


@pytest.mark.parametrize(
    ("target", "sli", "method", "spacing", "page", "ticket"),
    [
        # One missed day says enough of a target of 99 %: at four times the pace that happens 4 times in 100.
        ("0.99", Sli.FRESHNESS, Budgeting.OCCURRENCES, 24, 24, "33.6"),
        # Of 95 % it takes two days in a row, of 90 % four.
        ("0.95", Sli.FRESHNESS, Budgeting.OCCURRENCES, 24, 48, "33.6"),
        ("0.9", Sli.FRESHNESS, Budgeting.OCCURRENCES, 24, 96, "33.6"),
        # Each hour: the tenth of the budget is as much as there is in 16.8 and 33.6 hours.
        ("0.99", Sli.FRESHNESS, Budgeting.OCCURRENCES, 1, "16.8", "33.6"),
        # Once a week: four weeks are all there is.
        ("0.9", Sli.SUCCESS, Budgeting.OCCURRENCES, 168, 672, 168),
        # A batch has many rows; one is enough.
        ("0.95", Sli.CORRECTNESS, Budgeting.OCCURRENCES, 24, 24, "33.6"),
        ("0.95", Sli.CORRECTNESS, Budgeting.TIMESLICES, 24, 48, "33.6"),
    ],
)
def test_few_events_have_windows_that_hold_some(
    target, sli, method, spacing, page, ticket, objective
) -> None:
    """The page's window holds as many as it takes to be sure, and the ticket's one."""
    kept = objective(target=Fraction(target), sli=sli, method=method)

    found = usual_alerts(kept, spacing * HOUR)

    assert [("page", 4, Fraction(page)), ("ticket", 2, Fraction(ticket))] == told(found)
    assert [Fraction(1, 20), None] == [alert.significance for alert in found]
    assert all(alert.weighted for alert in found)


@given(length=st.integers(1, 365), factor=st.sampled_from([2, 4]))
def test_of_many_batches_an_alert_costs_a_tenth_of_the_budget(length, factor, objective) -> None:
    """Whatever the length of the window; a fixed window of 48 hours would be 57 % of a week."""
    found = usual_alerts(objective(window=days(length)), Fraction(length * 86_400, 500))

    alert = next(alert for alert in found if alert.factor == factor)
    assert consumed(alert.factor, long=alert.long, period=length * 24 * HOUR) == Fraction(1, 10)


def test_more_than_fifteen_events_in_the_shortest_window_are_many(objective) -> None:
    """30 days have a shortest long window of an hour: one event every four minutes is one too few."""
    kept = objective(window=days(30), target=Fraction("0.99"))

    assert len(usual_alerts(kept, 4 * MINUTE)) == 2
    assert len(usual_alerts(kept, 4 * MINUTE - 1)) == 4
    assert len(usual_alerts(kept, None)) == 2


@pytest.mark.parametrize(("target", "factors"), [("0.9", [6, 3, 1]), ("0.75", [3, 1]), ("0", [])])
def test_what_can_never_fire_is_left_out(target, factors, objective) -> None:
    """Ten times is as fast as a target of 90 % can burn, when there is nothing but bad events."""
    found = usual_alerts(objective(target=Fraction(target), slice=MINUTE, method=Budgeting.TIMESLICES))

    assert factors == [alert.factor for alert in found]
    assert all(can_fire(alert, Fraction(target)) for alert in found)


def test_an_alert_that_fires_at_its_factor_can_fire_at_the_most(objective) -> None:
    """Ten times is all that a target of 90 % can burn, and it isn't more than ten times."""
    (found,) = usual_alerts(objective(target=Fraction("0.9")), 24 * HOUR)[1:]
    ten = replace(found, factor=Fraction(10), weighted=False)

    assert not can_fire(ten, Fraction("0.9"))
    assert can_fire(replace(ten, inclusive=True), Fraction("0.9"))


def test_few_events_of_a_low_target_have_a_ticket_alone(objective) -> None:
    """Nobody can be sure that half of the events failing is too many, when half of them may."""
    assert [Urgency.TICKET] == [
        alert.urgency for alert in usual_alerts(objective(target=Fraction("0.5")), 24 * HOUR)
    ]


def test_fixed_windows_have_factors_of_the_period(objective) -> None:
    """As Sloth has them for 28 days, so that its rules and ours are the same."""
    found = fixed_alerts(objective(window=days(28)))

    assert [("page", Fraction("13.44"), 1), ("page", Fraction("5.6"), 6)] == told(found)[:2]
    assert [("ticket", Fraction("2.8"), 24), ("ticket", Fraction(14, 15), 72)] == told(found)[2:]


def test_the_time_between_events_is_an_average(entries) -> None:
    """In quarters of an hour where it is more than one, so that a change of clocks moves no window."""
    hourly = timedelta(hours=1)

    assert spacing(entries("g")) is None
    assert spacing(entries("gg", every=timedelta(0))) is None
    assert spacing(entries("gggg", every=hourly)) == HOUR
    assert spacing(entries("gggg", every=timedelta(minutes=7))) == 7 * MINUTE

    daily = (
        *entries("g" * 9, start=datetime(2026, 3, 20, 5, tzinfo=UTC)),
        *entries("g" * 19, start=datetime(2026, 3, 29, 4, tzinfo=UTC)),
    )
    assert spacing(daily) == 24 * HOUR
