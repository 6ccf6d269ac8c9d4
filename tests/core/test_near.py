"""What to do about a name that there isn't."""

from __future__ import annotations

import pytest

from airflow_dataops.core.near import instead

MANY = [f"p{number:02}" for number in range(11)]


@pytest.mark.parametrize(
    ("asked", "names", "hint"),
    [
        ("order", ["refunds", "orders"], "Did you mean `orders`?"),
        ("zzz", ["refunds", "orders", "orders"], "There are: orders, refunds."),
        ("zzz", MANY, f"There are: {', '.join(MANY[:10])}, …."),
        ("zzz", [], "There is none yet."),
    ],
)
def test_the_name_that_was_meant_or_those_that_there_are(asked, names, hint) -> None:
    """Each once, and ten at most."""
    assert hint == instead(asked, names, none="There is none yet.")
