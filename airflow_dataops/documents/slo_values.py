"""The types of single values in what is said of service levels, with messages in plain words.

Durations are those of OpenSLO v1 (`duration-shorthand`): a whole number and one letter, whose case matters.
"""

from __future__ import annotations

import re
from datetime import datetime, time
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator

from airflow_dataops.core.contract.quantity import SECONDS, Duration, TimeUnit
from airflow_dataops.core.slo.objective import Budgeting, Gap, Late
from airflow_dataops.documents.yaml.node import Numeral, described
from airflow_dataops.documents.yaml.scalar import number, one_of, text, wrong

UNITS: dict[str, TimeUnit] = {
    "m": TimeUnit.MINUTE,
    "h": TimeUnit.HOUR,
    "d": TimeUnit.DAY,
    "w": TimeUnit.WEEK,
    "M": TimeUnit.MONTH,
    "Q": TimeUnit.QUARTER,
    "Y": TimeUnit.YEAR,
}
"""Letter -> unit (OpenSLO v1, `duration-shorthand`): `m` is a minute, `M` a month."""

SPAN = re.compile(r"([0-9]{1,9})([mhdwMQY])")
LAG = re.compile(r"([0-9]{1,60}(?:\.[0-9]{1,60})?)([smhdwMQY])")
OFFSET = r"Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9]"
CLOCK = re.compile(rf"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{{1,6}})?)?({OFFSET})?")
START = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?")

SUCH_AS = "Such as 5m, 2h, 1d, 4w, 1M: `m` is a minute, `M` a month."

LONGEST = 10 * SECONDS[TimeUnit.YEAR]
"""Seconds of the longest window."""

NO_BUDGET = "100 % leaves no budget: the first bad event would break it for good"


def span(value: object) -> Duration:
    """Return a duration; an empty text is none at all, as go-sdk of OpenSLO reads it."""
    if value == "":
        return Duration(Fraction(0), TimeUnit.MINUTE)
    found = SPAN.fullmatch(text(value))
    if found is None:
        raise wrong(f"must be a whole number and a unit, it is {described(value)}", SUCH_AS)
    return Duration(Fraction(int(found[1])), UNITS[found[2]])


def length(value: object) -> Duration:
    """Return the duration of a window."""
    found = span(value)
    if not 0 < found.seconds <= LONGEST:
        raise wrong(f"must be above 0 and at most 10 years, it is {described(value)}", SUCH_AS)
    return found


def slice_length(value: object) -> Fraction:
    """Return the seconds of a slice; a number alone counts minutes (OpenSLO v1, `timeSliceWindow`)."""
    found = Fraction(number(value)) * 60 if isinstance(value, Numeral) else span(value).seconds
    if not 0 < found <= LONGEST:
        raise wrong(f"must be above 0 and at most 10 years, it is {described(value)}", SUCH_AS)
    return found


def lag(value: object) -> Fraction:
    """Return the seconds of a time that is good at most."""
    found = LAG.fullmatch(text(value))
    if found is None:
        raise wrong(
            f"must be a number and a unit, it is {described(value)}",
            "Such as 90s, 15m, 2h, 1.5d: `m` is a minute, `M` a month.",
        )
    return Fraction(found[1]) * (1 if found[2] == "s" else SECONDS[UNITS[found[2]]])


def share(value: object) -> Fraction:
    """Return a target as a share."""
    return _target(value, whole=1, otherwise="targetPercent")


def percent(value: object) -> Fraction:
    """Return a target that is written in percent, as a share."""
    return _target(value, whole=100, otherwise="target") / 100


def _target(value: object, *, whole: int, otherwise: str) -> Fraction:
    if isinstance(value, str) and not isinstance(value, Numeral) and value.strip().endswith("%"):
        raise wrong(
            f"must be a number, it is {described(value)}", "Write `targetPercent: 99.5`, without the sign."
        )
    found = Fraction(number(value))
    if found == whole:
        raise wrong(f"must be below {whole}: {NO_BUDGET}", "Promise what can be kept, such as 99.5 %.")
    if not 0 <= found < whole:
        hint = f"Write `{otherwise}`." if whole == 1 and 1 < found < 100 else ""
        raise wrong(f"must be at least 0 and below {whole}, it is {described(value)}", hint)
    return found


def slice_share(value: object) -> Fraction:
    """Return the share of a slice that must be good."""
    found = Fraction(number(value))
    if not 0 < found <= 1:
        raise wrong(f"must be above 0 and at most 1, it is {described(value)}", "Such as 0.99.")
    return found


def clock(value: object) -> time:
    """Return a time of the day, with an offset from UTC where it is written with one."""
    found = text(value)
    if not CLOCK.fullmatch(found):
        raise wrong(f"must be a time of the day, it is {described(value)}", 'Such as "07:00".')
    return time.fromisoformat(found)


def start(value: object) -> datetime:
    """Return where a calendar begins: a date and time without a zone (OpenSLO v1, `startTime`)."""
    found = text(value)
    try:
        if START.fullmatch(found):
            return datetime.fromisoformat(found)
    except ValueError:
        pass
    raise wrong(
        f"must be a date and time without an offset, it is {described(value)}",
        "Such as 2026-01-01 00:00:00; its zone is `timeZone`.",
    )


Span = Annotated[Duration, BeforeValidator(span)]
Length = Annotated[Duration, BeforeValidator(length)]
SliceLength = Annotated[Fraction, BeforeValidator(slice_length)]
Lag = Annotated[Fraction, BeforeValidator(lag)]
Share = Annotated[Fraction, BeforeValidator(share)]
Percent = Annotated[Fraction, BeforeValidator(percent)]
SliceShare = Annotated[Fraction, BeforeValidator(slice_share)]
Clock = Annotated[time, BeforeValidator(clock)]
Start = Annotated[datetime, BeforeValidator(start)]
Method = Annotated[str, one_of(*Budgeting)]
OnGap = Annotated[str, one_of(*Gap)]
OnLate = Annotated[str, one_of(*Late)]
