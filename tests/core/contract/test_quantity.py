from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.contract.quantity import (
    SECONDS,
    Counted,
    Duration,
    Rate,
    Ratio,
    TimeUnit,
    decimal,
    size,
)


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Duration(Fraction(1), TimeUnit.DAY), "1 day"),
        (Duration(Fraction(3, 2), TimeUnit.HOUR), "1.5 hours"),
        (Duration(Fraction(0), TimeUnit.MINUTE), "0 minutes"),
        (Ratio(Fraction(999, 1000)), "99.9 %"),
        (Ratio(Fraction(1)), "100 %"),
        (Rate(Fraction(5000), Counted.ROWS, TimeUnit.SECOND), "5000 rows per second"),
    ],
)
def test_a_quantity_is_written_as_a_person_would(quantity, text):
    """A quantity says its number, in full, and its unit."""
    assert text == str(quantity)


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (Duration(Fraction(2), TimeUnit.WEEK), Fraction(14 * 86_400)),
        (Duration(Fraction(250), TimeUnit.MILLISECOND), Fraction(1, 4)),
        (Duration(Fraction(1), TimeUnit.YEAR), Fraction(365 * 86_400)),
        (Ratio(Fraction(1, 3)), Fraction(1, 3)),
        (Rate(Fraction(1), Counted.BYTES, TimeUnit.MINUTE), Fraction(1, 60)),
        (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)),
        (time(6, tzinfo=UTC), None),
    ],
)
def test_size_is_exact(quantity, expected):
    """Quantities of one kind are compared in one unit, exactly; times of day go round."""
    assert expected == size(quantity)


def test_units_of_time_go_up():
    """Every unit has a length, and is longer than the one before it."""
    lengths = [SECONDS[unit] for unit in TimeUnit]
    assert sorted(set(lengths)) == lengths


@given(st.fractions(min_value=0, max_value=10**12))
def test_decimal_is_near_the_number(number):
    """What is shown is off by less than half of its last digit."""
    assert abs(Fraction(decimal(number)) - number) <= Fraction(1, 2 * 10**9)


@given(st.decimals(min_value=0, max_value=10**12, places=6))
def test_decimal_is_the_number_where_it_is_short(number):
    """A number of few digits is shown as it is, without zeros at its end."""
    shown = decimal(Fraction(number))
    assert number == Decimal(shown)
    assert "." not in shown or not shown.endswith("0")
