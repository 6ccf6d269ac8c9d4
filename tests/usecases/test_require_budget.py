from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Gap, Objective
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.errors import SettingsError
from airflow_dataops.testing.service_levels import MemoryServiceLevels
from airflow_dataops.usecases.levels.require_budget import require_budget
from airflow_dataops.wiring import clocks

START = datetime(2026, 2, 1, tzinfo=UTC)
RIGHT = Objective(name="right", sli=Sli.CORRECTNESS, target=Fraction(9, 10), gap=Gap.EXCLUDED)
QUICK = Objective(
    name="quick", sli=Sli.LATENCY, target=Fraction(1, 2), threshold=Fraction(60), gap=Gap.EXCLUDED
)
ORDERS = Declaration(
    team="shop",
    product="orders",
    dataset="orders",
    expectation=Expectation(schedule="@daily", start=START),
    objectives=(RIGHT, QUICK),
    since=START,
)


@pytest.fixture
def levels(store) -> MemoryServiceLevels:
    """What was declared and seen."""
    return MemoryServiceLevels(store)


@pytest.fixture
def ask(levels, clock):
    """Ask for a fifth of each budget of orders."""

    def do(**given):
        return require_budget(
            given.pop("product", "orders"),
            least=Fraction(1, 5),
            levels=levels,
            timetable=clocks.timetable(),
            clock=clock,
            **given,
        )

    return do


def seen(sli: Sli, at: datetime, *, good: int | None = None, value: int | None = None) -> Observation:
    """Return what was seen of 3 March: so many of a hundred rows good, or so many seconds."""
    return Observation(
        batch=Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03"),
        sli=sli,
        subject="s",
        end=datetime(2026, 3, 4, tzinfo=UTC),
        good=good,
        total=None if good is None else 100,
        value=None if value is None else Fraction(value),
        at=at,
    )


def test_each_budget_is_held_against_what_is_asked(ask, levels, store, clock) -> None:
    """As it stands now, though no evaluator has ever run."""
    levels.declare(ORDERS)
    store.record(seen(Sli.CORRECTNESS, clock.now(), good=91), seen(Sli.LATENCY, clock.now(), value=30))
    clock.advance(timedelta(minutes=1))

    found = ask()

    assert {"right": Fraction(1, 10), "quick": Fraction(1)} == found.remaining
    assert ("orders: 10 % of the budget of `right` is left, less than 20 %",) == found.lines
    assert () == ask(slo="quick", team="shop").lines
    assert {} == levels.kept()


def test_of_what_nothing_is_known_not_enough_is_left(ask, levels) -> None:
    """No data is never good."""
    levels.declare(ORDERS)

    found = ask()

    assert 2 == len(found.unmet)
    assert all("is not known" in line for line in found.unmet)


@pytest.mark.parametrize(
    ("declared", "given", "wrong"),
    [
        ([], {}, "no service levels of it are declared; of no product are any"),
        ([ORDERS], {"product": "sales"}, "no service levels of it are declared; there are: orders"),
        ([ORDERS], {"product": "order"}, "no service levels of it are declared; did you mean `orders`?"),
        (
            [ORDERS],
            {"team": "others"},
            "no service levels of it are declared; of no product of the team `others` are any",
        ),
        ([replace(ORDERS, objectives=())], {}, "it declares no objective"),
        ([ORDERS], {"slo": "fresh"}, "it has no objective `fresh`, only quick, right"),
    ],
)
def test_what_isn_t_there_is_wrong(ask, levels, declared, given, wrong) -> None:
    """It is named; a sensor may wait for it."""
    levels.declare(*declared)

    assert (wrong,) == ask(**given).wrong


def test_a_name_of_several_teams_is_refused(ask, levels) -> None:
    """Until the team is named."""
    levels.declare(ORDERS, replace(ORDERS, team="store"))

    with pytest.raises(SettingsError, match=r"several teams have a product `orders`: shop, store\. Name the"):
        ask()
    assert () == ask(team="store").wrong


def test_a_declaration_of_a_clock_far_ahead_is_not_asked(ask, levels, clock) -> None:
    """What was declared before it is; where that is nothing, it is said."""
    early = replace(ORDERS, objectives=(replace(RIGHT, name="other"),), since=clock.now() + timedelta(days=9))
    levels.declare(early)
    (alone,) = ask().wrong
    levels.declare(ORDERS)

    assert alone.startswith(
        "shop/orders: its declaration of 2026-03-13 06:00 UTC is of an instant that is still"
    )
    found = ask()
    assert {"right", "quick"} == set(found.remaining)
    assert ["what was declared before it holds"] == [note.rpartition("; ")[2] for note in found.notes]
