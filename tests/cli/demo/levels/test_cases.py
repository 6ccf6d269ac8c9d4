from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli.demo.levels.cases import CASES

if TYPE_CHECKING:
    from airflow_dataops.cli.demo.levels.cases import Hand

PAGE = Path(__file__).parents[4] / "docs" / "explanation" / "error-budgets.md"
SUM = re.compile(r"1 - (\d+) / \((\d+)/(\d+) x (\d+)\)")
HANDS = [
    (f"{case.product} {promise.slo} {which}", hand)
    for case in CASES
    for promise in case.promises
    for which, hand in (("first", promise.first), ("last", promise.last))
]


@pytest.mark.parametrize(("name", "hand"), HANDS, ids=[name for name, _ in HANDS])
def test_a_sum_comes_to_what_is_left(name: str, hand: Hand) -> None:
    """It is made of the numbers beside it, and is right; the page of error budgets has it, too."""
    del name
    found = SUM.fullmatch(hand.sum)
    assert found is not None
    bad, above, below, expected = map(int, found.groups())

    assert (hand.total - hand.good, hand.expected) == (bad, expected)
    assert hand.left == 1 - Fraction(bad) / (Fraction(above, below) * expected)
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if f"`{hand.sum}`" in line]
    assert lines
    assert all(f"**{hand.left}**" in line for line in lines)
