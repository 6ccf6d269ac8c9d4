"""How long incidents took, and of how many of them nothing could be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.alerts.incident import Incident, Phase
from airflow_dataops.core.alerts.repair_times import RepairTimes, Spread, repair_times, spread
from airflow_dataops.core.alerts.signal import Where
from airflow_dataops.core.alerts.why_over import LEFT, REPAIRED
from airflow_dataops.core.slo.objective import Urgency

AT = datetime(2026, 3, 4, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def incident(detect: int, repair: int | None, **more: object) -> Incident:
    """An incident, by the minutes until it was found and over."""
    made = Incident(
        where=Where("shop", "orders", "2026-03-03"),
        began=AT,
        detected=AT + detect * MINUTE,
        signals=(),
        urgency=Urgency.TICKET,
        phase=Phase.OPEN if repair is None else Phase.RESOLVED,
        resolved=None if repair is None else AT + repair * MINUTE,
        why_over="" if repair is None else REPAIRED,
    )
    return replace(made, **more)


def test_by_hand() -> None:
    """Four that people were to look at; one that another explains; one that left what is looked at."""
    found = repair_times(
        [
            incident(1, 10, urgency=Urgency.PAGE),
            incident(2, 30, not_actionable="ann: the bank was closed"),
            incident(9, None),
            incident(4, 9_999, why_over=LEFT),
            incident(3, 20, explained_by="shop/raw/2026-03-03", urgency=Urgency.PAGE),
        ]
    )

    assert found == RepairTimes(
        incidents=4,
        open=1,
        pages=1,
        explained=1,
        not_actionable=1,
        unrepaired=1,
        detect=Spread(count=4, median=2 * MINUTE, p90=9 * MINUTE),
        repair=Spread(count=2, median=10 * MINUTE, p90=30 * MINUTE),
    )
    assert Fraction(1, 4) == found.noise


def test_of_nothing_nothing_is_known() -> None:
    """No share of none."""
    assert repair_times([]) == RepairTimes()
    assert RepairTimes().noise is None


@pytest.mark.parametrize(
    ("count", "median", "p90"),
    [(1, 1, 1), (2, 1, 2), (3, 2, 3), (9, 5, 9), (10, 5, 9), (11, 6, 10), (100, 50, 90)],
)
def test_ranks_are_the_nearest(count, median, p90) -> None:
    """Of 1 to `count` minutes."""
    found = spread(MINUTE * each for each in range(count, 0, -1))

    assert (median * MINUTE, p90 * MINUTE) == (found.median, found.p90)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=200))
def test_as_many_are_no_longer_as_is_said(minutes) -> None:
    """And each is one of them."""
    lengths = [each * MINUTE for each in minutes]
    found = spread(lengths)

    assert found.median in lengths
    assert sum(each <= found.median for each in lengths) * 2 >= len(lengths)
    assert sum(each <= found.p90 for each in lengths) * 10 >= 9 * len(lengths)
    assert sum(each < found.p90 for each in lengths) * 10 < 9 * len(lengths)
