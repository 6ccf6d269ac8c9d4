from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.slo.budget import count
from airflow_dataops.core.slo.burnrate import (
    burn,
    burns,
    consumed,
    detected_after,
    exhausted_after,
    factor,
    long_window,
    within,
)
from airflow_dataops.core.slo.objective import BurnAlert, Urgency
from airflow_dataops.core.slo.windows import Span, last

DAY = Fraction(86_400)
PERIOD = 28 * DAY
NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)

POSITIVE = st.fractions(Fraction(1, 1000), 1000)


def alert(factor: object, long: Fraction, short: Fraction = Fraction(0), **more: object) -> BurnAlert:
    """An alert that pages."""
    return BurnAlert(urgency=Urgency.PAGE, factor=Fraction(factor), long=long, short=short, **more)


def seen(alert: BurnAlert, ledger: object, *, target: object = "0.95", now: datetime = NOW) -> object:
    """How fast the budget burns as the alert sees it; the window is 28 days."""
    inside = within(ledger, last(now, PERIOD))
    budget = (1 - Fraction(target)) * count(inside).total
    (found,) = burns((alert,), ledger, target=Fraction(target), budget=budget, over=PERIOD, now=now)
    return found


def test_a_burn_of_one_uses_up_just_the_budget() -> None:
    """The share of bad events by the share that may be bad; nothing is known of no events."""
    assert burn(Fraction(1), Fraction(20), Fraction("0.95")) == 1
    assert burn(Fraction(1), Fraction(10), Fraction("0.999")) == 100
    assert burn(Fraction(0), Fraction(0), Fraction("0.95")) is None


@given(share=POSITIVE, long=POSITIVE, period=POSITIVE, scale=POSITIVE)
def test_formulas_turn_into_each_other(share, long, period, scale) -> None:
    """Factor, window and share say each other, in whatever unit time is counted."""
    times = factor(share, long=long, period=period)

    assert long == long_window(share, factor=times, period=period)
    assert share == consumed(times, long=long, period=period)
    assert times == factor(share, long=long * scale, period=period * scale)
    assert exhausted_after(times, period=period) * share == long


def test_an_alert_that_comes_too_late_never_comes() -> None:
    """At the same share of failing events it is noticed in time, or never."""
    given = {"target": Fraction("0.999"), "factor": Fraction("14.4"), "long": Fraction(3600)}

    assert detected_after(Fraction(1), **given) == Fraction("51.84")
    assert detected_after(Fraction("0.0144"), **given) == 3600
    assert detected_after(Fraction("0.0143"), **given) is None


@pytest.mark.parametrize(
    ("letters", "long", "short", "firing"),
    [
        ("gggb", "2.5", 5, False),
        ("gbgb", 5, 5, True),
        ("bbgg", 5, 0, False),
        ("bbbg", "7.5", 5, True),
        ("bgbb", "7.5", 10, True),
        ("bbbb", 10, 10, True),
        ("bbgx", "20/3", 0, False),
    ],
)
def test_both_windows_must_burn_faster_than_the_factor(letters, long, short, firing, entries) -> None:
    """Four days and two, at a factor of 4: what burnt earlier may have been mended since."""
    ledger = entries(letters, start=NOW - timedelta(days=3))

    found = seen(alert(4, 4 * DAY, 2 * DAY), ledger, target="0.9")

    assert (Fraction(long), Fraction(short), firing) == (found.long, found.short, found.firing)


def test_a_burn_of_just_the_factor_does_not_fire(entries) -> None:
    """Strictly more, as the workbook has it; where it is said to be inclusive, just so much does."""
    ledger = entries("ggggb", start=NOW - timedelta(days=4))

    assert not seen(alert(2, 5 * DAY), ledger, target="0.9").firing
    assert seen(alert("1.99", 5 * DAY), ledger, target="0.9").firing
    assert seen(alert(2, 5 * DAY, inclusive=True), ledger, target="0.9").firing
    assert not seen(alert("2.01", 5 * DAY, inclusive=True), ledger, target="0.9").firing


def test_bad_events_are_held_against_the_whole_budget(entries) -> None:
    """Of 28 events 2.8 may be bad: one is 5/14 of the budget, in a seventh of the time it burns at 2.5."""
    ledger = entries("g" * 27 + "b", start=NOW - timedelta(days=27))

    found = seen(alert("2.5", 4 * DAY, weighted=True), ledger, target="0.9")

    assert found.long == Fraction(5, 2)
    assert found.firing
    assert not seen(alert("2.51", 4 * DAY, weighted=True), ledger, target="0.9").firing


def test_without_bad_events_nothing_fires(entries) -> None:
    """Not even where no event is left of the budget, nor at a factor of 0."""
    ledger = entries("gggg", start=NOW - timedelta(days=3))

    assert not seen(alert(0, 4 * DAY, weighted=True), ledger).firing


