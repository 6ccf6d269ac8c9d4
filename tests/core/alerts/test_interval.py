from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.alerts.interval import Interval, NamedInterval, always, holds
from airflow_dataops.core.alerts.interval_words import days_of_month, location, months, times, weekdays, years
from airflow_dataops.core.alerts.mute import muted_by
from airflow_dataops.core.alerts.route import Route
from airflow_dataops.errors import SettingsError

BERLIN = "Europe/Berlin"


def named(name="it", **entry):
    """An interval of one entry."""
    return NamedInterval(name=name, intervals=(Interval(**entry),))


def minutes(interval, start, end):
    """How many minutes between two instants are in an interval."""
    count = int((end - start).total_seconds()) // 60
    return sum(holds(interval, start + timedelta(minutes=number)) for number in range(count))


DAYS = {
    "an hour is left out": ("2026-03-29", 0),
    "an hour is there twice": ("2026-10-25", 120),
    "a usual day": ("2026-06-01", 60),
}


@pytest.mark.parametrize(("day", "expected"), DAYS.values(), ids=DAYS)
def test_the_clock_on_the_wall_says_what_time_it_is(day, expected):
    """From two to three, on days on which the clock is changed."""
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)
    night = named(times=((120, 180),), location=BERLIN)
    assert expected == minutes(night, start, start + timedelta(hours=23))


def test_a_whole_day_is_a_whole_day_however_long_it_is():
    """Of 23 and of 25 hours."""
    for day, hours in (("2026-03-29", 23), ("2026-10-25", 25)):
        start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)
        sunday = named(weekdays=((0, 0),), location=BERLIN)
        assert hours * 60 == minutes(sunday, start - timedelta(hours=3), start + timedelta(hours=28))


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - Hypothesis adds the zone
def test_the_last_day_is_that_before_the_first(at):
    """In every month, leap years among them."""
    at = at.replace(tzinfo=UTC)
    last, first = named(days_of_month=((-1, -1),)), named(days_of_month=((1, 1),))
    assert holds(last, at) is holds(first, at + timedelta(days=1))
    assert holds(named(days_of_month=((-31, -1),)), at)


def test_one_entry_is_enough_and_all_of_it_must_hold():
    """Entries are asked one by one."""
    at = datetime(2026, 3, 3, 8, tzinfo=UTC)
    tuesday, march, april = (
        Interval(weekdays=((2, 2),)),
        Interval(months=((3, 3),)),
        Interval(weekdays=((2, 2),), months=((4, 4),)),
    )
    assert holds(NamedInterval(name="it", intervals=(april, tuesday)), at)
    assert holds(NamedInterval(name="it", intervals=(march,)), at)
    assert not holds(NamedInterval(name="it", intervals=(april,)), at)
    assert not holds(NamedInterval(name="it", intervals=()), at)


WORDS = {
    "times over midnight": (lambda: times("22:00", "06:00"), "two: up to 24:00"),
    "times of one digit": (lambda: times("9:00", "10:00"), "no time of the day"),
    "digits of another script": (lambda: times("\u0660\u0669:00", "10:00"), "no time of the day"),
    "days over Saturday": (lambda: weekdays("friday:monday"), "over Saturday"),
    "months backwards": (lambda: months("december:january"), "over the new year"),
    "no month": (lambda: months("13"), "From 1 to 12"),
    "years backwards": (lambda: years("2027:2026"), "first one first"),
    "no year": (lambda: years("next"), "From 1 to 9999"),
    "the 32nd": (lambda: days_of_month("32"), "From -31 to 31"),
    "from the end to a day": (lambda: days_of_month("-3:5"), "ends from there"),
    "a path": (lambda: location("../../etc/passwd"), "no time zone"),
    "an unknown zone": (lambda: location("Mars/Base"), "no time zone"),
    "no zone": (lambda: location(""), "no time zone"),
}


@pytest.mark.parametrize(("read", "said"), WORDS.values(), ids=WORDS)
def test_what_can_not_hold_is_refused_with_what_to_do(read, said):
    """A maintenance window that never comes is no maintenance window."""
    with pytest.raises(SettingsError, match=said):
        read()


def test_words_are_read_in_any_case_and_as_numbers():
    """As in Alertmanager."""
    assert (1, 5) == weekdays("Monday:FRIDAY")
    assert (1, 3) == months("1:march")
    assert (31, -1) == days_of_month("31:-1")
    assert (2026, 2026) == years("2026")
    assert BERLIN == location(BERLIN)


def test_a_name_that_no_interval_has_silences_nobody():
    """Nor does a route that is active in an interval that isn't there."""
    at = datetime(2026, 3, 3, 8, tzinfo=UTC)
    never = named("never", years=((1999, 1999),))
    assert () == muted_by(Route(receiver="r", mute=("gone",)), (never,), at)
    assert () == muted_by(Route(receiver="r", active=("gone", "never")), (never,), at)
    assert ("never",) == muted_by(Route(receiver="r", active=("never",)), (never,), at)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (({},), True),
        (({"times": ((0, 1440),)},), True),
        (({"times": ((0, 720), (720, 1440))},), True),
        (({"times": ((0, 1439),)},), False),
        (({"weekdays": ((0, 6),), "months": ((1, 12),), "days_of_month": ((1, 31),)},), True),
        (({"weekdays": ((1, 5),)},), False),
        (({"days_of_month": ((-3, -1),)},), False),
        (({"years": ((2026, 2027),)},), False),
        (({"weekdays": ((1, 5),)}, {"location": "Asia/Tokyo"}), True),
    ],
)
def test_one_that_always_holds_is_told(entries, expected) -> None:
    """One entry is enough."""
    assert expected is always(NamedInterval(name="x", intervals=tuple(Interval(**one) for one in entries)))
