"""`value`, `valueExt` and `unit` of a service level -> the quantity that is promised.

The standard says of units only that `d`, `day` and `days` are days, `y`, `yr` and `years` are years, and that
they "use the ISO standard"; so the others have the symbols of ISO 80000-3 and IEC 80000-13, and their words.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.quantity import Counted, Duration, Rate, Ratio, TimeUnit
from airflow_dataops.core.contract.service_level import Kind
from airflow_dataops.documents.yaml.node import Numeral, described, shown
from airflow_dataops.documents.yaml.scalar import did_you_mean, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.contract.quantity import Quantity
    from airflow_dataops.documents.odcs.contract_keys import Level
    from airflow_dataops.documents.yaml.findings import Findings

TIME_UNITS: dict[str, TimeUnit] = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), TimeUnit.MILLISECOND),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), TimeUnit.SECOND),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), TimeUnit.MINUTE),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), TimeUnit.HOUR),
    **dict.fromkeys(("d", "day", "days"), TimeUnit.DAY),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), TimeUnit.WEEK),
    **dict.fromkeys(("mo", "mon", "month", "months"), TimeUnit.MONTH),
    **dict.fromkeys(("q", "quarter", "quarters"), TimeUnit.QUARTER),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), TimeUnit.YEAR),
}
"""Unit, in lower case -> what it is. Case matters for `m` alone: `M` is a month (OpenSLO v1)."""

SHARES: dict[str, Fraction] = {
    **dict.fromkeys(("percent", "%", "pct", "percentage"), Fraction(1, 100)),
    **dict.fromkeys(("ratio", "fraction", "share"), Fraction(1)),
}
"""Unit, in lower case -> the share that one of it is."""

COUNTED: dict[str, tuple[Counted, int]] = {
    **dict.fromkeys(
        ("row", "rows", "record", "records", "event", "events", "message", "messages"), (Counted.ROWS, 1)
    ),
    **dict.fromkeys(
        ("request", "requests", "query", "queries", "transaction", "transactions"), (Counted.REQUESTS, 1)
    ),
    **dict.fromkeys(("B", "byte", "bytes"), (Counted.BYTES, 1)),
    "kB": (Counted.BYTES, 1000),
    **{f"{prefix}B": (Counted.BYTES, 1000**power) for power, prefix in enumerate("KMGTP", start=1)},
    **{f"{prefix}iB": (Counted.BYTES, 1024**power) for power, prefix in enumerate("KMGTP", start=1)},
}
"""Unit -> what it counts, and how many of that it is. Words may be in any case, but `Mb` would be a bit."""

PER = re.compile(r"\s*(.+?)\s*(?:/|\bper\b)\s*(.+?)\s*", re.IGNORECASE)
NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?")
MOMENT = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ]{CLOCK.pattern})?")
"""As ISO 8601 and RFC 3339 write dates, instants and times of day."""

AMBIGUOUS = "m"


def quantity(level: Level, key: str, kind: Kind, findings: Findings) -> Quantity | None:
    """Return what a service level promises, or None when it is wrong: then that is among the findings.

    Args:
        level: The service level.
        key: `value` or `valueExt`.
        kind: What kind of quantity it must be.
        findings: Where problems go.
    """
    return READERS[kind](level, key, findings)


def _given(level: Level, key: str) -> object:
    return level.value if key == "value" else level.value_ext


LONGEST = 60
"""Characters of a number in quotes."""


def _amount(level: Level, key: str, findings: Findings) -> Fraction | None:
    """Read a number, exactly, also where it stands in quotes."""
    given = _given(level, key)
    if isinstance(given, Numeral):
        found = number(given)
    elif isinstance(given, str) and NUMBER.fullmatch(given.strip()) and len(given) <= LONGEST:
        found = Decimal(given.strip())
    else:
        findings.error(
            level.at(key),
            f"`{key}` of `{shown(level.property)}` must be a number, it is {described(given)}",
            "Write the number alone, and what it counts as `unit`: such as `value: 24` and `unit: h`.",
        )
        return None
    if found < 0:
        findings.error(level.at(key), f"`{key}` of `{shown(level.property)}` is below 0")
        return None
    return Fraction(found)


def _duration(level: Level, key: str, findings: Findings) -> Quantity | None:
    amount = _amount(level, key, findings)
    unit = _time_unit(level.unit, level, findings)
    return None if amount is None or unit is None else Duration(amount, unit)


def _time_unit(text: str | None, level: Level, findings: Findings) -> TimeUnit | None:
    if text is None:
        _without_unit(level, findings, "s, min, h, d, week, month, y")
        return None
    word = text.strip()
    if word == "M":
        return TimeUnit.MONTH
    unit = TIME_UNITS.get(word.lower())
    if unit is None:
        hint = did_you_mean(word, TIME_UNITS) or "There are: s, min, h, d, week, month, y."
        findings.error(
            level.at("unit"),
            f"`{shown(level.property)}` is counted in time, and `{shown(text)}` is no unit of it",
            hint,
        )
    elif word == AMBIGUOUS:
        findings.warn(
            level.at("unit"),
            "the unit `m` is read as minutes, which others may read as months",
            "Write `min` or `month`.",
        )
    return unit


def _ratio(level: Level, key: str, findings: Findings) -> Quantity | None:
    amount = _amount(level, key, findings)
    if level.unit is None:
        _without_unit(level, findings, "percent, ratio")
        return None
    one = SHARES.get(level.unit.strip().lower())
    if one is None:
        findings.error(
            level.at("unit"),
            f"`{shown(level.property)}` is a share, and `{shown(level.unit)}` is no unit of it",
            did_you_mean(level.unit, SHARES) or "Write `percent` or `ratio`.",
        )
    if amount is None or one is None:
        return None
    if amount * one > 1:
        most = "100 percent" if one != 1 else "1"
        findings.error(level.at(key), f"`{key}` of `{shown(level.property)}` is above {most}")
        return None
    return Ratio(amount * one)


def _rate(level: Level, key: str, findings: Findings) -> Quantity | None:
    amount = _amount(level, key, findings)
    if level.unit is None:
        _without_unit(level, findings, "rows/s, MB/s, requests/min")
        return None
    found = PER.fullmatch(level.unit)
    counted = None if found is None else COUNTED.get(found[1], COUNTED.get(found[1].lower()))
    if found is None or counted is None:
        hint = did_you_mean(found[1], COUNTED) if found else ""
        findings.error(
            level.at("unit"),
            f"`{shown(level.property)}` is a rate, and `{shown(level.unit)}` is no unit of it",
            hint or "Such as `rows/s`, `MB/s`, `requests/min`.",
        )
        return None
    per = _time_unit(found[2], level, findings)
    if amount is None or per is None:
        return None
    what, times = counted
    return Rate(amount * times, what, per)


def _iso(
    form: re.Pattern[str], parse: Callable[[str], datetime | time], *, what: str, such_as: str
) -> Callable[[Level, str, Findings], Quantity | None]:
    """Return the reader of what ISO 8601 writes; without an offset it is in UTC."""

    def read(level: Level, key: str, findings: Findings) -> Quantity | None:
        _no_unit(level, findings)
        given = _given(level, key)
        found = None
        if isinstance(given, str) and form.fullmatch(given):
            try:
                found = parse(given)
            except ValueError:
                found = None
        if found is None:
            findings.error(
                level.at(key),
                f"`{key}` of `{shown(level.property)}` must be {what}, it is {described(given)}",
                f"Such as `{such_as}`.",
            )
        elif found.tzinfo is None:
            if ":" in str(given):  # a day without a time needs no offset
                findings.warn(
                    level.at(key),
                    f"`{key}` of `{shown(level.property)}` has no offset from UTC: it is read as UTC",
                    "Write `Z` or an offset behind it.",
                )
            return found.replace(tzinfo=UTC)
        return found

    return read


def _no_unit(level: Level, findings: Findings) -> None:
    if level.unit is not None:
        findings.error(level.at("unit"), f"`{shown(level.property)}` has no unit", "Leave `unit` out.")


def _without_unit(level: Level, findings: Findings, known: str) -> None:
    findings.error(
        level.at("property"), f"`{shown(level.property)}` has no `unit`", f"Write one, such as: {known}."
    )


READERS: dict[Kind, Callable[[Level, str, Findings], Quantity | None]] = {
    Kind.DURATION: _duration,
    Kind.RATIO: _ratio,
    Kind.RATE: _rate,
    Kind.INSTANT: _iso(MOMENT, datetime.fromisoformat, what="an instant", such_as="2026-03-01T06:00:00Z"),
    Kind.TIME_OF_DAY: _iso(CLOCK, time.fromisoformat, what="a time of the day", such_as="06:00+01:00"),
}
"""Kind -> how its value and unit are read."""
