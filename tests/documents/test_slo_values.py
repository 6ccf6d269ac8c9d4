from __future__ import annotations

import json
from datetime import UTC, datetime, time
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from airflow_dataops.documents.slo_values import (
    Clock,
    Lag,
    Length,
    Percent,
    Share,
    SliceLength,
    SliceShare,
    Span,
    Start,
)
from airflow_dataops.documents.yaml.node import Numeral


def read(kind: Any, value: object) -> object:
    """Return what a value is as a type, or what is wrong with it."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        return error.errors()[0]["ctx"]["what"]


def vectors(name: str, shared) -> Any:
    """Return a file of expected results."""
    return json.loads((shared / "vectors" / name).read_text())


def test_durations_are_those_of_the_standard(shared):
    """Every duration of OpenSLO's own tests has the seconds that they have; `invalid` is none."""
    cases = [
        *vectors("slo/openslo.json", shared)["duration"]["parse"],
        *vectors("openslo/duration_shorthand_parse.json", shared),
        *vectors("openslo/duration_shorthand_seconds.json", shared),
    ]
    for case in cases:
        found = read(Span, case["input"])
        if not case.get("ok", case.get("valid", True)):
            assert isinstance(found, str), case
        else:
            assert found.seconds == case.get("seconds", found.seconds), case
    assert len(cases) > 20


def test_what_is_no_duration_of_the_standard(shared):
    """What go-sdk refuses to validate is refused, unless it is nothing at all."""
    for case in vectors("slo/openslo.json", shared)["duration"]["validate"]:
        assert isinstance(read(Span, f"{case['value']}{case['unit'] or 'x'}"), str)


def test_targets_of_the_standard(shared):
    """A target is taken or refused as OpenSLO's own tests have it, and is exact."""
    said = vectors("slo/openslo.json", shared)
    cases = [(Share, case["target"], case["ok"], 1) for case in said["target"]]
    cases += [(Percent, case["v"], case["ok"], 100) for case in said["target_percent"]]
    for kind, value, ok, whole in cases:
        found = read(kind, Numeral(value))
        assert found == Fraction(str(value)) / whole if ok else isinstance(found, str), (kind, value)


ALL = "100 % leaves no budget: the first bad event would break it for good"
WRONG = {
    "all": (Share, Numeral("1.0"), f"must be below 1: {ALL}"),
    "all in percent": (Percent, Numeral("100"), f"must be below 100: {ALL}"),
    "percent as a share": (Share, Numeral("99.5"), "must be at least 0 and below 1, it is the number 99.5"),
    "more than all": (Percent, Numeral("100.1"), "must be at least 0 and below 100, it is the number 100.1"),
    "below nothing": (Percent, Numeral("-1"), "must be at least 0 and below 100, it is the number -1"),
    "a sign": (Percent, "99.5%", 'must be a number, it is the text "99.5%"'),
    "in quotes": (Share, "0.95", 'must be a number, it is the text "0.95"'),
    "no number": (Share, ".nan", 'must be a number, it is the text ".nan"'),
    "infinity": (Share, ".inf", 'must be a number, it is the text ".inf"'),
    "too large": (Share, Numeral("1e400"), "has more digits than can be computed with: 1e400"),
    "a flag": (Share, True, "must be a number, it is true"),
    "a list": (Share, [], "must be a number, it is a list"),
    "a day in capitals": (Length, "28D", 'must be a whole number and a unit, it is the text "28D"'),
    "no unit": (Length, Numeral("28"), "must be a whole number and a unit, it is the number 28"),
    "half a day": (Length, "0.5d", 'must be a whole number and a unit, it is the text "0.5d"'),
    "no length": (Length, "0w", 'must be above 0 and at most 10 years, it is the text "0w"'),
    "longer than anything": (Length, "11Y", 'must be above 0 and at most 10 years, it is the text "11Y"'),
    "no slice": (SliceLength, Numeral("0"), "must be above 0 and at most 10 years, it is the number 0"),
    "no share of a slice": (SliceShare, Numeral("0"), "must be above 0 and at most 1, it is the number 0"),
    "a lag in words": (Lag, "2 hours", 'must be a number and a unit, it is the text "2 hours"'),
    "an early lag": (Lag, "-2h", 'must be a number and a unit, it is the text "-2h"'),
    "an hour that isn't": (Clock, "24:00", 'must be a time of the day, it is the text "24:00"'),
    "half past": (Clock, "7", 'must be a time of the day, it is the text "7"'),
    "a start with a zone": (
        Start,
        "2026-01-01T00:00:00Z",
        'must be a date and time without an offset, it is the text "2026-01-01T00:00:00Z"',
    ),
    "a day that isn't": (
        Start,
        "2026-02-30 00:00:00",
        'must be a date and time without an offset, it is the text "2026-02-30 00:00:00"',
    ),
}


@pytest.mark.parametrize(("kind", "value", "told"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said(kind, value, told):
    """Each value that can't be is said to be wrong in a line that says what it must be."""
    assert told == read(kind, value)


RIGHT = {
    "exact": (Percent, Numeral("99.9"), Fraction(999, 1000)),
    "many digits": (Share, Numeral("0.999999999999999999"), 1 - Fraction(1, 10**18)),
    "nothing": (Share, Numeral("0"), Fraction(0)),
    "minute": (Lag, "1m", Fraction(60)),
    "month": (Lag, "1M", Fraction(30 * 86400)),
    "half an hour": (Lag, "0.5h", Fraction(1800)),
    "less than a second": (Lag, "0.001s", Fraction(1, 1000)),
    "a slice in minutes": (SliceLength, Numeral("5"), Fraction(300)),
    "a slice with its unit": (SliceLength, "5m", Fraction(300)),
    "all of a slice": (SliceShare, Numeral("1"), Fraction(1)),
    "by the clock": (Clock, "07:00", time(7)),
    "with an offset": (Clock, "07:00Z", time(7, tzinfo=UTC)),
    "a start": (Start, "2026-01-21 12:30:00", datetime(2026, 1, 21, 12, 30)),  # noqa: DTZ001 - its zone is beside it
    "a day": (Start, "2026-01-21", datetime(2026, 1, 21)),  # noqa: DTZ001 - as above
}


@pytest.mark.parametrize(("kind", "value", "expected"), RIGHT.values(), ids=RIGHT)
def test_values_are_exact(kind, value, expected):
    """What is written is what is meant, to the last digit."""
    assert expected == read(kind, value)


@given(
    st.sampled_from([Clock, Lag, Length, Percent, Share, SliceLength, SliceShare, Span, Start]),
    st.text(max_size=30) | st.from_regex(r"[-+]?[0-9.]{1,20}(e[0-9]{1,4})?", fullmatch=True).map(Numeral),
)
def test_any_value_is_read_or_refused(kind, value):
    """Whatever stands there, it is a value, or there are words for what is wrong with it."""
    assert read(kind, value) is not None
