"""Where the windows of objectives begin and end: rolling ones, and those of the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow_dataops.core.contract.quantity import TimeUnit
from airflow_dataops.core.slo.window import Rolling

if TYPE_CHECKING:
    from airflow_dataops.core.slo.window import Calendar, Window

MONTHS: dict[TimeUnit, int] = {TimeUnit.MONTH: 1, TimeUnit.QUARTER: 3, TimeUnit.YEAR: 12}
"""Unit -> its months, of those that the calendar makes longer and shorter."""

DAYS: dict[TimeUnit, int] = {TimeUnit.DAY: 1, TimeUnit.WEEK: 7}
"""Unit -> its days, of those that last 23 or 25 hours when clocks are changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time, in UTC.

    Args:
        since: Where it begins.
        until: Where it ends.
        rolling: Whether it ends with the present: then what was at its end belongs to it, and what was at its
            start has just left it. A period of the calendar begins with its start and leaves its end to the
            next one.
    """

    since: datetime
    until: datetime
    rolling: bool = True

    def holds(self, at: datetime) -> bool:
        """Return whether an instant lies in it."""
        return self.since < at <= self.until if self.rolling else self.since <= at < self.until

    @property
    def seconds(self) -> Fraction:
        """Its length in seconds."""
        return Fraction((self.until - self.since) // timedelta(microseconds=1), 1_000_000)


@lru_cache(maxsize=1_024)
def span(window: Window, now: datetime) -> Span:
    """Return the window as it lies at an instant.

    Args:
        window: The window.
        now: The instant, aware.

    Raises:
        ValueError: If the instant is naive, the window has no length, or a period of the calendar isn't made
            of whole units.
    """
    now = in_utc(now)
    if window.length.seconds <= 0:
        raise ValueError(f"a window of {window.length} has no length")
    if isinstance(window, Rolling):
        return Span(since=before(now, window.length.seconds), until=now)
    number = _number(window, now)
    return Span(since=_start(window, number), until=_start(window, number + 1), rolling=False)


def last(now: datetime, seconds: Fraction) -> Span:
    """Return the seconds before an instant, which belongs to them."""
    return Span(since=before(now, seconds), until=now)


def in_utc(instant: datetime) -> datetime:
    """Return an instant in UTC, where seconds can be added up.

    Raises:
        ValueError: If it is naive.
    """
    if instant.utcoffset() is None:
        raise ValueError(f"{instant.isoformat()} has no time zone")
    return instant.astimezone(UTC)


def before(instant: datetime, seconds: Fraction) -> datetime:
    """Return the instant so many seconds earlier, to the microsecond; time itself is the limit."""
    try:
        return instant - _delta(seconds)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def after(instant: datetime, seconds: Fraction) -> datetime:
    """Return the instant so many seconds later, to the microsecond; time itself is the limit."""
    try:
        return instant + _delta(seconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _delta(seconds: Fraction) -> timedelta:
    return timedelta(microseconds=seconds.numerator * 1_000_000 // seconds.denominator)


def _number(window: Calendar, now: datetime) -> int:
    """Return which period an instant lies in: 0 is the one that begins at the window's start."""
    elapsed = now - _instant(window.start, window.timezone)
    number = int(Fraction(elapsed // timedelta(microseconds=1), 1_000_000) // window.length.seconds)
    while _start(window, number) > now:
        number -= 1
    while _start(window, number + 1) <= now:
        number += 1
    return number


def _start(window: Calendar, number: int) -> datetime:
    """Return the start of a period: always counted from the first, so that the 31st stays the 31st."""
    unit, amount = window.length.unit, window.length.amount
    if unit in MONTHS:
        return _instant(_months_later(window.start, _whole(amount * MONTHS[unit]) * number), window.timezone)
    if unit in DAYS:
        return _instant(window.start + timedelta(days=_whole(amount * DAYS[unit]) * number), window.timezone)
    return after(_instant(window.start, window.timezone), window.length.seconds * number)


def _whole(amount: Fraction) -> int:
    if amount.denominator != 1 or amount < 1:
        raise ValueError(f"a period of the calendar is made of whole units, and not of {amount}")
    return amount.numerator


def _months_later(start: datetime, months: int) -> datetime:
    """Return the same day of another month, or its last day where it is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    first = start.replace(year=year, month=month + 1, day=1)
    fitting = (first + timedelta(days=day) for day in range(start.day - 1, -1, -1))
    return next(each for each in fitting if each.month == first.month)


def _instant(wall: datetime, timezone: str) -> datetime:
    """Return the instant at which clocks of a zone show a time; the first of two, the one after a gap."""
    return wall.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
