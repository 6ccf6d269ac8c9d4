from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.slots import Calendar

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def days(schedule, timezone, *, since, until):  # noqa: ARG001 - what a timetable is asked
    """Yield the days of UTC."""
    start = FIRST - 30 * DAY
    while start + DAY <= until:
        if start + DAY > since:
            yield start, start + DAY
        start += DAY


def test_the_last_interval_begins_at_the_end_of_the_schedule():
    """As Airflow has it: with `end_date: 2026-03-14`, the fourteenth runs, and nothing after it."""
    expectation = Expectation(schedule="@daily", start=FIRST, end=FIRST + 13 * DAY)
    declared = Declaration(
        team="shop", product="orders", dataset="orders", expectation=expectation, since=FIRST
    )
    known = Calendar(
        declared={("shop", "orders"): (declared,)},
        intervals=days,
        since=FIRST - DAY,
        until=FIRST + 30 * DAY,
    )
    labels = [slot.partition for slot in known.slots(("shop", "orders"))]
    assert [f"2026-03-{day:02}" for day in range(1, 15)] == labels
