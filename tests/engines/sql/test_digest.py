from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.engines.sql.duckdb.digest import digest
from tests.strategies import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Row = tuple[str | None, str | None]
COLUMNS = {"a": "VARCHAR", "b": "VARCHAR"}


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database."""
    with duckdb.connect() as connection:
        yield connection


def of(
    connection: duckdb.DuckDBPyConnection, rows: Sequence[Row], columns: dict[str, str] | None = None
) -> str:
    """The digest of rows."""
    connection.execute("CREATE OR REPLACE TABLE rows (a VARCHAR, b VARCHAR)").fetchall()
    for row in rows:
        connection.execute("INSERT INTO rows VALUES ($1, $2)", list(row)).fetchall()
    return digest(connection, "rows", columns=columns or COLUMNS)


cells = st.none() | st.sampled_from(["", "-", "1:", "a", "1:a"]) | texts()


@settings(deadline=None, max_examples=50)
@given(rows=st.lists(st.tuples(cells, cells), max_size=5), random=st.randoms(use_true_random=False))
def test_digest_knows_no_order(
    connection: duckdb.DuckDBPyConnection, rows: list[Row], random: object
) -> None:
    """The same rows in any order have the same digest."""
    shuffled = list(rows)
    random.shuffle(shuffled)

    assert of(connection, rows) == of(connection, shuffled)


@settings(deadline=None, max_examples=50)
@given(
    rows=st.lists(st.tuples(cells, cells), max_size=4), other=st.lists(st.tuples(cells, cells), max_size=4)
)
def test_digest_differs_with_the_rows(
    connection: duckdb.DuckDBPyConnection, rows: list[Row], other: list[Row]
) -> None:
    """Two lists of rows have the same digest just when they are the same as multisets."""
    same = sorted(map(repr, rows)) == sorted(map(repr, other))

    assert same == (of(connection, rows) == of(connection, other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([("a", "b")], [("a", "b"), ("a", "b")]),
        ([], [(None, None)]),
        ([("", None)], [(None, "")]),
        ([("ab", "c")], [("a", "bc")]),
        ([("a1:b", "")], [("a", "b")]),
        ([("-", "a")], [(None, "a")]),
        ([("a", "b"), ("c", "d")], [("a", "d"), ("c", "b")]),
        ([("a", "a"), ("a", "a")], [("b", "b"), ("b", "b")]),
    ],
)
def test_digest_takes_nothing_for_the_same(
    connection: duckdb.DuckDBPyConnection, one: list[Row], other: list[Row]
) -> None:
    """Rows that are there twice, nulls, empty texts and borders between columns all count."""
    assert of(connection, one) != of(connection, other)


def test_digest_speaks_of_columns_and_types(connection: duckdb.DuckDBPyConnection) -> None:
    """The names, the order and the types of the columns are part of the content."""
    swapped = dict(reversed(COLUMNS.items()))
    typed = COLUMNS | {"b": "BIGINT"}

    found = {of(connection, [], columns) for columns in (COLUMNS, swapped, typed, {"a": "VARCHAR"})}

    assert 4 == len(found)
    assert all(len(text) == 64 for text in found)
