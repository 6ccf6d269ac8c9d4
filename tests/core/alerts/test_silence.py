from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.alerts.matcher import parsed
from airflow_dataops.core.alerts.silence import LONGEST, Silence, asked, ended, silenced
from airflow_dataops.errors import SettingsError

NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ORDERS = (parsed("product=orders"),)


def ask(matchers=ORDERS, start=None, end=NOW + HOUR):
    """Ask for a silence."""
    return asked(matchers, start=start, end=end, who="me", why="so", now=NOW)


def test_one_that_would_have_begun_begins_now():
    """So does one that names no start; one to come begins when it says."""
    assert NOW == ask(start=NOW - HOUR).start
    assert NOW == ask().start
    assert NOW + HOUR / 2 == ask(start=NOW + HOUR / 2).start


REFUSED = {
    "over already": ({"end": NOW - HOUR}, "would have ended"),
    "over now": ({"end": NOW}, "would have ended"),
    "backwards": ({"start": NOW + 2 * HOUR}, "before it begins"),
    "of everything": ({"matchers": ()}, "match everything"),
    "of what every incident is": ({"matchers": (parsed("alertname=DataIncident"),)}, "match everything"),
    "too long": ({"end": NOW + LONGEST + HOUR}, "longer than 90 days"),
    "of all products": ({"matchers": (parsed('product=~".*"'),)}, "match everything"),
}


@pytest.mark.parametrize(("changes", "said"), REFUSED.values(), ids=REFUSED)
def test_what_silences_nothing_or_everything_is_refused(changes, said):
    """In one line that says what to do."""
    with pytest.raises(SettingsError, match=said) as refusal:
        ask(**changes)
    assert refusal.value.hint


def test_a_long_one_must_be_meant():
    """Whoever says so gets it."""
    end = NOW + LONGEST + HOUR
    assert end == asked(ORDERS, start=None, end=end, who="me", why="so", now=NOW, long=True).end
    assert NOW + LONGEST == ask(end=NOW + LONGEST).end


def test_one_that_is_ended_is_over_a_moment_later():
    """One to come never begins; one that is over keeps its end."""
    for start in (NOW - HOUR, NOW + HOUR / 2):
        active = Silence(matchers=ORDERS, start=start, end=NOW + HOUR, who="me", why="so")
        over = ended(active, NOW)
        assert (min(start, NOW), NOW) == (over.start, over.end)
        assert silenced({"product": "orders"}, [over], NOW + HOUR / 60) is None
        assert over is ended(over, NOW + HOUR)


def test_the_oldest_of_those_that_match_is_named():
    """All of its matchers must match."""
    first = replace(ask(), number=1)
    second = replace(first, number=2)
    other = replace(first, number=0, matchers=(*ORDERS, parsed("team=web")))
    assert first is silenced({"product": "orders"}, [second, first, other], NOW)
    assert silenced({"product": "refunds"}, [first, second], NOW) is None


def test_one_of_everything_silences_nothing_even_where_it_is_kept():
    """Whoever wrote it into the store."""
    assert silenced({"product": "orders"}, [replace(ask(), matchers=())], NOW) is None


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 50)), max_size=5), st.integers(-60, 120))
def test_a_silence_never_outlives_its_end(spans, minute):
    """Whatever others there are: somebody is silenced just while one holds."""
    at = NOW + timedelta(minutes=minute)
    silences = [
        Silence(
            number=number,
            matchers=ORDERS,
            start=NOW + timedelta(minutes=start),
            end=NOW + timedelta(minutes=start + length),
            who="me",
            why="so",
        )
        for number, (start, length) in enumerate(spans)
    ]
    holding = [one for one in silences if one.start <= at <= one.end]
    assert (silenced({"product": "orders"}, silences, at) is not None) is bool(holding)
