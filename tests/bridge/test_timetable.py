"""Our timetable against Airflow's own: what is expected must be what is scheduled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pendulum
import pytest
from airflow.timetables.interval import CronDataIntervalTimetable
from airflow.utils.dates import cron_presets
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from airflow_dataops.documents.schedule import PRESETS
from airflow_dataops.documents.timetable import EXPRESSIONS, CronTimetable

DAY = timedelta(days=1)

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Asia/Kathmandu",
)

HOURS = ("0", "2", "3", "5", "1-3", "*/2", "*", "2,3", "23")
MINUTES = ("0", "30", "15,45", "*/20", "59")
DAYS = ("* * *", "* * 1-5", "1 * *", "* * 0", "29 2 *", "L * *", "1,15 * 3")

# Around each change of clocks in 2026, and a common day: Berlin, New York, Lord Howe Island, St John's.
STARTS = (
    datetime(2026, 3, 27, 22, tzinfo=UTC),
    datetime(2026, 10, 23, 21, 30, tzinfo=UTC),
    datetime(2026, 3, 6, 5, tzinfo=UTC),
    datetime(2026, 10, 30, 5, 15, tzinfo=UTC),
    datetime(2026, 4, 3, 11, tzinfo=UTC),
    datetime(2026, 10, 2, 11, tzinfo=UTC),
    datetime(2026, 6, 15, tzinfo=UTC),
)


def airflows(
    schedule: str, timezone: str, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """Return the intervals that Airflow schedules, from the first that begins at an instant or later."""
    table = CronDataIntervalTimetable(schedule, pendulum.timezone(timezone))
    start = table._align_to_next(pendulum.instance(since))
    found = []
    while (end := table._get_next(start)) <= until:
        found.append((start, end))
        start = end
    return found


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(MINUTES),
    st.sampled_from(HOURS),
    st.sampled_from(DAYS),
    st.sampled_from(ZONES),
    st.sampled_from(STARTS),
)
@example("0", "*", "* * *", "Europe/Berlin", STARTS[0])
@example("0", "*", "* * *", "Europe/Berlin", STARTS[1])
@example("30", "2", "* * *", "Europe/Berlin", STARTS[0])
@example("30", "2", "* * *", "Europe/Berlin", STARTS[1])
def test_intervals_are_those_of_airflow(minute, hour, days, zone, since) -> None:
    """Also when clocks change, in both directions, by an hour or by half of one."""
    schedule = f"{minute} {hour} {days}"
    # What is due every hour of some days begins, in Airflow, where clocks stood when it was due before.
    assume(hour != "*" or days == "* * *")
    span = 4 * DAY if days in {"* * *", "* * 1-5", "* * 0"} else 40 * DAY
    theirs = airflows(schedule, zone, since, since + span)
    ours = list(CronTimetable().intervals(schedule, zone, since=since, until=since + span))

    assert theirs == [one for one in ours if one[0] >= since]
    assert all(since < end <= since + span for _, end in ours)
    assert all(later[0] == earlier[1] for earlier, later in pairwise(ours))


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_those_of_airflow(preset) -> None:
    """A name must stand for the same expression, and there must be no name that isn't known."""
    assert cron_presets[preset] == EXPRESSIONS[preset]
    assert set(cron_presets) == set(EXPRESSIONS) == set(PRESETS)
    until = STARTS[0] + (800 if preset == "@yearly" else 200) * (DAY / 100 if preset == "@hourly" else DAY)
    ours = CronTimetable().intervals(preset, "Asia/Tokyo", since=STARTS[0], until=until)
    theirs = airflows(preset, "Asia/Tokyo", STARTS[0], until)
    assert len(theirs) > 0
    assert theirs == [one for one in ours if one[0] >= STARTS[0]]
