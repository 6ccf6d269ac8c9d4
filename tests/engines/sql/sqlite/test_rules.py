"""SQL of people comes to the same number in SQLite as in DuckDB, or is refused by name."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.core.checks.spec import Check, NotNull, Query, References, RowCount, RowQuery, Unique
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType, Scope, Severity
from airflow_dataops.engines.sql.sqlite.functions import lower, upper

FEW = settings(max_examples=30)
"""The suite of all engines tries more: tests/engines/test_agreement.py."""

L = LogicalType
COLUMNS = tuple(
    Column(name=name, type=kind)
    for name, kind in {
        "id": ColumnType(L.INTEGER),
        "Amount": ColumnType(L.NUMBER, 10, 2),
        "wide": ColumnType(L.NUMBER, 38, 2),
        "x": ColumnType(L.NUMBER),
        "day": ColumnType(L.DATE),
        "at": ColumnType(L.TIMESTAMP),
        "name": ColumnType(L.STRING),
        "ok": ColumnType(L.BOOLEAN),
    }.items()
)
ROWS = [
    ("1", "0.10", "99999999999999999999.25", "0.1", "2026-03-01", "2026-03-01T10:00:00Z", "Ada", "true"),
    ("2", "0.20", "-5.25", "0.2", "2026-03-02", "2026-03-01T10:00:00+02:00", "ada ", "false"),
    ("3", "-7.5", "0", "-1e3", "1899-12-31", "1899-12-31 23:59:59.5", "ÄÖ\0ß", "1"),
    ("-7", "12345678.99", None, "5", "2024-02-29", "2024-02-29T00:00:00Z", "a_b%c", None),
    (None, None, "7", None, None, None, None, "0"),
    ("9223372036854775807", "1", "1", "1", "2026-03-01", "2026-03-01T12:00:00Z", "", "true"),
    ("x", "y", "z", "inf", "2026-02-30", "never", "Ada", "maybe"),
]
FRAME = pl.DataFrame(ROWS, schema=dict.fromkeys([c.name for c in COLUMNS], pl.String), orient="row")
DATASET = Dataset(name="things", columns=COLUMNS)

NAMED = "SELECT COUNT(*) FROM {{object}} WHERE {0}"
SUMMED = "SELECT sum(Amount) FROM {{object}} WHERE NOT ({0})"
CONDITIONS = [
    "id = 1",
    "id <> -7 AND id BETWEEN -7 AND 2",
    "ID IN (1, 2, 99) OR id IS NULL",
    "id % 2 = 1",
    "id - 1 > 0 AND id < 100",
    "nullif(id, 9223372036854775807) * 2 = 4",
    "id > 1.5",
    "abs(id) = 7",
    "amount > 0.1",
    "amount > 0.105",
    "amount IN (0.1, -7.5)",
    "amount = 0.2 OR amount <> 0.2",
    "amount + 1 > 1.15",
    "-amount > 7",
    "wide = 99999999999999999999.25",
    "wide < 0 OR wide = 7",
    "x = 0.1",
    "x < 0.300000000000004 AND x > -1e3",
    "x + 1 > 1.15 OR x * 2 = 10",
    "day = '2026-03-01'",
    "day >= DATE '2026-03-01' - INTERVAL 1 DAY",
    "day + 1 = date '2026-03-02'",
    "day < current_date AND year(day) = 2026 AND month(day) = 3",
    "day < '1900-01-01'",
    "at < '2026-03-01'",
    "at = '2026-03-01T08:00:00Z'",
    "at < now() AND at < current_timestamp",
    "CAST(at AS DATE) = day",
    "name = 'Ada'",
    "name LIKE 'a%'",
    "name LIKE '_d_'",
    "name LIKE 'a_b%%'",
    "name NOT LIKE '%\\%'",
    "lower(name) = 'ada' OR upper(name) = 'ADA '",
    "length(name) = 4",
    "name = '' OR name IS NULL",
    "regexp_matches(name, '^[A-Z]')",
    "regexp_full_match(name, '[a-z ]+')",
    "name > 'a'",
    "coalesce(name, 'none') = 'none'",
    "ok",
    "NOT ok",
    "ok = true AND ok IS TRUE",
    "ok IS NULL AND day IS NOT NULL",
    "CASE WHEN ok THEN id ELSE 0 END = 1",
    "nullif(id, 1) IS NULL",
    "amount / 2 < 0.1",
    "id / 2 = 0.5",
    "'O''Neill' = name OR true",
    "id = '1'",
    "trim(name) = 'ada'",
    "name LIKE 'a!_b%' ESCAPE '!' OR name NOT LIKE '%!%%' ESCAPE '!'",
    "starts_with(name, 'ÄÖ') OR ends_with(name, 'ß') OR contains(name, 'd')",
    "ends_with(name, '')",
    "replace(name, 'ß', 'ss') > name",
    "name || 'x' > 'b' AND concat(name, 'x') <> 'Adax'",
    "day - INTERVAL 1 WEEK < at",
    "at + INTERVAL 90 MINUTE > '2026-03-01'",
    "at - INTERVAL 1 SECOND < '1899-12-31T23:59:58.6+00:00'",
    "at = '2026-03-01T10:00:00+02:00'",
    "amount BETWEEN 0.105 AND 0.2",
    "id IN (1.5, 2.0, -7)",
    "greatest(amount, 1) = 1",
    "amount + amount + amount - amount > 0.3",
    "wide IN (7, -5.25) OR wide IS NULL",
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_names_the_same_rows(both, condition) -> None:
    """As a rule that names rows, and as the filter of others."""
    sql = NAMED.format(condition)
    checks = [
        Check(id="named", promise=RowQuery(sql)),
        Check(id="filtered", promise=NotNull("x"), filter=sql),
        Check(id="unique", promise=Unique(("day",)), filter=sql),
        Check(id="rows", promise=RowCount(), filter=sql, severity=Severity.WARNING),
    ]

    duck, lite = both(FRAME, DATASET, checks=checks)

    assert duck == lite
    assert not any(problem for *_, problem in lite.measured.values())


QUERIES = [
    "SELECT max(y) FROM (SELECT year(day) + 1 AS y, count(*) FROM {object} GROUP BY year(day))",
    "SELECT count(*) FROM {object} a WHERE id = (SELECT max(id) FROM {object} b WHERE b.day = a.day)",
    "SELECT count(*) FROM {object} WHERE id IN (SELECT id FROM {object} WHERE ok)",
    "SELECT max(-id) FROM {object}",
    "SELECT COUNT(*) FROM {object}",
    "SELECT sum(id) FROM {object} WHERE id < 100",
    "SELECT sum(Amount) FROM {object} AS o",
    "SELECT max(amount) - min(amount) FROM {object}",
    "SELECT avg(amount) FROM {object} WHERE amount < 1 AND amount > 0",
    "SELECT avg(id) FROM {object} WHERE id < 3",
    "SELECT avg(x) FROM {object} WHERE x > 1",
    "SELECT sum(amount) / count(*) FROM {object} WHERE amount > 0 AND amount < 1",
    "SELECT count(*) FILTER (WHERE ok) / count(*) FROM {object}",
    "SELECT count_if(ok) FROM {object}",
    "SELECT sum(CASE WHEN ok THEN 1 ELSE 0 END) FROM {object}",
    "SELECT count(DISTINCT day) FROM {object}",
    "SELECT max(n) FROM (SELECT day, count(*) AS n FROM {object} GROUP BY day HAVING count(*) > 1)",
    "WITH days AS (SELECT DISTINCT day FROM {object}) SELECT count(*) FROM days WHERE day IS NOT NULL",
    "SELECT (SELECT count(*) FROM {object} WHERE ok) - (SELECT count(*) FROM {object} WHERE NOT ok)",
    "SELECT count(*) FROM {object} a JOIN {object} b ON a.day = b.day AND a.id <> b.id",
    "SELECT count(*) FROM {object} a LEFT JOIN {object} b ON a.id = b.id WHERE b.id IS NULL",
    "SELECT count(*) FROM {object} a WHERE EXISTS (SELECT 1 FROM {object} b WHERE b.amount > a.amount)",
    "SELECT count(*) FROM {object} WHERE amount IN (SELECT max(amount) FROM {object})",
    "SELECT count(*) FROM (SELECT id FROM {object} UNION SELECT id FROM {object})",
    "SELECT sum(x) FROM {object} WHERE id = 12345",
    "SELECT 5",
    "SELECT count(*) FROM {object} WHERE amount > (SELECT avg(x) FROM {object})",
    "SELECT count(*) FROM {object} ORDER BY 1",
    "SELECT max(date_diff('day', day, DATE '2026-03-05')) FROM {object}",
    "SELECT count(DISTINCT wide) FROM {object}",
    "SELECT sum(id % 2) / count(*) FROM {object}",
    "SELECT count(*) FROM (SELECT wide, count(*) FROM {object} GROUP BY 1)",
    "SELECT nullif(count(*), 7) FROM {object}",
]


@pytest.mark.parametrize("sql", QUERIES)
def test_a_query_comes_to_the_same_number(both, sql) -> None:
    """Over all rows, and over none."""
    checks = [Check(id="asked", promise=Query(sql))]
    for frame in (FRAME, FRAME.head(0)):
        duck, lite = both(frame, DATASET, checks=checks)
        assert duck == lite
        assert frame.is_empty() or not lite.measured["asked"][-1]


REFUSED = {
    "SELECT count(*) FROM {object} WHERE id > amount": "failed in SQLite (OperationalError)",
    "SELECT count(*) FROM {object} WHERE wide > amount": "are mixed",
    "SELECT sum(wide + 1) FROM {object}": "nothing is agreed about its operands",
    "SELECT count(*) FROM {object} WHERE wide < 0.125": "between two decimals of over 18 digits",
    "SELECT count(*) FROM {object} WHERE x < 0.30000000000000004": "more than 15 digits and a double",
    "SELECT count(*) FROM {object} WHERE substring(name, 2, 1) = 'd'": "failed in SQLite (OperationalError)",
    "SELECT count(*) FROM {object} WHERE at - INTERVAL 1 YEAR < at": "a day that a month hasn't",
    "SELECT count(*) FROM {object} WHERE name LIKE 'a!' ESCAPE '!'": "one sign that escapes",
    "SELECT count(*) FROM {object} WHERE regexp_matches(name, '(')": "not one that RE2 reads",
    "SELECT id FROM {object} INTERSECT ALL SELECT id FROM {object}": "INTERSECT ALL",
    "SELECT count(*) FROM {object} WHERE name > 1": "integer and text are mixed",
    "SELECT count(*) FROM {object} WHERE name ILIKE 'a%'": "ILIKE",
    "SELECT count(*) FROM {object} WHERE day > '2026-02-30'": "none that the calendar has",
    "SELECT count(*) FROM {object} WHERE day - INTERVAL 1 MONTH > '2026-01-01'": "a day that a month hasn't",
    "SELECT count(*) FROM {object} WHERE id % 0 = 1": "failed in SQLite (OperationalError)",
    "SELECT count(*) FROM {object} WHERE id": "a condition",
    "SELECT max(wide) FROM {object}": "it is asked of decimal of over 18 digits",
    "SELECT count(*) FROM {object} WHERE id + 9223372036854775807 > 1": "failed in SQLite (OperationalError)",
    "SELECT 1 / (count(*) - count(*)) FROM {object}": "failed in SQLite (OperationalError)",
    "SELECT max(ok) FROM {object}": "it is asked of boolean",
    "SELECT max(name) FROM {object}": "one number is needed",
    "SELECT count(*) + id FROM {object}": "a column beside totals",
    "SELECT max(n) FROM (SELECT id AS n, day FROM {object} GROUP BY day)": "a column beside totals",
    "SELECT count(*) FROM {object} HAVING id = 1": "a column beside totals",
    "SELECT count(*) FROM {object} WHERE id = (SELECT id FROM {object})": "of several rows SQLite takes one",
    "SELECT count(*) FROM {object} WHERE id = (SELECT count(*) FROM {object} GROUP BY day)": "of several",
    "SELECT count(*) FROM {object} WHERE day + 999999 > day": "",
    "SELECT count(*) FROM {object} WHERE day - 999999 < day": "failed in SQLite (",
    "SELECT id FROM {object}": "the query returns more than one row",
    "SELECT id FROM {object} WHERE id = 12345": "the query returns no row",
    "SELECT 1, 2": "the query returns 2 columns",
    "SELECT row_number() OVER () FROM {object}": "row_number()",
    "SELECT nope FROM {object}": "nope",
    "SELECT count(*) FROM sqlite_master": "there is no table 'sqlite_master'",
    "SELECT count(*) FROM {object}; SELECT 1": "there are 2 statements",
    "SELECT load_extension('x')": "load_extension",
    "SELECT count(*) FROM (SELECT coalesce(amount, 0) AS a FROM {object}) WHERE a > 1": "",
}


@pytest.mark.parametrize("sql", REFUSED)
def test_what_may_differ_is_refused(judge, sql) -> None:
    """By name, and nothing else of the scan is hurt by it."""
    asked = Check(id="asked", promise=Query(sql))

    found = judge(ROWS, DATASET, checks=[asked, Check(id="rows", promise=RowCount())])

    problem = found.measured["asked"].problem
    assert REFUSED[sql] in problem
    assert found.measured["asked"].number is None or not problem
    assert bool(problem) or not REFUSED[sql]
    assert len(ROWS) == found.measured["rows"].number


def test_a_condition_that_fails_hurts_no_other(judge) -> None:
    """Which one fails is found out, and the others are asked again without it."""
    checks = [
        Check(id="fails", promise=RowQuery("SELECT count(*) FROM {object} WHERE id + id > 1")),
        Check(id="holds", promise=RowQuery("SELECT count(*) FROM {object} WHERE id = 1")),
        Check(id="there", promise=NotNull("id")),
    ]

    found = judge(ROWS, DATASET, checks=checks).measured

    assert "the query failed in SQLite (OperationalError)" == found["fails"].problem
    assert (1, 1) == (found["holds"].number, found["there"].number)


LOOKS_FURTHER = {
    "another row": "SELECT count(*) FROM {object} o WHERE id > (SELECT min(id) FROM {object})",
    "a group": "SELECT count(*) FROM {object} WHERE id > 1 GROUP BY id",
}


@pytest.mark.parametrize("name", LOOKS_FURTHER)
def test_a_rule_that_names_rows_looks_at_the_row_alone(judge, name) -> None:
    """Another is refused by name."""
    found = judge(ROWS, DATASET, checks=[Check(id="named", promise=RowQuery(LOOKS_FURTHER[name]))])

    assert "a rule that names rows looks at the row alone" in found.measured["named"].problem


FAR = pl.DataFrame(
    {"key": ["1", "2", None, "3"], "name": ["Ada", "ada", "ÄÖ\0ß", ""], "cents": ["0.1", "0.2", "x", "1"]}
)
FAR_COLUMNS = (
    Column(name="key", type=ColumnType(L.INTEGER)),
    Column(name="name", type=ColumnType(L.STRING)),
    Column(name="cents", type=ColumnType(L.NUMBER, 10, 2)),
)
KEYS = [
    (("id",), ("key",)),
    (("name",), ("name",)),
    (("id", "name"), ("key", "name")),
    (("Amount",), ("cents",)),
]


@pytest.mark.parametrize(("columns", "to"), KEYS)
def test_a_foreign_key_finds_the_same_rows(both, columns, to) -> None:
    """Keys with a null pass; texts are compared as bytes."""
    checks = [
        Check(id="key", promise=References(columns, "others", to)),
        Check(
            id="asked", promise=Query("SELECT count(*) FROM {object} JOIN others ON id = key", ("others",))
        ),
        Check(id="whole", promise=Unique(columns), scope=Scope.TABLE),
    ]

    duck, lite = both(FRAME, DATASET, checks=checks, besides={"others": (FAR, FAR_COLUMNS)})

    assert duck == lite
    assert not any(problem for *_, problem in lite.measured.values())


TOGETHER = [
    "SELECT sum(amount) FROM {object}",
    "SELECT max(amount * 2) FROM {object} WHERE amount < 1",
    "SELECT count(*) FROM {object} WHERE wide > 1",
    "SELECT count_if(ok) / nullif(count(*), 0) FROM {object}",
    "SELECT avg(x) FROM {object} WHERE name LIKE 'a%'",
    "SELECT min(id) FROM {object} WHERE false",
]


@pytest.mark.parametrize("more", ["SELECT count(*) FROM {object}", "SELECT sum(sqrt(id)) FROM {object}"])
def test_rules_that_are_asked_together_come_to_the_same_numbers(both, more) -> None:
    """Each has its own digits behind the point, and one that is refused hurts no other."""
    checks = [Check(id=sql, promise=Query(sql)) for sql in [*TOGETHER, more]]

    duck, lite = both(FRAME, DATASET, checks=checks)

    assert {rule: duck.measured[rule] for rule in TOGETHER} == {
        rule: lite.measured[rule] for rule in TOGETHER
    }
    assert not any(lite.measured[rule][-1] for rule in TOGETHER)


@FEW
@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(-5, 5),
            st.none() | st.decimals(-5, 5, places=2),
            st.none() | st.sampled_from(["a", "A", "a ", "á"]),
        ),
        max_size=8,
    ),
    st.sampled_from(
        ["id > amount_limit", "id <= 2", "Amount < 1.005", "name >= 'a'", "NOT (id = 1 OR name = 'A')"]
    ),
)
def test_conditions_of_any_rows(both, rows, condition) -> None:
    """Three-valued logic, too."""
    condition = condition.replace("amount_limit", "3")
    columns = tuple(column for column in COLUMNS if column.name in {"id", "Amount", "name"})
    texts = [[None if value is None else str(value) for value in row] for row in rows]
    frame = pl.DataFrame(texts, schema=dict.fromkeys([c.name for c in columns], pl.String), orient="row")
    checks = [
        Check(id="named", promise=RowQuery(NAMED.format(condition))),
        Check(id="asked", promise=Query(SUMMED.format(condition))),
    ]

    duck, lite = both(frame, Dataset(name="things", columns=columns), checks=checks)

    assert duck == lite


def test_case_is_changed_as_duckdb_does() -> None:
    """Of every sign that there is."""
    import duckdb

    signs = [chr(at) for at in range(1, 0x110000) if not 0xD800 <= at < 0xE000]
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT s, lower(s), upper(s) FROM (SELECT unnest($1) AS s)", [signs]
        ).fetchall()

    assert [] == [sign for sign, small, large in rows if (small, large) != (lower(sign), upper(sign))]