def test_the_last_event_stands_in_where_a_window_is_empty(entries) -> None:
    """Nobody knows more: a day later there is nothing new, and the alert goes on."""
    ledger = entries("ggbb", start=NOW - timedelta(days=3))
    later = NOW + timedelta(hours=20)

    found = seen(alert(5, 2 * DAY, Fraction(3600)), ledger, now=later)
    assert (20, 20, True) == (found.long, found.short, found.firing)

    nothing_in_both = seen(alert(5, Fraction(3600), Fraction(300)), ledger, now=later)
    assert (20, 20, True) == (nothing_in_both.long, nothing_in_both.short, nothing_in_both.firing)

    good_again = seen(alert(5, 2 * DAY, Fraction(3600)), (*ledger, *entries("g", start=later)), now=later)
    assert (0, False) == (good_again.short, good_again.firing)


def test_a_twelfth_of_the_long_windows_events_stands_in(entries) -> None:
    """As the short window is a twelfth of the long one."""
    ledger = entries("g" * 22 + "gb", start=NOW - timedelta(hours=24), every=timedelta(hours=1))

    found = seen(alert(5, DAY, Fraction(1800)), ledger)

    assert Fraction(1, 2) / Fraction("0.05") == found.short


def test_of_nothing_nothing_is_known(entries) -> None:
    """Neither that it burns, nor that it doesn't."""
    found = seen(alert(5, DAY, Fraction(3600)), entries("xxx", start=NOW - timedelta(days=3)))

    assert (None, None, False) == (found.long, found.short, found.firing)


def test_few_bad_events_are_guarded(entries) -> None:
    """One bad event of two is seen often at four times the pace of a target of 95 %: in 36 % of all cases."""
    guarded = alert(4, 2 * DAY, weighted=True, significance=Fraction(1, 20))

    one = seen(guarded, entries("gggb", start=NOW - timedelta(days=3)))
    two = seen(guarded, entries("ggbb", start=NOW - timedelta(days=3)))

    assert one.long > 4
    assert not one.firing
    assert two.firing


@given(
    letters=st.text("gbx357", min_size=1, max_size=40),
    factor=st.fractions(0, 20, max_denominator=100),
    days=st.integers(1, 30),
    parts=st.integers(0, 12),
    weighted=st.booleans(),
    inclusive=st.booleans(),
)
def test_burns_agree_with_counting_by_hand(
    letters, factor, days, parts, weighted, inclusive, entries
) -> None:
    """With loops over all entries, and no search among them."""
    ledger = entries(letters, start=NOW - timedelta(days=len(letters) - 1))
    asked = alert(
        factor,
        days * DAY,
        days * DAY / parts if parts else Fraction(0),
        weighted=weighted,
        inclusive=inclusive,
    )
    events = [entry for entry in ledger if entry.total]
    budget = sum(entry.total for entry in events if entry.at > NOW - timedelta(days=28)) * Fraction("0.05")

    def by_hand(length: Fraction) -> tuple[Fraction | None, bool]:
        edge = NOW.timestamp() - float(length)
        inside = [entry for entry in events if entry.at.timestamp() > edge]
        long = [entry for entry in events if entry.at.timestamp() > NOW.timestamp() - float(asked.long)]
        inside = inside or events[-max(1, -(-len(long) // 12)) :]
        if not inside:
            return None, False
        bad = sum((1 - entry.good for entry in inside), Fraction(0))
        if weighted:
            rate = bad / (budget * length / PERIOD) if budget else None
            return rate, bad > 0 and bool(budget) and bad >= factor * length / PERIOD * budget
        rate = bad / len(inside) * 20
        return rate, rate > factor or (inclusive and rate == factor and bad > 0)

    long, short = by_hand(asked.long), by_hand(asked.short) if asked.short else (None, True)

    found = seen(asked, ledger)

    assert (long[0], short[0]) == (found.long, found.short)
    assert found.firing is (long[1] and short[1])


@given(letters=st.text("gb", min_size=2, max_size=40), at=st.integers(0, 39))
def test_one_more_bad_event_never_ends_an_alert(letters, at, entries) -> None:
    """What burns keeps burning when more of it is bad."""
    worse = letters[:at] + "b" + letters[at + 1 :]
    asked = alert(3, 10 * DAY, 2 * DAY)
    start = NOW - timedelta(days=len(letters) - 1)

    before, after = (
        seen(asked, entries(letters, start=start)),
        seen(asked, entries(worse[: len(letters)], start=start)),
    )

    assert after.firing or not before.firing


def test_what_lies_within_is_found_on_both_kinds_of_edges(entries) -> None:
    """A rolling window leaves out its start, a period of the calendar its end."""
    ledger = entries("gggg")
    edges = {"since": ledger[1].at, "until": ledger[2].at}

    assert [ledger[2]] == list(within(ledger, Span(**edges)))
    assert [ledger[1]] == list(within(ledger, Span(**edges, rolling=False)))
