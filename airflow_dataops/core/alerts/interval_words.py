"""The words of Alertmanager's time intervals, read one by one (timeinterval/timeinterval.go).

Each function raises a SettingsError where a word says nothing that can hold: whoever reads a file adds its
place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.interval import Range

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
CLOCK = re.compile(r"(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)", re.ASCII)
NUMBER = re.compile(r"-?[0-9]{1,4}", re.ASCII)


def times(start: str, end: str) -> Range:
    """Return minutes of the day from `09:00` up to, without, `17:00`; the day ends at `24:00`."""
    found = _minute(start), _minute(end)
    if found[0] >= found[1]:
        raise SettingsError(
            f"the time range {start} to {end} doesn't end after it begins",
            hint="One that goes over midnight is two: up to 24:00, and from 00:00.",
        )
    return found


def weekdays(text: str) -> Range:
    """Return days of the week of `monday:friday` or `sunday`; Sunday is 0 and the first."""
    first, last = _ends(text)
    found = _word(first, WEEKDAYS, "day of the week"), _word(last, WEEKDAYS, "day of the week")
    return _forward(text, found, "One that goes over Saturday is two: `friday:saturday` and `sunday:monday`.")


def months(text: str) -> Range:
    """Return months of `january:march`, `1:3` or `june`."""
    found = tuple(
        _number(end, 1, 12, "month") if NUMBER.fullmatch(end) else _word(end, MONTHS, "month") + 1
        for end in _ends(text)
    )
    return _forward(text, (found[0], found[1]), "One that goes over the new year is two.")


def years(text: str) -> Range:
    """Return years of `2020:2025` or `2026`."""
    first, last = _ends(text)
    found = _number(first, 1, 9999, "year"), _number(last, 1, 9999, "year")
    return _forward(text, found, "Write the first one first.")


def days_of_month(text: str) -> Range:
    """Return days of `1:5`, `-3:-1` or `20:-1`; -1 is the last day of the month."""
    first, last = _ends(text)
    begin, end = _number(first, -31, 31, "day of the month"), _number(last, -31, 31, "day of the month")
    if 0 in {begin, end} or (begin < 0 < end):
        raise SettingsError(
            f"the days of the month `{text[:40]}` can't hold",
            hint="Days are 1 to 31, or -31 to -1 from the end; what begins from the end ends from there.",
        )
    # In the longest month, -1 is the 31st: what can't hold in it holds in none.
    _forward(text, (begin % 32, end % 32), "Write the first one first.")
    return begin, end


def location(text: str) -> str:
    """Return the name of a time zone that is known here."""
    try:
        ZoneInfo(text)
    except (LookupError, ValueError, OSError):
        raise SettingsError(
            f"there is no time zone `{text[:40]}` here", hint="Such as Europe/Berlin or UTC."
        ) from None
    return text


def _minute(text: str) -> int:
    found = CLOCK.fullmatch(text)
    if found is None:
        raise SettingsError(
            f"`{text[:40]}` is no time of the day", hint="From 00:00 to 24:00, such as 09:30."
        )
    return int(found[1]) * 60 + int(found[2]) if found[1] else 24 * 60


def _ends(text: str) -> tuple[str, str]:
    first, colon, last = text.strip().lower().partition(":")
    return first.strip(), (last if colon else first).strip()


def _word(text: str, words: tuple[str, ...], what: str) -> int:
    if text not in words:
        raise SettingsError(f"`{text[:40]}` is no {what}", hint=f"One of {', '.join(words)}.")
    return words.index(text)


def _number(text: str, least: int, most: int, what: str) -> int:
    if not NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise SettingsError(f"`{text[:40]}` is no {what}", hint=f"From {least} to {most}.")
    return int(text)


def _forward(text: str, found: Range, hint: str) -> Range:
    if found[0] > found[1]:
        raise SettingsError(f"`{text[:40]}` ends before it begins", hint=hint)
    return found
