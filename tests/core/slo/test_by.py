from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from airflow_dataops.core.slo.expectation import Slot
from airflow_dataops.core.slo.indicators import when_promised
from airflow_dataops.core.slo.objective import Objective
from airflow_dataops.core.slo.sli import Sli

EAST = timezone(timedelta(hours=5, minutes=30))
PARIS = ZoneInfo("Europe/Paris")
DUE = {
    "of the schedule's zone": (time(7), datetime(2026, 3, 2, 6, tzinfo=UTC)),
    "of its own offset": (time(7, tzinfo=EAST), datetime(2026, 3, 2, 1, 30, tzinfo=UTC)),
    "in UTC": (time(7, tzinfo=UTC), datetime(2026, 3, 2, 7, tzinfo=UTC)),
    "just when the interval ends": (time(0), datetime(2026, 3, 1, 23, tzinfo=UTC)),
    "a moment before": (time(23, 59), datetime(2026, 3, 2, 22, 59, tzinfo=UTC)),
    "before, by its own offset": (time(4, tzinfo=EAST), datetime(2026, 3, 2, 22, 30, tzinfo=UTC)),
}


@pytest.mark.parametrize(("by", "due"), DUE.values(), ids=DUE)
def test_it_is_due_at_the_first_such_time_after_the_interval(by, due):
    """A time of the day without an offset is one of the schedule's zone."""
    start = datetime(2026, 3, 1, tzinfo=PARIS)
    slot = Slot(partition="2026-03-01", start=start, end=start + timedelta(days=1))
    objective = Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction(9, 10), by=by)
    assert due == when_promised(slot, None, objective, PARIS)
