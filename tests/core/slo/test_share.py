from __future__ import annotations

from fractions import Fraction

import pytest

from airflow_dataops.core.slo.share import cut_percent


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (Fraction(1), "100 %"),
        (Fraction(499_999, 10_000_000), "4.999 %"),
        (Fraction(1, 10**9), "< 0.001 %"),
        (Fraction(0), "0 %"),
        (Fraction(-1, 10**9), "-0.001 %"),
        (Fraction(-199), "-19,900 %"),
    ],
)
def test_a_share_is_cut_off_and_not_rounded_up(share, told) -> None:
    """So less than 5 % is never told as 5 %."""
    assert told == cut_percent(share)
