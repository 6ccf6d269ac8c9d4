from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.slo.window import USUAL, Calendar, Rolling
from airflow_dataops.core.slo.windows import after, before, last, span

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe")

INSTANTS = st.datetimes(datetime(2001, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def calendar(text: str, unit: TimeUnit, amount: int = 1, timezone: str = "UTC") -> Calendar:
    """A window of the calendar; `text` is where one of its periods began."""
    return Calendar(Duration(Fraction(amount), unit), datetime.fromisoformat(text), timezone)


def utc(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "now", "since", "until"),
    [
        (calendar("2026-01-01", TimeUnit.MONTH), "2026-02-28T23:59:59", "2026-02-01", "2026-03-01"),
        (calendar("2026-01-01", TimeUnit.MONTH), "2026-03-01", "2026-03-01", "2026-04-01"),
        (calendar("2026-01-01", TimeUnit.MONTH), "2024-02-29", "2024-02-01", "2024-03-01"),
        (calendar("2026-01-31", TimeUnit.MONTH), "2026-03-30", "2026-02-28", "2026-03-31"),
        (calendar("2024-02-29", TimeUnit.YEAR), "2026-01-01", "2025-02-28", "2026-02-28"),
        (calendar("2026-01-01", TimeUnit.QUARTER), "2026-06-30", "2026-04-01", "2026-07-01"),
        (calendar("2026-01-05", TimeUnit.WEEK, 2), "2026-01-20", "2026-01-19", "2026-02-02"),
        (
            calendar("2026-01-01T06:00", TimeUnit.DAY),
            "2026-01-03T05:59",
            "2026-01-02T06:00",
            "2026-01-03T06:00",
        ),
        (
            calendar("2026-01-01T00:30", TimeUnit.HOUR, 6),
            "2026-01-01",
            "2025-12-31T18:30",
            "2026-01-01T00:30",
        ),
        # In Berlin the 29th of March has 23 hours, and the 25th of October has 25.
        (
            calendar("2026-01-01", TimeUnit.DAY, timezone="Europe/Berlin"),
            "2026-03-29T12:00",
            "2026-03-28T23:00",
            "2026-03-29T22:00",
        ),
        (
            calendar("2026-01-01", TimeUnit.DAY, timezone="Europe/Berlin"),
            "2026-10-25T12:00",
            "2026-10-24T22:00",
            "2026-10-25T23:00",
        ),
        # 02:30 is left out on that day; the period begins when clocks have jumped over it.
        (
            calendar("2026-01-01T02:30", TimeUnit.DAY, timezone="Europe/Berlin"),
            "2026-03-29T01:30",
            "2026-03-29T01:30",
            "2026-03-30T00:30",
        ),
        (
            calendar("2026-01-01", TimeUnit.MONTH, timezone="Europe/Berlin"),
            "2026-03-31T22:00",
            "2026-03-31T22:00",
            "2026-04-30T22:00",
        ),
    ],
)
def test_a_period_of_the_calendar_holds_the_instant(window, now, since, until) -> None:
    """From its start on, counted from the window's own start by the clocks of its zone."""
    found = span(window, utc(now))

    assert (utc(since), utc(until)) == (found.since, found.until)


def test_a_rolling_window_is_as_long_by_the_clock_of_the_world() -> None:
    """Days are 24 hours, whatever the clocks of a zone do; months are 30 days."""
    now = datetime(2026, 3, 29, 12, tzinfo=ZoneInfo("Europe/Berlin"))

    found = span(USUAL, now)

    assert (utc("2026-03-01T10:00"), utc("2026-03-29T10:00")) == (found.since, found.until)
    assert span(Rolling(Duration(Fraction(1), TimeUnit.MONTH)), now).seconds == 30 * 86_400


def test_a_rolling_window_holds_its_end_and_not_its_start() -> None:
    """So that an event that is seen now counts now; a period of the calendar holds its start."""
    now = utc("2026-03-29")
    rolling, period = last(now, Fraction(60)), span(calendar("2026-03-29", TimeUnit.DAY), now)

    assert [False, True] == [rolling.holds(rolling.since), rolling.holds(rolling.until)]
    assert [True, False] == [period.holds(period.since), period.holds(period.until)]


@pytest.mark.parametrize("window", [USUAL, calendar("2026-01-01", TimeUnit.MONTH)])
def test_a_naive_instant_is_refused(window) -> None:
    """It would be read as one of this machine's zone."""
    with pytest.raises(ValueError, match="2026-01-01T00:00:00 has no time zone"):
        span(window, datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    "length",
    [
        Duration(Fraction(1, 2), TimeUnit.MONTH),
        Duration(Fraction(0), TimeUnit.DAY),
        Duration(Fraction(3, 2), TimeUnit.WEEK),
    ],
)
def test_a_period_is_made_of_whole_units(length) -> None:
    """Half a month is no period of the calendar; half a quarter of a year is none either."""
    with pytest.raises(ValueError, match=r"whole units|no length"):
        span(Calendar(length, datetime(2026, 1, 1), "UTC"), utc("2026-02-01"))  # noqa: DTZ001


def test_time_itself_is_the_limit() -> None:
    """A window of ten thousand years begins with the first of them."""
    now = utc("2026-01-01")

    assert before(now, Fraction(10**12)) == datetime.min.replace(tzinfo=UTC)
    assert after(now, Fraction(10**12)) == datetime.max.replace(tzinfo=UTC)


@given(
    now=INSTANTS,
    unit=st.sampled_from([each for each in TimeUnit if each is not TimeUnit.MILLISECOND]),
    amount=st.integers(1, 40),
    start=st.datetimes(datetime(2019, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
    timezone=st.sampled_from(ZONES),
)
def test_periods_follow_each_other_without_a_gap(now, unit, amount, start, timezone) -> None:
    """The end of one is the start of the next, and each instant lies in just one."""
    if unit in {TimeUnit.SECOND, TimeUnit.MINUTE}:
        amount *= 3_600
    window = Calendar(Duration(Fraction(amount), unit), start, timezone)

    found = span(window, now)
    following, before_it = span(window, found.until), span(window, found.since - timedelta(microseconds=1))

    assert found.since <= now < found.until
    assert (found.until, found.since) == (following.since, before_it.until)


@given(now=INSTANTS, seconds=st.fractions(0, 10**8, max_denominator=1000), factor=st.integers(1, 9))
def test_rolling_windows_scale(now, seconds, factor) -> None:
    """One that is so many times as long holds so many of the shorter ones, to the microsecond."""
    short, long = last(now, seconds), last(now, seconds * factor)

    assert abs(short.seconds * factor - long.seconds) < Fraction(factor, 1_000_000)
