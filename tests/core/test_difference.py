from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.difference import Pair, difference

if TYPE_CHECKING:
    from airflow_dataops.core.difference import Difference

COLUMNS = ("id", "price")
A, B, C = ("a", "1"), ("b", "2"), ("c", "3")

UNORDERED = {
    "the same in another order": ([A, B], [B, A], (), 2),
    "another value": ([A, B], [B, ("a", "9")], ((A, ("a", "9")),), 1),
    "a row too few": ([A, B], [B], ((A, None),), 1),
    "a row too many": ([A], [A, B], ((None, B),), 1),
    "a row twice": ([A], [A, A], ((None, A),), 1),
    "nothing in common": ([A, B], [B, C], ((A, C),), 1),
    "several with nothing in common": (
        [A, ("b", "3")],
        [("x", "8"), ("y", "9")],
        ((A, None), (("b", "3"), None), (None, ("x", "8")), (None, ("y", "9"))),
        0,
    ),
    "the likest go together": (
        [("a", "1"), ("b", "1")],
        [("b", "2"), ("c", "1")],
        ((("a", "1"), ("c", "1")), (("b", "1"), ("b", "2"))),
        0,
    ),
    "two nulls have nothing in common": (
        [("a", None), ("b", "5")],
        [("x", None), ("y", "6")],
        ((("a", None), None), (("b", "5"), None), (None, ("x", None)), (None, ("y", "6"))),
        0,
    ),
    "no row on either side": ([], [], (), 0),
}


def pairs(found: Difference) -> tuple[tuple[object, object], ...]:
    """Return both sides of each pair."""
    return tuple((pair.expected, pair.actual) for pair in found.pairs)


@pytest.mark.parametrize(("expected", "actual", "differing", "same"), UNORDERED.values(), ids=UNORDERED)
def test_rows_are_compared_in_any_order(expected, actual, differing, same) -> None:
    """What is the same on both sides is counted, and what is left goes together as well as it can."""
    found = difference(expected, actual, columns=COLUMNS)

    assert (differing, same) == (pairs(found), found.same)


def test_a_key_says_what_goes_together() -> None:
    """Also where another row has more in common; and nothing else goes together."""
    expected, actual = [("a", "1"), ("b", "2")], [("a", "2"), ("c", "1")]

    found = difference(expected, actual, columns=COLUMNS, key=("id",))

    assert ((("a", "1"), ("a", "2")), (("b", "2"), None), (None, ("c", "1"))) == pairs(found)
    assert "1 row differs, 1 row is missing, 1 row is unexpected" == found.summary


def test_a_key_that_is_not_compared_says_nothing() -> None:
    """Then rows go together by what they have in common."""
    found = difference([("1", "x")], [("1", "y")], columns=("price", "note"), key=("id",))

    assert ((("1", "x"), ("1", "y")),) == pairs(found)


def test_the_order_may_matter() -> None:
    """Rows are compared one by one, and what is too long is missing or unexpected."""
    found = difference([A, B, C], [B, B], columns=COLUMNS, ordered=True)

    assert (((A, B), (C, None)), 1) == (pairs(found), found.same)
    assert ((None, A),) == pairs(difference([], [A], columns=COLUMNS, ordered=True))


def test_a_pair_names_the_values_that_differ() -> None:
    """Null differs from any text; of a row that is alone nothing differs."""
    assert {1} == Pair(("a", None), ("a", "")).differing
    assert set() == Pair(None, A).differing == Pair(A, None).differing


ROWS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["1", "2", None])), max_size=6)


@given(ROWS, ROWS, st.booleans(), st.sampled_from([(), ("id",)]))
def test_every_row_is_told_once(expected, actual, ordered, key) -> None:
    """Each row of both sides is the same as one of the other, or stands in one pair."""
    found = difference(expected, actual, columns=COLUMNS, key=key, ordered=ordered)

    left = [pair.expected for pair in found.pairs if pair.expected is not None]
    right = [pair.actual for pair in found.pairs if pair.actual is not None]
    assert (len(expected), len(actual)) == (found.same + len(left), found.same + len(right))
    assert all(left.count(row) <= expected.count(row) for row in left)
    assert all(right.count(row) <= actual.count(row) for row in right)
    assert all(pair.expected != pair.actual for pair in found.pairs)
    assert bool(found.pairs) == (
        expected != actual if ordered else sorted(map(repr, expected)) != sorted(map(repr, actual))
    )
