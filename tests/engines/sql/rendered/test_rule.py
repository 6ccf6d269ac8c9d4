"""SQL rules for databases that aren't there: what is known to mean the same is written, the rest is named."""

from __future__ import annotations

import pytest

from airflow_dataops.core.checks.spec import Check, Query, RowQuery
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.engines.sql.rendered.databases import RENDERED
from airflow_dataops.engines.sql.rendered.rendering import Rendering
from airflow_dataops.errors import NotEvaluatedError

ORDERS = Dataset(
    name="orders",
    columns=(
        Column(name="Id", type=ColumnType(LogicalType.STRING)),
        Column(name="code", type=ColumnType(LogicalType.STRING)),
        Column(name="n", type=ColumnType(LogicalType.INTEGER)),
        Column(name="amount", type=ColumnType(LogicalType.NUMBER, 12, 2)),
        Column(name="paid", type=ColumnType(LogicalType.BOOLEAN)),
        Column(name="day", type=ColumnType(LogicalType.DATE)),
        Column(name="clock", type=ColumnType(LogicalType.TIME)),
    ),
)
KINDS = Dataset(
    name="kinds",
    columns=(
        Column(name="code", type=ColumnType(LogicalType.INTEGER)),
        Column(name="word", type=ColumnType(LogicalType.STRING)),
    ),
)


def asked(condition: str, dialect: str, *, reads: tuple[str, ...] = ()) -> str:
    """Return the query of a rule that names rows."""
    sql = "SELECT COUNT(*) FROM {object} WHERE " + condition  # noqa: S608
    check = Check(id="x", promise=RowQuery(sql, reads))
    rendering = Rendering(ORDERS, RENDERED[dialect], others={"kinds": KINDS}, pretty=False)
    return rendering.sql(check).partition("WHERE ")[2]


WRITTEN = {
    "id = 'it''s'": {
        "snowflake": """"Id" = 'it\\'s'""",
        "oracle": """"Id" = 'it''s'""",
        "sqlserver": "(CAST([Id] AS NVARCHAR(MAX)) + N'|') COLLATE Latin1_General_100_BIN2 = N'it''s|'",
        "redshift": """("Id" || '|') = 'it''s|'""",
    },
    "paid AND NOT (paid)": {
        "bigquery": "`paid` AND NOT (`paid`)",
        "sqlserver": "[paid] = 1 AND NOT ([paid] = 1)",
    },
    "paid = FALSE OR TRUE": {"trino": '"paid" = FALSE OR TRUE', "sqlserver": "[paid] = 0 OR 1 = 1"},
    "amount > -0.5": {
        "bigquery": "`amount` > CAST('-0.5' AS NUMERIC(12, 2))",
        "oracle": '"amount" > -0.5',
        "clickhouse": """"amount" > CAST('-0.5' AS Nullable(Decimal(12, 2)))""",
    },
    "DAY BETWEEN '2026-01-01' AND '2026-02-01'": {
        "sqlserver": "[day] BETWEEN CAST('2026-01-01' AS DATE) AND CAST('2026-02-01' AS DATE)",
        "clickhouse": """"day" BETWEEN toDate32('2026-01-01') AND toDate32('2026-02-01')""",
    },
    "CASE WHEN paid THEN n ELSE 0 END > 3": {"sqlserver": "CASE WHEN [paid] = 1 THEN [n] ELSE 0 END > 3"},
    "code LIKE '%a_'": {"oracle": """"code" LIKE '%a_'"""},
    "code = id": {"redshift": """("code" || '|') = ("Id" || '|')"""},
    "n IN (1, -2)": {"trino": '"n" IN (1, -2)'},
}
"""Condition -> how it is written, by dialect."""


@pytest.mark.parametrize(
    ("condition", "dialect", "expected"),
    [(condition, dialect, text) for condition, found in WRITTEN.items() for dialect, text in found.items()],
)
def test_what_means_the_same_is_written(condition, dialect, expected) -> None:
    """Names as the table has them, literals in the types of their columns, booleans where there are some."""
    assert expected == asked(condition, dialect)


