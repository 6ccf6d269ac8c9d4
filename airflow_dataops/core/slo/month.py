"""A month of the calendar, over which people are told how service levels were kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from datetime import tzinfo

WRITTEN = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
FORM = "Write it as 2026-10."
FIRST, LAST = 1970, 9998
"""Years of which months can be asked for."""

NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Month:
    """One month.

    Args:
        year: The year, 1970..9998.
        number: The month, 1..12.
    """

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def after(self) -> date:
        """The first day of the next month."""
        return date(self.year + self.number // 12, self.number % 12 + 1, 1)

    @property
    def days(self) -> tuple[date, ...]:
        """Its days."""
        count = (self.after - self.first).days
        return tuple(self.first + timedelta(days=at) for at in range(count))

    @property
    def name(self) -> str:
        """Return it in words, such as `October 2026`."""
        return f"{NAMES[self.number - 1]} {self.year}"

    def bounds(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """Return the instants at which it begins and ends in a time zone."""
        return _midnight(self.first, zone), _midnight(self.after, zone)

    def __str__(self) -> str:
        """Return it as it is written, such as `2026-10`."""
        return f"{self.year:04}-{self.number:02}"


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def month(text: str, *, now: datetime) -> Month:
    """Return the month that a text names.

    Args:
        text: Such as `2026-10`.
        now: The present, aware.

    Raises:
        SettingsError: If it names none, or one that has not begun.
    """
    found = WRITTEN.fullmatch(text.strip())
    if found is None or not 1 <= int(found[2]) <= 12 or not FIRST <= int(found[1]) <= LAST:
        raise SettingsError(f"`{text}` is no month", where="month", hint=FORM)
    made = Month(int(found[1]), int(found[2]))
    if made.first > now.date():
        raise SettingsError(
            f"{made.name} has not begun, so nothing can be said of it",
            where="month",
            hint=f"The newest month is {now:%Y-%m}.",
        )
    return made
