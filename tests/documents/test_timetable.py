from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from airflow_dataops.documents.timetable import CronTimetable, once_an_hour
from airflow_dataops.errors import SettingsError

DAY = timedelta(days=1)


def utc(text: str) -> datetime:
    """Return an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ends(schedule: str, zone: str, since: str, until: str) -> list[str]:
    """Return when intervals end."""
    found = CronTimetable().intervals(schedule, zone, since=utc(since), until=utc(until))
    return [end.isoformat()[:16] for _, end in found]


# Worked out by hand: clocks in Berlin go from 2 to 3 on 29 March 2026, and from 3 to 2 on 25 October.
CHANGES = {
    "hourly, forward": ("@hourly", "2026-03-28T23:30", "2026-03-29T03:30", ["00", "01", "02", "03"]),
    "hourly, back": ("@hourly", "2026-10-24T23:30", "2026-10-25T03:30", ["00", "01", "02", "03"]),
    "at 2:00, forward": ("0 2 * * *", "2026-03-29T00:30", "2026-03-29T23:00", ["01"]),
    "at 2:00, back": ("0 2 * * *", "2026-10-24T23:30", "2026-10-25T23:00", ["01"]),
    "daily, forward": ("@daily", "2026-03-28T22:30", "2026-03-29T22:30", ["23", "22"]),
    "daily, back": ("@daily", "2026-10-24T21:30", "2026-10-25T23:30", ["22", "23"]),
}


@pytest.mark.parametrize(("schedule", "since", "until", "hours"), CHANGES.values(), ids=CHANGES)
def test_clocks_that_change(schedule, since, until, hours) -> None:
    """An hour that is left out must not be expected, one that comes twice must be, where it is hourly."""
    assert hours == [end[11:13] for end in ends(schedule, "Europe/Berlin", since, until)]


def test_the_first_ends_after_and_the_last_by() -> None:
    """The bounds decide of what a window holds: one end belongs to it, the other doesn't."""
    assert ["2026-03-02T00:00", "2026-03-03T00:00"] == ends(
        "@daily", "UTC", "2026-03-01T00:00", "2026-03-03T00:00"
    )
    assert [] == ends("@daily", "UTC", "2026-03-01T00:00", "2026-03-01T23:59")


def test_what_comes_once_in_eight_years_is_found() -> None:
    """Between 1896 and 1904 there was no 29 February, and such a gap must end."""
    assert ["1904-02-29T00:00"] == ends("0 0 29 2 *", "UTC", "1896-03-01T00:00", "1904-03-01T00:00")


@pytest.mark.parametrize(
    ("schedule", "zone", "said"),
    [
        ("61 * * * *", "UTC", "`61 \\* \\* \\* \\*` is no cron expression"),
        ("@never", "UTC", "`@never` is no cron expression"),
        ("", "UTC", "`` is no cron expression"),
        ("@daily", "Europe/Atlantis", "there is no time zone `Europe/Atlantis`"),
        ("@daily", "../etc/passwd", "there is no time zone"),
        ("0 0 31 2 *", "UTC", "`0 0 31 2 \\*` is never due"),
    ],
)
def test_what_is_no_schedule_is_named(schedule, zone, said) -> None:
    """A declaration that another version wrote may hold anything."""
    with pytest.raises(SettingsError, match=said):
        ends(schedule, zone, "2026-03-01T00:00", "2026-03-03T00:00")


@pytest.mark.parametrize(
    ("schedule", "hourly", "often"),
    [
        ("@daily", "0 0 * * *", 1),
        ("*/5 8-17 * * 1-5", "0 8-17 * * 1-5", 12),
        ("*/5 * * * * */10", "0 * * * *", 72),
        ("30 4 1 * *", "30 4 1 * *", 1),
        ("* * * * * *", "0 * * * *", 3600),
    ],
)
def test_a_schedule_that_is_due_once_an_hour_is_due_in_the_same_hours(schedule, hourly, often) -> None:
    """And so often as often as it."""
    since, until = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)
    times = [end for _, end in CronTimetable().intervals(schedule, "UTC", since=since, until=until)]
    hours = [end for _, end in CronTimetable().intervals(hourly, "UTC", since=since, until=until)]

    assert (hourly, often) == once_an_hour(schedule)
    assert abs(len(times) - often * len(hours)) <= often
