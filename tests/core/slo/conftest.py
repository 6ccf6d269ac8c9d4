"""What the tests of service levels have in common: an objective, its declaration, entries of many days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.ledger import Entry
from airflow_dataops.core.slo.objective import Objective
from airflow_dataops.core.slo.sli import Sli

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 2, 1, 6, tzinfo=UTC)


@pytest.fixture(scope="session")
def objective() -> Callable[..., Objective]:
    """Make an objective: the freshness of 95 % of all events in 28 days, unless it is said otherwise."""

    def make(**changes: object) -> Objective:
        usual = Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.95"), place="o.yaml:1:1")
        return replace(usual, **changes)

    return make


@pytest.fixture(scope="session")
def declaration() -> Declaration:
    """What declares an objective; nothing of it matters."""
    return Declaration(
        team="shop", product="orders", dataset="orders", expectation=Expectation(), since=START
    )


@pytest.fixture(scope="session")
def entries() -> Callable[..., tuple[Entry, ...]]:
    """Make entries from letters: g good, b bad, x excluded; a digit is so many tenths good of one event."""

    def make(
        letters: str, *, start: datetime = START, every: timedelta = timedelta(days=1)
    ) -> tuple[Entry, ...]:
        good = {"g": Fraction(1), "b": Fraction(0), "x": Fraction(0)}
        return tuple(
            Entry(
                partition=str(number),
                at=start + number * every,
                good=good[letter] if letter in good else Fraction(int(letter), 10),
                total=Fraction(letter != "x"),
            )
            for number, letter in enumerate(letters)
        )

    return make
