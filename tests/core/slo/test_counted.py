from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.slo.counted import counted
from airflow_dataops.core.slo.ledger import Entry
from airflow_dataops.core.slo.objective import Budgeting
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.standing import Kept, Standing, State

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def kept(*entries: tuple[float, int, int], later: int = 0) -> Kept:
    """Return what is kept of a window of ten days: the day of each entry, its good and all events."""
    now = NOW + timedelta(days=later)
    standing = Standing(
        team="t",
        product="p",
        slo="s",
        at=now,
        since=now - timedelta(days=10),
        until=now,
        good=Fraction(0),
        total=Fraction(0),
        expected=Fraction(0),
        allowed=Fraction(0),
        state=State.OK,
    )
    return Kept(
        standing=standing,
        digest="d",
        entries=tuple(
            Entry(
                partition=str(day), at=NOW + timedelta(days=day), good=Fraction(good), total=Fraction(total)
            )
            for day, good, total in entries
        ),
        cursor=now,
        changes_at=None,
    )


OLD = kept((-9, 3, 4), (-1, 0, 1))


@pytest.mark.parametrize(
    ("new", "good", "total"),
    [
        (OLD, 0, 0),
        (kept((-1, 0, 1), (1, 5, 7), later=1), 5, 7),
        (kept((-1, 0, 1), (1, 5, 7), (2, 1, 1), later=1), 5, 7),
        (kept((-9, 3, 4), (-1, 1, 1)), 1, 0),
        (kept((-9, 2, 4), (-1, 0, 1)), -1, 0),
        (kept((-20, 9, 9), (-9, 3, 4), (-1, 0, 1)), 0, 0),
        (kept((-9, 3, 4), (-5, 2, 2), (-1, 0, 1)), 2, 2),
        (kept(), 0, 0),
    ],
)
def test_a_counter_grows_by_what_came_due(new, good, total, objective) -> None:
    """Also by what was seen late, and by what is repaired; what left the window takes nothing back."""
    assert (good, total) == counted(OLD, new, objective(sli=Sli.CORRECTNESS))


@pytest.mark.parametrize(
    ("changes", "good", "total"),
    [
        ({"method": Budgeting.TIMESLICES, "slice_target": Fraction(1, 2)}, 2, 2),
        ({"method": Budgeting.RATIO_TIMESLICES}, Fraction(5, 7) + Fraction(1, 2), 2),
        # A slice of a day ends with the day: the newest one has not.
        ({"method": Budgeting.RATIO_TIMESLICES, "slice": Fraction(86_400)}, Fraction(5, 7), 1),
    ],
)
def test_a_counter_counts_as_the_method_does(changes, good, total, objective) -> None:
    """Slices, and shares of slices, once they have ended."""
    new = kept((-1, 0, 1), (0.5, 5, 7), (1.25, 1, 2), later=1)
    shifted = replace(new, standing=replace(new.standing, at=NOW + timedelta(days=1.5)))

    assert (good, total) == counted(OLD, shifted, objective(sli=Sli.CORRECTNESS, **changes))


def test_the_first_evaluation_counts_nothing(objective) -> None:
    """Four weeks of the past are no burst of events now."""
    assert (0, 0) == counted(None, OLD, objective())
