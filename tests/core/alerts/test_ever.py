"""Whether a time ever comes, and whether a route is ever told by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.core.alerts.ever import comes, ever_told
from airflow_dataops.core.alerts.interval import Interval, NamedInterval
from airflow_dataops.core.alerts.mute import muted_by
from airflow_dataops.core.alerts.route import Route

WEEK, WEEKEND = ((1, 5),), ((0, 0), (6, 6))
NIGHT, DAY = ((0, 420), (1200, 1440)), ((420, 1200),)
TOKYO = "Asia/Tokyo"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({}, True),
        ({"days_of_month": ((30, 31),), "months": ((2, 2),)}, False),
        ({"days_of_month": ((29, 29),), "months": ((2, 2),)}, True),
        ({"days_of_month": ((29, 29),), "months": ((2, 2),), "years": ((2025, 2027),)}, False),
        ({"days_of_month": ((29, 29),), "months": ((2, 2),), "weekdays": ((1, 1),)}, True),
        ({"days_of_month": ((-31, -31),), "months": ((4, 4),)}, False),
        ({"days_of_month": ((31, 31),), "months": ((4, 5),)}, True),
        ({"years": ((1999, 1999),)}, True),
        ({"years": ((2090, 2095),), "weekdays": ((0, 0),)}, True),
    ],
)
def test_whether_an_entry_ever_comes(entry, expected) -> None:
    """By the calendar alone."""
    assert expected is comes(Interval(**entry))


@pytest.mark.parametrize(
    ("mute", "active", "expected"),
    [
        ([], [], True),
        ([{"weekdays": WEEK}], [], True),
        ([{"weekdays": WEEK}, {"weekdays": WEEKEND}], [], False),
        ([{"times": NIGHT}, {"times": DAY}], [], False),
        ([{"times": NIGHT}, {"times": ((420, 1199),)}], [], True),
        ([{"times": NIGHT}, {"times": DAY, "location": TOKYO}], [], True),
        ([{"weekdays": WEEK, "times": DAY}], [{"weekdays": WEEK}], True),
        ([{"weekdays": WEEK}], [{"weekdays": WEEK, "times": DAY}], False),
        ([{"weekdays": WEEK}], [{"weekdays": WEEK, "location": TOKYO}], True),
        ([], [{"months": ((1, 1),)}], True),
        ([{"months": ((1, 6),)}], [{"months": ((3, 3),)}], False),
        ([], [{"years": ((1999, 1999),)}], True),
    ],
)
def test_whether_anybody_is_ever_told(mute, active, expected) -> None:
    """Of several that mute, each leaves what the others hold; zones shift them."""
    named = [NamedInterval(name=f"m{n}", intervals=(Interval(**one),)) for n, one in enumerate(mute)]
    named += [NamedInterval(name=f"a{n}", intervals=(Interval(**one),)) for n, one in enumerate(active)]
    names = {kind: tuple(one.name for one in named if one.name[0] == kind) for kind in "ma"}
    assert expected is ever_told(Route(receiver="r", mute=names["m"], active=names["a"]), named)


entries = st.builds(
    Interval,
    times=st.sampled_from([(), NIGHT, DAY]),
    weekdays=st.sampled_from([(), WEEK, WEEKEND, ((3, 3),)]),
    location=st.sampled_from(["UTC", TOKYO, "America/New_York"]),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(entries, max_size=3), st.lists(entries, max_size=2), st.integers(0, 7 * 24 - 1))
def test_no_route_is_refused_by_which_somebody_is_told(mute, active, hour) -> None:
    """Whichever hour of a week it is."""
    named = [NamedInterval(name=f"m{n}", intervals=(one,)) for n, one in enumerate(mute)]
    named += [NamedInterval(name=f"a{n}", intervals=(one,)) for n, one in enumerate(active)]
    names = {kind: tuple(one.name for one in named if one.name[0] == kind) for kind in "ma"}
    route = Route(receiver="r", mute=names["m"], active=names["a"])
    at = datetime(2026, 3, 4, tzinfo=UTC) + timedelta(hours=hour, minutes=30)
    assert muted_by(route, named, at) or ever_told(route, named)
