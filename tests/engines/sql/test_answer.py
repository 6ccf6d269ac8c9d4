from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import duckdb
import pytest

from airflow_dataops.engines.sql.duckdb.answer import answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.checks.metric import Measured


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A table of three rows."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE good AS SELECT unnest([1, 2, 4]) AS n, '{object}' AS t").fetchall()
        yield connection


def ask(connection: duckdb.DuckDBPyConnection, sql: str) -> Measured:
    """The answer to a query over the table."""
    return answer(connection, sql, table="good", columns={"n": "INTEGER", "t": "VARCHAR"}, rows=3)


@pytest.mark.parametrize(
    ("sql", "number"),
    [
        ("SELECT count(*) FROM {object}", Fraction(3)),
        ("select COUNT(*) from { OBJECT } where t = '{object}'", Fraction(3)),
        ("SELECT count(*) FROM {object} AS a JOIN {object} AS b USING (n)", Fraction(3)),
        ("WITH big AS (SELECT * FROM {object} WHERE n > 1) SELECT count(*) FROM big", Fraction(2)),
        ("SELECT 0.1", Fraction(1, 10)),
        ("SELECT CAST(0.1 AS DOUBLE)", Fraction(1, 10)),
        ("SELECT avg(n) FROM {object} WHERE n < 4", Fraction(3, 2)),
        ("SELECT CAST('170141183460469231731687303715884105727' AS HUGEINT)", Fraction(2**127 - 1)),
        ("SELECT count(*) FROM {object} UNION SELECT 3", Fraction(3)),
        ("SELECT max(n) FROM {object} WHERE n > 9", None),
    ],
)
def test_answer_is_the_exact_number(
    connection: duckdb.DuckDBPyConnection, sql: str, number: Fraction | None
) -> None:
    """A SELECT of one row and one number answers with it, exactly as the database writes it; null is none."""
    measured = ask(connection, sql)

    assert ("", number, 3, 0) == (measured.problem, measured.number, measured.checked, measured.failing)


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("SELECT n FROM {object}", "the query returns 3 rows, one number is needed"),
        ("SELECT n FROM {object} WHERE n > 9", "the query returns 0 rows, one number is needed"),
        ("SELECT 1, 2", "the query returns 2 columns, one number is needed"),
        ("SELECT 'x'", "the query returns VARCHAR, one number is needed"),
        ("SELECT true", "the query returns BOOLEAN, one number is needed"),
        ("SELECT [1]", "the query returns INTEGER[], one number is needed"),
        ("SELECT CAST('nan' AS DOUBLE)", "the query returns no finite number"),
        ("SELECT 1; SELECT 2", "query: there are 2 statements. Write exactly one SELECT."),
        ("DROP TABLE {object}", "query: the statement is DROP. Write exactly one SELECT."),
        (
            "SELECT nope FROM {object}",
            "query:1:8: Column 'nope' could not be resolved. Check the names of the columns.",
        ),
        ("SELECT count(*) FROM orders", "query:1:22: there is no table 'orders'"),
        ("SELECT sum(CAST(t AS INTEGER)) FROM {object}", "the query failed in DuckDB (ConversionException)"),
        ("SELECT t + true FROM {object}", "the query failed in DuckDB (BinderException)"),
        ("SELECT (", "query:1:8: the SQL doesn't parse"),
        ("SELECT '", "query: the SQL doesn't parse"),
        (f"SELECT {'(' * 600}1{')' * 600}", "query: the SQL is nested too deeply"),
        (f"SELECT {'NOT ' * 3000}true", "query: the SQL is nested too deeply"),
    ],
)
def test_answer_says_why_there_is_none(connection: duckdb.DuckDBPyConnection, sql: str, problem: str) -> None:
    """A query that gives no single number is a problem of its rule, with the place where that is known."""
    measured = ask(connection, sql)

    assert measured.number is None
    assert measured.problem.startswith(problem)
    assert 3 == measured.checked


@pytest.mark.parametrize(
    ("sql", "withheld"),
    [
        ("SELECT count(*) AS rows FROM {object}", False),
        ("(SELECT count(*) FROM {object})", False),
        ("SELECT count(DISTINCT n) FROM {object}", False),
        ("SELECT count_if(n > 1) FROM {object}", False),
        ("SELECT count(*) FILTER (WHERE n > 1) FROM {object}", False),
        ("WITH big AS (FROM {object}) SELECT CAST(count(n) AS DOUBLE) FROM big", False),
        ("SELECT round(100.0 * count(t) / nullif(count(*), 0), 2) FROM {object}", False),
        ("SELECT -(count(*) - (SELECT count(*) FROM {object})) FROM {object}", False),
        ("SELECT max(n) FROM {object}", True),
        ("SELECT n FROM {object} WHERE n = 4", True),
        ("SELECT sum(n) FROM {object}", True),
        ("SELECT count(*) + max(n) FROM {object}", True),
        ("SELECT count(*) * 0 + n FROM {object} WHERE n = 4 GROUP BY n", True),
        ("SELECT greatest(count(*), max(n)) FROM {object}", True),
        ("SELECT m FROM (SELECT max(n) AS m, count(*) FROM {object})", True),
        ("SELECT (SELECT max(n) FROM {object}) FROM {object} LIMIT 1", True),
        ("SELECT count(*) FROM {object} WHERE n > 9 UNION SELECT 0", True),
        ("SELECT 1", True),
    ],
)
def test_answer_says_whether_the_number_may_be_a_value(
    connection: duckdb.DuckDBPyConnection, sql: str, *, withheld: bool
) -> None:
    """A number that is reckoned from counts alone may be shown; any other may be the value of a row."""
    measured = ask(connection, sql)

    assert ("", withheld) == (measured.problem, measured.withheld)
    assert measured.number is not None
