from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from airflow_dataops.core.retention import cutoff
from airflow_dataops.errors import SettingsError

NOW = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01", datetime(2026, 1, 1, tzinfo=UTC)),
        (" 2026-07-01 ", datetime(2026, 7, 1, tzinfo=UTC)),
        ("2026-01-01T06:00Z", datetime(2026, 1, 1, 6, tzinfo=UTC)),
        ("2026-01-01T06:00:00+09:00", datetime(2025, 12, 31, 21, tzinfo=UTC)),
        ("2026-07-01T12:30:00+00:00", NOW),
        ("1d", NOW - timedelta(days=1)),
        ("180d", NOW - timedelta(days=180)),
    ],
)
def test_a_time_is_a_date_an_instant_or_days(text, expected) -> None:
    """What people write must be one instant, the same on every machine."""
    found = cutoff(text, now=NOW)

    assert (expected, UTC) == (found, found.tzinfo)


def test_days_are_counted_from_now_wherever_that_is() -> None:
    """The zone of the clock must not move the instant."""
    assert NOW - timedelta(days=2) == cutoff("2d", now=NOW.astimezone(timezone(timedelta(hours=-9))))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "180",
        "0d",
        "-1d",
        "1.5d",
        "\N{ARABIC-INDIC DIGIT ONE}d",
        "999999d",
        "2026-02-30",
        "2026-W01-1",
        "20260101",
        "2026-01-01T06:00",
        "0001-01-01T00:00+14:00",
        "6 months",
        "2026-01-01; drop table x",
    ],
)
def test_nonsense_is_refused_with_the_forms_that_are_none(text) -> None:
    """A slip of the pen must not remove anything: one line that says what may be written."""
    with pytest.raises(SettingsError) as caught:
        cutoff(text, now=NOW)

    assert f"before: `{text}` is no time before which facts are old. Write a date" in str(caught.value)


@pytest.mark.parametrize("text", ["2026-07-02", "2026-07-01T12:30:01Z", "9999-12-31"])
def test_the_future_is_refused(text) -> None:
    """Before a time to come everything is old, so it can't be meant."""
    with pytest.raises(SettingsError, match="is in the future"):
        cutoff(text, now=NOW)
