"""What no incident can match is found; what some incident matches is never called impossible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.alerts.matcher import Matcher, Operator, all_match, parsed
from airflow_dataops.core.alerts.possible import certain, first_impossible, implied, telling

IMPOSSIBLE = [
    ['team="a"', 'team="b"'],
    ['team="a"', 'team!="a"'],
    ['team="a"', 'team=~"b|c"'],
    ['severity="critical"'],
    ['severity!="page"', 'severity!~"ticket"'],
    ['severity=~"warning|info"'],
    ['alertname="Other"'],
    ['product=""'],
    ['dataset="x"', 'team="a"', 'dataset=""'],
]
POSSIBLE = [
    [],
    ['team="a"', 'product="b"'],
    ['team="a"', 'team=~"a|b"', 'team!="c"'],
    ['severity!="page"'],
    ['severity=~"page|ticket"'],
    ['tier=""'],
    ['team=~"a.*"', 'team=~"b.*"'],  # nobody can tell without solving it
]


@pytest.mark.parametrize("written", IMPOSSIBLE, ids=" ".join)
def test_matchers_that_nothing_matches(written):
    """They are named, and no others."""
    found = first_impossible(map(parsed, written))
    assert found
    assert 1 == len({one.name for one in found})


@pytest.mark.parametrize("written", POSSIBLE, ids=" ".join)
def test_matchers_that_something_may_match(written):
    """They are let be."""
    assert first_impossible(map(parsed, written)) is None


IMPLIED = {
    "itself": (['team="a"'], ['team="a"'], True),
    "all by nothing": ([], [], True),
    "nothing wanted": ([], ['team="a"'], True),
    "a part": (['team="a"'], ['team="a"', 'product="b"'], True),
    "more": (['team="a"', 'product="b"'], ['team="a"'], False),
    "an expression by a value": (['team=~"a|b"'], ['team="a"'], True),
    "a value by an expression": (['team="a"'], ['team=~"a|b"'], False),
    "another value": (['team!="b"'], ['team="a"'], True),
    "what is left of few": (['severity="page"'], ['severity!="ticket"'], True),
    "all of few": (['severity=~"page|ticket"'], [], True),
}


@pytest.mark.parametrize(("wanted", "by", "follows"), IMPLIED.values(), ids=IMPLIED)
def test_what_follows(wanted, by, follows):
    """What surely matches as well."""
    assert follows is implied(map(parsed, wanted), by=map(parsed, by))


names = st.sampled_from(["team", "product", "severity", "tier"])
texts = st.sampled_from(["", "a", "b", "page", "ticket"])
matchers = st.lists(st.builds(Matcher, names, st.sampled_from(Operator), texts), max_size=4)
incidents = st.fixed_dictionaries(
    {
        "team": st.sampled_from(["a", "b"]),
        "product": st.sampled_from(["a", "b", "page"]),
        "severity": st.sampled_from(["page", "ticket"]),
    },
    optional={"tier": st.sampled_from(["a", "b"])},
)


@given(matchers, incidents)
def test_what_an_incident_matches_is_possible(ones, labels):
    """No route is refused that something could come to."""
    assert not all_match(ones, labels) or first_impossible(ones) is None


CERTAIN = {
    "none": ([], True),
    "what every incident is": (["alertname=DataIncident"], True),
    "all of few": (['severity=~"page|ticket"'], True),
    "one of few": (["severity=page"], False),
    "any product": (['product=~".+"'], True),
    "any product, with a maximum": (['product=~".{1,200}"'], True),
    "a label that not all have": (['partition=~".+"'], False),
    "any, or none": (['partition=~".*"'], True),
    "not empty": (['team!=""'], True),
    "all but one": (["product!=orders"], False),
    "all but some": (['product!~"orders|refunds"'], False),
    "some": (['product=~"orders|refunds"'], False),
    "one that asks": (["alertname=DataIncident", "product=orders"], False),
}


@pytest.mark.parametrize(("given_", "certain_"), CERTAIN.values(), ids=CERTAIN)
def test_what_every_incident_meets(given_, certain_):
    """A silence of that would silence everything."""
    assert certain_ is certain(map(parsed, given_))


@given(matchers, incidents)
def test_what_is_certain_matches_every_incident(ones, labels):
    """Nothing is refused because it is certain that some incident doesn't meet."""
    assert not certain(ones) or all_match(ones, labels)


@given(matchers, matchers, incidents)
def test_what_follows_matches(wanted, by, labels):
    """No route is called out of reach that something could come to."""
    if implied(wanted, by=by) and first_impossible(by) is None:
        assert not all_match(by, labels) or all_match(wanted, labels)
        assert telling(wanted) in {None, *by}
