from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.slo.budget import count
from airflow_dataops.core.slo.objective import Budgeting, BurnAlert, Urgency
from airflow_dataops.core.slo.reckoning import changes_at, reach, standing
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.standing import State
from airflow_dataops.core.slo.window import Calendar, Rolling

NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)
MONTH = Calendar(Duration(Fraction(1), TimeUnit.MONTH), datetime(2026, 1, 1), "UTC")  # noqa: DTZ001
WEEK = Rolling(Duration(Fraction(7), TimeUnit.DAY))


def last_day(letters: str) -> datetime:
    """The first day of letters whose last one is now."""
    return NOW - timedelta(days=len(letters) - 1)


@pytest.mark.parametrize(
    ("letters", "remaining", "state"),
    [
        ("g" * 28, 1, State.OK),
        # 28 events at 95 % allow 1.4: one bad one leaves 2/7, and is a ticket until the next good one.
        ("g" * 27 + "b", "2/7", State.BURNING),
        ("g" * 26 + "bg", "2/7", State.OK),
        ("g" * 26 + "bb", "-3/7", State.EXHAUSTED),
        # 20 events allow just one: nothing is left of it.
        ("g" * 19 + "b", 0, State.EXHAUSTED),
        ("b" + "g" * 27, "2/7", State.OK),
        # What is older than the window counts no more.
        ("b" + "g" * 28, 1, State.OK),
        # An excluded one counts as nothing: 27 allow 1.35.
        ("g" * 25 + "xbg", "7/27", State.OK),
        ("xxx", None, State.UNKNOWN),
        ("", None, State.UNKNOWN),
    ],
)
def test_a_daily_product_stands_as_by_hand(
    letters, remaining, state, objective, declaration, entries
) -> None:
    """In the usual window of 28 days, at a target of 95 %."""
    ledger = entries(letters, start=last_day(letters))

    found = standing(objective(), declaration, ledger, now=NOW)

    assert found.remaining == (None if remaining is None else Fraction(remaining))
    assert found.state is state
    assert (found.since, found.until) == (NOW - timedelta(days=28), NOW)


def test_the_budget_of_a_period_is_there_from_its_first_day(objective, declaration, entries) -> None:
    """March expects 31 events and allows 1.55 bad ones, though only one is due by now."""
    monthly = objective(window=MONTH)

    found = standing(monthly, declaration, entries("gbb", start=last_day("gbb")), now=NOW, coming=30)

    assert (found.good, found.total, found.expected, found.allowed) == (0, 1, 31, Fraction("1.55"))
    assert found.remaining == 1 - 1 / Fraction("1.55")
    assert (found.since, found.until) == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


def test_alerts_look_over_the_start_of_a_period(objective, declaration, entries) -> None:
    """Two days in a row were bad, one of them in the month before."""
    page = BurnAlert(urgency=Urgency.PAGE, factor=Fraction(5), long=Fraction(2 * 86_400), short=Fraction(0))
    monthly = objective(window=MONTH, alerts=(page,))

    found = standing(monthly, declaration, entries("ggbb", start=last_day("ggbb")), now=NOW, coming=30)

    assert [20] == [each.long for each in found.burns]
    assert reach(monthly, NOW) == NOW - timedelta(days=31 - 1)
    assert reach(objective(alerts=(page,)), NOW) == NOW - timedelta(days=28)


def test_on_the_first_day_of_a_period_alerts_know_how_rare_events_are(
    objective, declaration, entries
) -> None:
    """From the month before: two bad days in a row page, though one of them is the only one of March."""
    ledger = entries("g" * 20 + "bb", start=NOW - timedelta(days=21))

    found = standing(objective(window=MONTH), declaration, ledger, now=NOW, coming=30)

    page = found.burns[0]
    assert (page.alert.urgency, page.alert.long, page.firing) == (Urgency.PAGE, 2 * 86_400, True)


def test_before_anything_is_due_a_period_is_ok(objective, declaration) -> None:
    """All of its budget is there. Where nothing counts though it was due, nothing is known."""
    monthly = objective(window=MONTH)

    found = standing(monthly, declaration, (), now=NOW, coming=31)

    assert (found.state, found.remaining) == (State.OK, 1)


def test_excluded_events_of_a_period_say_nothing(objective, declaration, entries) -> None:
    """Nothing was seen of those that were due: that is neither good nor bad."""
    found = standing(objective(window=MONTH), declaration, entries("x", start=NOW), now=NOW, coming=30)

    assert found.state is State.UNKNOWN


def test_a_slice_that_has_not_ended_is_expected(objective, declaration, entries) -> None:
    """It counts at its end, and is one of the events of its period until then."""
    ledger = entries("b", start=NOW - timedelta(hours=1)) + entries("b", start=NOW + timedelta(minutes=-1))
    daily = objective(sli=Sli.CORRECTNESS, window=MONTH, method=Budgeting.TIMESLICES, slice=Fraction(86_400))

    found = standing(daily, declaration, ledger, now=NOW, coming=30)

    assert (found.total, found.expected) == (0, 31)
    assert changes_at(daily, ledger, now=NOW) == datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(("letters", "weighted"), [("gbb", True), ("g" * 15, True), ("g" * 16, False)])
