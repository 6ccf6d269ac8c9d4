from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from airflow_dataops.core.batch import Grain
from airflow_dataops.core.slo.expectation import Exclusion, Expectation
from airflow_dataops.core.slo.pace import paces
from airflow_dataops.documents.timetable import CronTimetable

HOUR = Fraction(3600)
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("expectation", "spacing"),
    [
        (Expectation(schedule="@hourly", grain=Grain.HOUR), HOUR),
        (Expectation(schedule="0 6 * * *", timezone="America/New_York"), DAY),
        # Five of seven days, and a year of twelve months.
        (Expectation(schedule="0 6 * * 1-5"), 7 * DAY / 5),
        (Expectation(schedule="@weekly"), 7 * DAY),
        (Expectation(schedule="@monthly", grain=Grain.MONTH), 365 * DAY / 12),
        # What lies in one partition is one event, however often it is due.
        (Expectation(schedule="*/5 * * * *", grain=Grain.HOUR), HOUR),
        (Expectation(schedule="0 0 29 2 *"), None),
        (Expectation(runs=True), None),
        (Expectation(), None),
        # Neither its first day nor a holiday changes the rhythm.
        (
            Expectation(
                schedule="@daily",
                start=datetime(2026, 1, 1, tzinfo=UTC),
                end=datetime(2026, 1, 2, tzinfo=UTC),
                exclusions=(Exclusion(first=date(2001, 1, 1), last=date(2001, 12, 31)),),
            ),
            DAY,
        ),
    ],
    ids=lambda value: value.schedule or "none" if isinstance(value, Expectation) else "",
)
def test_a_schedule_says_how_much_time_lies_between_events(expectation, spacing, declaration) -> None:
    """On average, whatever the date is."""
    found = paces([replace(declaration, expectation=expectation)], CronTimetable().intervals)

    assert found.get(("shop", "orders")) == spacing


def test_a_product_after_others_has_their_rhythm(declaration) -> None:
    """Where they are among those that are looked at."""
    daily = replace(declaration, product="raw", expectation=Expectation(schedule="@daily"))
    after = replace(declaration, expectation=Expectation(upstreams=("raw",)))

    assert paces([after, daily], CronTimetable().intervals) == {("shop", "raw"): DAY, ("shop", "orders"): DAY}
    assert paces([after], CronTimetable().intervals) == {}
