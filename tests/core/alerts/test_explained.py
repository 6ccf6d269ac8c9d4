from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.alerts.explained import explained

SHAPES = {
    "nothing": ([], {}),
    "one": (["ab"], {"b": "a"}),
    "a chain": (["ab", "bc"], {"b": "a", "c": "a"}),
    "itself": (["aa"], {}),
    "each other": (["ab", "ba"], {}),
    "three in a circle": (["ab", "bc", "ca"], {}),
    "a circle that something outside explains": (["xa", "ab", "ba"], {"a": "x", "b": "x"}),
    "what a circle explains": (["ab", "ba", "bc"], {"c": "a"}),
    "a circle behind a circle": (["ab", "ba", "bc", "cd", "dc"], {"c": "a", "d": "a"}),
    "two causes": (["ac", "bc"], {"c": "a"}),
}


@pytest.mark.parametrize(("edges", "expected"), SHAPES.values(), ids=SHAPES)
def test_the_end_of_the_chain_is_told(edges, expected):
    """All of a circle is."""
    assert expected == explained([tuple(edge) for edge in edges])


EDGES = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=14)


@given(EDGES)
def test_who_is_quiet_is_explained_by_who_is_told(edges):
    """So circles never silence all, and what nothing explains is never quiet."""
    found = explained(edges)
    assert not set(found) & set(found.values())
    assert set(found) <= {target for source, target in edges if source != target}
    if edges and any(source != target for source, target in edges):
        assert {name for edge in edges for name in edge} - set(found)


@given(EDGES, st.randoms())
def test_the_order_of_what_is_known_does_not_matter(edges, chance):
    """Nor how often it is."""
    other = edges * 2
    chance.shuffle(other)
    assert explained(edges) == explained(other)