def test_a_handful_in_a_minute_is_no_high_frequency(
    letters, weighted, objective, declaration, entries
) -> None:
    """A DAG that ran three times while somebody tried it pages nobody by chance."""
    found = entries(letters, every=timedelta(seconds=4))
    stands = standing(objective(), declaration, found, now=found[-1].at)

    assert {weighted} == {burn.alert.weighted for burn in stands.burns}


def test_entries_of_the_future_wait(objective, declaration, entries) -> None:
    """A clock that goes ahead makes nothing count before its time."""
    ledger = entries("g" * 27 + "bb", start=NOW - timedelta(days=27))

    found = standing(objective(), declaration, ledger, now=NOW)

    assert (found.total, found.bad) == (28, 1)
    assert changes_at(objective(), ledger, now=NOW) <= NOW + timedelta(days=1)


def test_a_naive_present_is_refused(objective, declaration) -> None:
    """It could be any of 38 instants."""
    with pytest.raises(ValueError, match="no time zone"):
        standing(objective(), declaration, (), now=NOW.replace(tzinfo=None))


def test_it_says_whose_it_is(objective, declaration) -> None:
    """Team, product, objective, and what else there is to be said."""
    found = standing(objective(), declaration, (), now=NOW, notes=("clocks differ",))

    assert ("shop", "orders", "fresh") == (found.team, found.product, found.slo)
    assert found.notes == ("clocks differ",)


def test_nothing_changes_where_nothing_is(objective) -> None:
    """A rolling window that is empty stays empty."""
    assert changes_at(objective(), (), now=NOW) is None
    assert changes_at(objective(window=MONTH), (), now=NOW) == datetime(2026, 4, 1, tzinfo=UTC)


@given(letters=st.text("gbx5", max_size=20), hours=st.integers(0, 24 * 9), calendar=st.booleans())
def test_nothing_changes_before_it_is_said_to(
    letters, hours, calendar, objective, declaration, entries
) -> None:
    """Up to the microsecond before, good, bad, state and burns are what they are now."""
    kept = objective(window=MONTH if calendar else WEEK)
    ledger, now = entries(letters, start=last_day(letters)), NOW + timedelta(hours=hours)

    def told(at: datetime) -> object:
        found = standing(kept, declaration, ledger, now=at, coming=3)
        rates = [(each.long, each.short, each.firing) for each in found.burns]
        return found.good, found.total, found.expected, found.state, rates

    changes = changes_at(kept, ledger, now=now)

    assert changes is None or changes > now
    until = (changes or now + timedelta(days=99)) - timedelta(microseconds=1)
    assert told(now) == told(until) == told(now + (until - now) / 2)


@given(letters=st.text("gb37x", max_size=40), older=st.text("gb", max_size=9), calendar=st.booleans())
def test_what_is_out_of_reach_changes_nothing(
    letters, older, calendar, objective, declaration, entries
) -> None:
    """So that an evaluator may forget it."""
    kept = objective(window=MONTH if calendar else WEEK)
    ledger = entries(older + letters, start=last_day(older + letters))
    near = [entry for entry in ledger if entry.at > reach(kept, NOW)]

    assert standing(kept, declaration, near, now=NOW) == standing(kept, declaration, ledger, now=NOW)


@given(letters=st.text("gb5x", min_size=1, max_size=28), target=st.fractions(0, Fraction(999, 1000)))
def test_what_remains_is_what_is_left_of_the_share(letters, target, objective, declaration, entries) -> None:
    """The other way to say it: 1 - (share of bad events) / (share that may be bad)."""
    ledger = entries(letters, start=last_day(letters))
    seen = count(ledger)

    found = standing(objective(target=target), declaration, ledger, now=NOW)

    if seen.total:
        assert found.remaining == 1 - (1 - seen.good / seen.total) / (1 - target)
        assert (found.state is State.EXHAUSTED) is (bool(seen.bad) and seen.good / seen.total <= target)
    else:
        assert found.remaining is None


@given(letters=st.text("gb37x", max_size=40), scale=st.sampled_from([2, 3, 7, 24]))
def test_time_has_no_unit_of_its_own(letters, scale, objective, declaration, entries) -> None:
    """So many times as long between events and in the window: as much is left, and the same alerts fire."""
    found = []
    for times in (1, scale):
        window = Rolling(Duration(Fraction(28 * times), TimeUnit.DAY))
        apart = timedelta(days=times)
        ledger = entries(letters, start=NOW - (len(letters) - 1) * apart, every=apart)
        its = standing(objective(window=window), declaration, ledger, now=NOW)
        rates = [
            (each.alert.factor, each.alert.long / times, each.long, each.short, each.firing)
            for each in its.burns
        ]
        found.append((its.remaining, its.state, rates))

    assert found[0] == found[1]
