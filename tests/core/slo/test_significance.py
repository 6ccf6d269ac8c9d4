from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from airflow_dataops.core.slo import significance
from airflow_dataops.core.slo.significance import least_significant, significant, tail

CHANCES = st.fractions(0, 1, max_denominator=200)


def by_hand(bad: int, total: int, chance: Fraction) -> Fraction:
    """P(X >= bad) by adding up one event after another, with no binomial coefficient."""
    ways = [Fraction(1)]
    for _ in range(total):
        ways = [
            (ways[each] if each < len(ways) else 0) * (1 - chance) + (ways[each - 1] * chance if each else 0)
            for each in range(len(ways) + 1)
        ]
    return sum(ways[max(0, bad) :], Fraction(0))


@given(bad=st.integers(-1, 26), total=st.integers(0, 25), chance=CHANCES)
def test_the_tail_is_exact(bad, total, chance) -> None:
    """As it comes out of one event after another."""
    assert by_hand(bad, total, chance) == tail(bad, total, chance)


@given(
    total=st.integers(100, 900),
    share=st.fractions(0, 1),
    chance=st.fractions(Fraction(1, 100), Fraction(99, 100)),
)
def test_of_many_events_it_is_near(total, share, chance) -> None:
    """To a millionth of itself, on both sides of the middle."""
    bad = math.ceil(total * share)
    assume(bad)

    exact, near = significance._exact(bad, total, chance), significance._near(bad, total, chance)

    assert math.isclose(exact, near, rel_tol=1e-6, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("bad", "total", "chance", "found"),
    [
        (20_500, 1_000_000, "0.02", False),
        (20_200, 1_000_000, "0.02", False),
        (20_240, 1_000_000, "0.02", True),
        (50_000_000, 100_000_000, "0.4", True),
        (1, 10_000_000_000, "0.04", False),
    ],
)
def test_of_very_many_events_it_is_told_at_once(bad, total, chance, found) -> None:
    """A normal distribution says the same: 2.45 standard deviations are 0.7 %, 1.43 are 7.7 %."""
    level = Fraction(1, 20) if bad != 20_500 else Fraction(1, 10**6)

    assert found is significant(Fraction(bad), Fraction(total), chance=Fraction(chance), level=level)


@given(
    bad=st.integers(0, 40), total=st.integers(0, 40), chance=CHANCES, level=st.fractions(0, Fraction(1, 2))
)
def test_the_guard_is_what_the_tail_says(bad, total, chance, level) -> None:
    """Strictly below the level; the short way for what is seen every other time changes nothing."""
    assume(bad <= total)

    found = significant(Fraction(bad), Fraction(total), chance=chance, level=level)

    assert found is (tail(bad, total, chance) < level)


def test_a_part_of_an_event_counts_as_one() -> None:
    """X is a whole number: that it is a third at least is that it is one at least."""
    level = Fraction(1, 20)

    assert significant(Fraction(1, 3), Fraction(1), chance=Fraction(4, 100), level=level)
    assert not significant(Fraction(1, 3), Fraction(2), chance=Fraction(4, 100), level=level)


@pytest.mark.parametrize(
    ("chance", "events"), [("0.04", 1), ("0.05", 2), ("0.2", 2), ("0.4", 4), ("0.99", 299), ("1", None)]
)
def test_so_many_in_a_row_are_significant(chance, events) -> None:
    """At a level of a twentieth; where all of them are bad anyway, no number is."""
    level = Fraction(1, 20)

    assert events == least_significant(Fraction(chance), level)
    if events:
        assert significant(Fraction(events), Fraction(events), chance=Fraction(chance), level=level)
