from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from airflow_dataops.core.slo.enough import Enough, at_least, enough
from airflow_dataops.core.slo.standing import Standing, State
from airflow_dataops.errors import SettingsError

NOW = datetime(2026, 3, 4, 6, tzinfo=UTC)


def standing(slo: str, bad: int | None) -> Standing:
    """Return how an objective stands of which ten events may be bad; with None it has no budget."""
    return Standing(
        team="shop",
        product="orders",
        slo=slo,
        at=NOW,
        since=NOW,
        until=NOW,
        good=Fraction(100 - (bad or 0)),
        total=Fraction(100),
        expected=Fraction(100),
        allowed=Fraction(0 if bad is None else 10),
        state=State.OK,
    )


@pytest.mark.parametrize(
    ("given", "share"),
    [
        (0.2, Fraction(1, 5)),
        ("0.2", Fraction(1, 5)),
        ("20%", Fraction(1, 5)),
        ("12.5%", Fraction(1, 8)),
        (0, Fraction(0)),
        (1, Fraction(1)),
        ("100%", Fraction(1)),
        (Fraction(1, 3), Fraction(1, 3)),
    ],
)
def test_a_share_is_what_is_written(given, share) -> None:
    """Exactly; a float is what it is printed as."""
    assert share == at_least(given)


@pytest.mark.parametrize(
    "given", [-0.1, 1.1, "110%", "much", "", "1/3", "20 %", float("nan"), 1e-9, Fraction(2), None]
)
def test_what_is_no_share_is_one_line(given) -> None:
    """With what to write."""
    with pytest.raises(SettingsError, match=r"`at_least` can't be .* Use a share such as 0.2 or 20%"):
        at_least(given)


def test_each_budget_must_have_so_much_left() -> None:
    """As much is enough; one that isn't known is not."""
    found = enough(
        "orders",
        [standing("a", 8), standing("b", 9), standing("c", None), standing("d", 12)],
        least=Fraction(1, 5),
    )

    assert (
        "orders: 10 % of the budget of `b` is left, less than 20 %",
        "orders: what is left of the budget of `c` is not known",
        "orders: -20 % of the budget of `d` is left, less than 20 %",
    ) == found.lines
    assert {"a": 0.2, "b": 0.1, "c": None, "d": -0.2} == found.shares


def test_what_is_wrong_is_said_first() -> None:
    """Each line says of which product."""
    found = Enough(product="p", remaining={}, unmet=("u",), wrong=("w",))

    assert ("p: w", "p: u") == found.lines
