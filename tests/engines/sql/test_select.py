from __future__ import annotations

import pytest

from airflow_dataops.engines.sql.select import parse_select, unresolved
from airflow_dataops.errors import NotEvaluatedError


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM rows",
        "select a from ROWS",
        "FROM rows",
        "(SELECT a FROM rows)",
        "SELECT a FROM rows UNION SELECT a FROM rows",
        "WITH w AS (SELECT a FROM rows), v AS (SELECT a FROM w) SELECT * FROM v",
        "SELECT a, (SELECT max(a) FROM rows) FROM rows, range(3), generate_series(1, 2), unnest([1])",
        "SELECT a FROM rows;",
        "SELECT a FROM rows -- the end",
    ],
)
def test_parse_select_takes_one_select(sql: str) -> None:
    """One SELECT over the given table and what it makes itself is taken, in any of its spellings."""
    assert "rows" in parse_select(sql, table="rows", place="x.sql").sql("duckdb").lower()


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        ("SELECT a\nFROM rows\n  JOIN other USING (a)", "x.sql:3:8"),
        ("SELECT a FROM rows WHERE a IN (SELECT a FROM other)", "x.sql:1:46"),
        ("SELECT a FROM main.rows", "x.sql:1:20"),
        ("SELECT a FROM rows, read_csv('x')", "x.sql"),
        ("SELECT a FROM rows )", "x.sql:1:20"),
    ],
)
def test_parse_select_names_the_place(sql: str, where: str) -> None:
    """What is refused is refused with its line and column, where the parser knows them."""
    with pytest.raises(NotEvaluatedError) as caught:
        parse_select(sql, table="rows", place="x.sql")

    assert caught.value.where.startswith(where)


def test_parse_select_fills_the_object_in() -> None:
    """`{object}` becomes the table's quoted name, but not in a text, and only where it is asked for."""
    sql = "SELECT '{object}' AS t FROM {object}"

    tree = parse_select(sql, table='a "b"', place="q", filled=True)

    assert 'SELECT \'{object}\' AS t FROM "a ""b"""' == tree.sql("duckdb")
    with pytest.raises(NotEvaluatedError):
        parse_select(sql, table="rows", place="q")


def test_unresolved_names_a_column_that_is_not_there() -> None:
    """A column that no table has is named with its place; a SELECT without one has nothing wrong."""
    schema = {"rows": {"a": "BIGINT"}}
    wrong = parse_select("SELECT a,\n       b + 1 AS c\nFROM rows", table="rows", place="x.sql")
    right = parse_select("SELECT a FROM rows", table="rows", place="x.sql")

    found = unresolved(wrong, schema=schema, place="x.sql")

    assert found is not None
    assert ("x.sql:2:8", "Column 'b' could not be resolved") == (found.where, found.what)
    assert unresolved(right, schema=schema, place="x.sql") is None