REFUSED = {
    "n / 2 > 1": "`DIV`",
    "n % 2 = 1": "`MOD`",
    "UPPER(code) = 'A'": "`UPPER`",
    "my_function(code) = 'A'": "`ANONYMOUS`",
    "CAST(n AS VARCHAR) = '1'": "`CAST`",
    "day > CURRENT_DATE": "`CURRENTDATE`",
    "code ILIKE 'a%'": "`ILIKE`",
    "code SIMILAR TO 'a'": "`SIMILARTO`",
    "code || id = 'ab'": "`DPIPE`",
    "paid IS TRUE": "`IS`",
    "day + 1 > '2026-01-01'": "arithmetic with a date",
    "n = 'x'": "a literal that is no value of its column",
    "amount > 0.005": "a literal that is no value of its column",
    "code = 5": "a literal that is no value of its column",
    "COALESCE(code, '') = 'x'": "a literal",
    "n * 0.5 > 1": "a literal that is compared with no column",
    "code = n": "a comparison of several types",
    "code LIKE 'a\\_%'": "`LIKE`",
    "code LIKE '[a]%'": "`LIKE`",
    "n LIKE '1%'": "`LIKE`",
    "n > (SELECT AVG(n) FROM {object})": "`AVG`",
    "n IN (SELECT n FROM {object} ORDER BY n LIMIT 1)": "`",
    "n IN (SELECT n FROM {object} GROUP BY ALL)": "`ALL`",
    "(n, amount) IN (SELECT n, amount FROM {object})": "`TUPLE`",
    "n > (SELECT COUNT(*) AS n FROM {object})": "`n` as the name of what is no such column",
    "EXISTS (SELECT 1 FROM kinds WHERE kinds.code = 1)": "`code` of several tables and types",
}
"""Condition -> what is said to be the matter with it, in every database."""


@pytest.mark.parametrize("dialect", RENDERED)
@pytest.mark.parametrize("condition", REFUSED)
def test_what_may_mean_something_else_is_refused(condition, dialect) -> None:
    """The database is named, and the part of the rule."""
    with pytest.raises(NotEvaluatedError) as raised:
        asked(condition, dialect, reads=("kinds",) if "kinds" in condition else ())
    assert f"the rule has {REFUSED[condition]}" in str(raised.value)
    assert f"which {RENDERED[dialect].title} may take otherwise than DuckDB" in str(raised.value)


OF_TEXTS = [
    "code > 'a'",
    "code BETWEEN 'a' AND 'b'",
    "code IN (SELECT id FROM {object})",
    "code LIKE 'a%'",
    "n > (SELECT COUNT(DISTINCT code) FROM {object})",
    "n IN (SELECT COUNT(*) FROM {object} GROUP BY code)",
    "code = (SELECT MAX(code) FROM {object})",
    "code = (SELECT id FROM {object})",
    "id IN (SELECT code AS other FROM {object})",
]


@pytest.mark.parametrize("condition", OF_TEXTS)
def test_texts_are_compared_for_equality_alone_where_comparing_is_not_exact(condition) -> None:
    """Blanks, case and collations decide there; the others say it."""
    for dialect, database in RENDERED.items():
        if database.same:
            assert asked(condition, dialect)
        else:
            with pytest.raises(NotEvaluatedError, match=r"texts|`LIKE`"):
                asked(condition, dialect)


def test_an_empty_text_is_refused_in_oracle() -> None:
    """It is null there, and no comparison with it holds."""
    assert asked("code = ''", "trino")
    with pytest.raises(NotEvaluatedError, match="no value of its column"):
        asked("code = ''", "oracle")


def test_a_time_of_day_is_refused_where_it_is_a_text() -> None:
    """Such a column has no values of its type."""
    assert asked("clock > '08:00'", "trino")
    for dialect in ("oracle", "databricks", "clickhouse"):
        with pytest.raises(NotEvaluatedError, match="has no type for a time"):
            asked("clock IS NULL OR clock > '08:00'", dialect)


def test_a_query_in_steps_reads_values_as_the_engine_does() -> None:
    """A value that only the database's type has is null wherever it is read."""
    sql = "WITH a AS (SELECT n FROM {object}) SELECT MAX(n) FROM a"
    written = Rendering(ORDERS, RENDERED["oracle"], pretty=False).sql(Check(id="x", promise=Query(sql)))
    value = 'CASE WHEN "n" BETWEEN -9223372036854775808 AND 9223372036854775807 THEN "n" END'
    expected = 'WITH "a" AS (SELECT VALUE AS "n" FROM "orders") SELECT MAX(VALUE) FROM "a"'
    assert expected.replace("VALUE", value) == written
