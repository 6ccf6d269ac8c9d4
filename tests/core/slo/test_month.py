from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.slo.month import Month, month
from airflow_dataops.errors import SettingsError

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_a_month_is_written_and_read() -> None:
    """Also the one that has only begun."""
    assert Month(2026, 10) == month(" 2026-10 ", now=NOW)
    assert "2026-10" == str(month("2026-10", now=NOW))
    assert "November 2026" == month("2026-11", now=NOW).name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "0000-01",
        "1969-12",
        "2026-1",
        "10/2026",
        "\u0662\u0660\u0662\u0666-10",
    ],
)
def test_what_is_no_month_is_refused(text) -> None:
    """In one line, with the form."""
    with pytest.raises(SettingsError, match=r"is no month\. Write it as 2026-10"):
        month(text, now=NOW)


@pytest.mark.parametrize("text", ["2026-12", "9998-12"])
def test_a_month_that_has_not_begun_is_refused(text) -> None:
    """A budget of nothing would look like one that is kept."""
    with pytest.raises(SettingsError, match=r"has not begun.* The newest month is 2026-11\."):
        month(text, now=NOW)


def test_a_month_begins_where_its_days_do() -> None:
    """October is an hour longer where clocks go back."""
    begin, end = Month(2026, 10).bounds(ZoneInfo("Europe/Berlin"))

    assert datetime(2026, 9, 30, 22, tzinfo=UTC) == begin.astimezone(UTC)
    assert timedelta(days=31, hours=1) == end.astimezone(UTC) - begin.astimezone(UTC)


@given(st.integers(1970, 9998), st.integers(1, 12))
def test_months_follow_each_other(year, number) -> None:
    """Each day is in one of them."""
    made = Month(year, number)

    assert date(year, number, 1) == made.days[0]
    assert made.after == made.days[-1] + timedelta(days=1)
    assert {(year, number)} == {(day.year, day.month) for day in made.days}
