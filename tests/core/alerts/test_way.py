"""The way through the tree of routes is that by which receivers are found."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.alerts.matcher import Matcher, Operator
from airflow_dataops.core.alerts.route import Route, matching
from airflow_dataops.core.alerts.way import way

VALUES = st.sampled_from(["a", "b", ""])
MATCHERS = st.lists(
    st.builds(Matcher, st.sampled_from(["team", "product"]), st.sampled_from(Operator), VALUES), max_size=2
).map(tuple)
NAMES = st.integers(0, 10**9).map(str)


def tree(below):
    """Return routes with others below them."""
    return st.builds(
        Route,
        receiver=NAMES,
        matchers=MATCHERS,
        go_on=st.booleans(),
        routes=st.lists(below, max_size=3).map(tuple),
    )


TREES = tree(
    st.recursive(st.builds(Route, receiver=NAMES, matchers=MATCHERS, go_on=st.booleans()), tree, max_leaves=8)
)
LABELS = st.fixed_dictionaries({"team": VALUES, "product": VALUES})


@given(TREES, LABELS)
def test_it_ends_where_receivers_are_found(root, labels):
    """In their order; whatever the tree is."""
    root = Route(receiver="root", routes=root.routes)
    assert [node.route for node in matching(root, labels)] == [
        stop.route for stop in way(root, labels) if stop.told
    ]


@given(TREES, LABELS)
def test_only_what_misses_says_what(root, labels):
    """And what misses is never told, nor asked what is below it."""
    stops = way(Route(receiver="root", routes=root.routes), labels)
    assert not any(stop.told for stop in stops if stop.missed is not None)
    missed = [(one, after) for one, after in pairwise(stops) if one.missed is not None]
    assert not any(after.depth > one.depth for one, after in missed)


def test_the_first_matcher_that_misses_is_named():
    """A route that matched would have been the last one asked."""
    team, product = Matcher("team", Operator.EQUAL, "a"), Matcher("product", Operator.EQUAL, "b")
    root = Route(
        receiver="root",
        routes=(
            Route(receiver="one", matchers=(team, product)),
            Route(receiver="two", matchers=(team,)),
            Route(receiver="three"),
        ),
    )
    stops = way(root, {"team": "a", "product": "c"})
    assert [("root", None, False), ("one", product, False), ("two", None, True)] == [
        (stop.route.receiver, stop.missed, stop.told) for stop in stops
    ]
