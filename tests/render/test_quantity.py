from __future__ import annotations

from fractions import Fraction

import pytest

from airflow_dataops.render.quantity import count, duration


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (Fraction(1, 3), "0 s"),
        (59.9, "59 s"),
        (60, "1 min 0 s"),
        (3599, "59 min 59 s"),
        (11520, "3 h 12 min"),
        (86399, "23 h 59 min"),
        (93600, "1 d 2 h"),
        (863999, "9 d 23 h"),
        (864000, "10 d"),
        (22991483, "266 d"),
        (-11520, "-3 h 12 min"),
        (-0.5, "0 s"),
        (None, "–"),  # noqa: RUF001 - the dash of the table
    ],
)
def test_duration_is_told_in_its_largest_units(seconds, expected) -> None:
    """Two units, cut off; days alone from ten days on."""
    assert expected == duration(seconds)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "0"), (999, "999"), (1234567, "1,234,567"), (None, "–")],  # noqa: RUF001 - the dash of the table
)
def test_count_sets_thousands_apart(number, expected) -> None:
    """Zero is a number, and not the dash of what is not known."""
    assert expected == count(number)
