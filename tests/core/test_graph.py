"""Tasks are drawn after those that they come after, and no two in one place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.graph import Graph, laid_out


def graph(*edges: str, tasks: str = "") -> Graph:
    """Return a graph of edges such as `ab`."""
    return Graph(
        dict.fromkeys([*tasks, *"".join(edges)], "Operator"), tuple((one[0], one[1]) for one in edges)
    )


LAYERS = {
    "one task": (graph(tasks="a"), {"a": 0}),
    "a chain": (graph("ab", "bc"), {"a": 0, "b": 1, "c": 2}),
    "the longest way counts": (graph("ab", "bc", "ac"), {"a": 0, "b": 1, "c": 2}),
    "two that meet": (graph("ac", "bc"), {"a": 0, "b": 0, "c": 1}),
}


@pytest.mark.parametrize("what", LAYERS)
def test_a_layer_is_how_many_come_before(what) -> None:
    """By the longest way."""
    found, expected = LAYERS[what]

    assert expected == found.layers()


DIRECT = {
    "a chain": (graph("ab", "bc"), {"ab", "bc"}),
    "a shortcut": (graph("ab", "bc", "ac"), {"ab", "bc"}),
    "a long shortcut": (graph("ab", "bc", "cd", "ad", "bd"), {"ab", "bc", "cd"}),
    "two ways of one length": (graph("ab", "ac", "bd", "cd"), {"ab", "ac", "bd", "cd"}),
}


@pytest.mark.parametrize("what", DIRECT)
def test_an_edge_is_direct_where_no_longer_way_implies_it(what) -> None:
    """The others say nothing about the order."""
    found, expected = DIRECT[what]

    assert expected == {"".join(edge) for edge in found.direct()}


def test_a_circle_is_refused() -> None:
    """It has no order."""
    with pytest.raises(ValueError, match="these tasks come after each other: a, b"):
        laid_out(graph("ab", "ba"))


def test_edges_that_need_not_cross_do_not() -> None:
    """Where tasks are listed the wrong way round, their order in the layer changes."""
    assert 0 == laid_out(graph("ad", "bc", tasks="abcd")).crossings()
    assert 1 == laid_out(graph("ac", "ad", "bc", "bd")).crossings()


EDGES = st.sets(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda edge: edge[0] < edge[1]), max_size=18
)


@given(EDGES)
def test_every_graph_has_a_place_for_every_task(edges) -> None:
    """Whatever its shape: each edge leads to a later layer, by one place in each layer between."""
    drawn = Graph(dict.fromkeys(map(str, range(10)), "Operator"), tuple((str(a), str(b)) for a, b in edges))

    found, layers = laid_out(drawn), drawn.layers()

    places = [point for layer in found.layers for point in layer]
    assert len(places) == len(set(places))
    assert {(task, layer) for task, layer in layers.items()} <= set(places)
    assert all(
        [layer for _, layer in way] == list(range(layers[start], layers[end] + 1))
        for (start, end), way in found.ways.items()
    )
