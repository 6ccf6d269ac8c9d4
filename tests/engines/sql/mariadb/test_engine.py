"""Tables in MariaDB, judged where they are, as DuckDB judges the same rows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import mysql.connector
import polars as pl
import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import Check, Matches, NotLonger, OneOf, Query, RowQuery
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset  # noqa: TC001
from airflow_dataops.core.rows.relation import InPlace, Split
from airflow_dataops.engines.sql.hooked.engine import HookedEngine
from airflow_dataops.engines.sql.mariadb.failures import remedy
from airflow_dataops.engines.sql.mariadb.system import mariadb as system
from airflow_dataops.errors import SettingsError
from airflow_dataops.warehouse.database import Database, TableName
from tests.engines.sql.mariadb.conftest import HOST, PORT, USER
from tests.engines.sql.postgres.test_engine import CHECKS, KINDS, ROWS, TEXTS, TWO, TYPED
from tests.engines.sql.test_run import ROWS as CASES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airflow_dataops.core.checks.metric import Measured, Scan
    from airflow_dataops.core.checks.spec import Promise

TYPES: dict[Any, str] = {
    pl.String: "longtext COLLATE utf8mb4_general_ci",
    pl.Int16: "smallint",
    pl.Int32: "int",
    pl.Int64: "bigint",
    pl.Float32: "float",
    pl.Float64: "double",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Time: "time(6)",
}


@pytest.fixture
def database(mariadb: Any) -> Database:
    """A team's connection to the database."""
    name = mariadb.database

    def connect() -> Any:
        return mysql.connector.connect(host=HOST, port=PORT, user=USER, password="", database=name)

    return Database("shop_mysql", "mysql", connect)


@pytest.fixture
def judged(database: Database) -> Callable[..., Scan]:
    """Judge a table."""

    def run(table: str, dataset: Dataset, *, checks: Iterable[Check] | None = None, where: str = "") -> Scan:
        relation = InPlace(database.address(TableName(table)), where)
        found = plan(dataset, derive(dataset) if checks is None else list(checks))
        engine, halves = HookedEngine(database, system()), (f"{table}_{half}" for half in ("good", "bad"))
        split = Split(*(database.address(TableName(half)) for half in halves), digest=False)
        scan = engine.scan(relation, found, split=None)
        # What is measured doesn't hang on whether rows are written.
        assert scan == engine.scan(relation, found, split=split)
        return scan

    return run


@pytest.fixture
def both(scan: Any, judged: Any, ask: Any) -> Callable[..., tuple[Scan, Scan]]:
    """Judge the same rows in DuckDB and in MariaDB."""

    def run(
        rows: pl.DataFrame, dataset: Dataset, *, checks: Iterable[Check] | None = None
    ) -> tuple[Scan, Scan]:
        table = f"rows_{uuid4().hex}"
        columns = ", ".join(f"`{name}` {_type(kind)}" for name, kind in rows.schema.items())
        ask(f"CREATE TABLE {table} ({columns})")
        for row in rows.rows():
            ask(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(row))})", *map(_stored, row))  # noqa: S608
        return scan(rows, dataset, checks=checks).scan, judged(table, dataset, checks=checks)

    return run


def _type(kind: Any) -> str:
    if isinstance(kind, pl.Decimal):
        return f"decimal({kind.precision},{kind.scale})"
    if isinstance(kind, pl.Datetime):
        return "datetime(6)"
    return TYPES[type(kind) if not isinstance(kind, type) else kind]


def _stored(value: Any) -> Any:
    return value.replace(tzinfo=None) if getattr(value, "tzinfo", None) is not None else value


def numbers(scan: Scan) -> dict[str, tuple[Any, ...]]:
    """Return, of each rule, its number, how many rows broke it, how many were looked at."""
    return {name: _numbers(found) for name, found in scan.measured.items()}


def _numbers(found: Measured) -> tuple[Any, ...]:
    return found.number, found.failing, found.checked, found.withheld, bool(found.problem)


def agree(scans: tuple[Scan, Scan]) -> Scan:
    """Hold that DuckDB and MariaDB came to the same, and return the latter."""
    duck, maria = scans
    assert numbers(duck) == numbers(maria)
    assert (duck.rows, duck.good, duck.bad, duck.blank) == (maria.rows, maria.good, maria.bad, maria.blank)
    return maria


def dataset(*columns: Column) -> Dataset:
    """A dataset of the given columns."""
    return Dataset(name="orders", columns=columns)


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_is_a_value_of_a_type_in_both_databases_or_in_neither(kind: str, both: Any) -> None:
    """And no two of them are the same, but where both say so."""
    rows = pl.DataFrame({"a": [*TEXTS, *TEXTS[::3], None]})
    column = Column(name="a", type=KINDS[kind], required=True, unique=True)
    agree(both(rows, dataset(column)))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "string"])
@pytest.mark.parametrize("found", [found for found in TYPED if found != "timestamptz"])
def test_a_typed_column_is_read_alike_by_both_databases(found: str, kind: str, both: Any) -> None:
    """A value of another type is one of the contract's where it comes back the same, in either database."""
    values = TYPED[found]
    if values.dtype.is_float():
        values = values.filter(values.is_finite() | values.is_null())
    agree(both(values.to_frame(), dataset(Column(name="a", type=KINDS[kind]))))


ELSEWHERE = {"rows by the others": "looks further", "another tool": "pandera"}
"""Rules that come to nothing here -> why."""


@pytest.mark.parametrize("name", CHECKS)
def test_a_rule_comes_to_the_same_in_both_databases(name: str, both: Any) -> None:
    """The same rows break it, it measures the same, or neither can evaluate it."""
    duck, maria = both(ROWS, TWO, checks=[CHECKS[name]])
    if name in ELSEWHERE:
        assert ELSEWHERE[name] in maria.measured["r"].problem
        return
    agree((duck, maria))


@pytest.mark.parametrize(
    ("kind", "promise", "good", "bad"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_a_promise_of_one_column_is_judged_alike(
    kind: ColumnType, promise: Promise, good: list[str | None], bad: list[str | None], both: Any
) -> None:
    """What DuckDB is held to, text by text, MariaDB does as well."""
    for texts, broken in ((good, 0), (bad, len(bad))):
        rows = pl.DataFrame({"c": texts}, schema={"c": pl.String})
        found = agree(
            both(rows, dataset(Column(name="c", type=kind)), checks=[Check(id="r", promise=promise)])
        )
        assert broken == found.measured["r"].failing


ALIKE = (
    "a",
    "A",
    "a ",
    "á",
    "a\u0301",
    "\u00e4",
    "ae",
    "ß",
    "ss",
    "ＡＢ",  # noqa: RUF001
    "AB",
    "\u212b",
    "\u00c5",
    "x\0",
    "x",
    "",
)
"""Texts that collations take for one another."""


@pytest.mark.parametrize("kind", ["varchar(20)", "text", "varchar(20) COLLATE utf8mb4_unicode_520_ci"])
def test_texts_are_told_apart_by_their_characters(kind: str, judged, ask) -> None:
    """By case, accents, and blanks at their end: in uniqueness, lists and lengths."""
    ask(f"CREATE OR REPLACE TABLE alike (c {kind})")
    for text in (*ALIKE, "a ", "ß"):
        ask("INSERT INTO alike VALUES (%s)", text)
    column = Column(name="c", type=KINDS["string"], unique=True)
    checks = [
        *derive(dataset(column)),
        Check(id="listed", promise=OneOf("c", ("a", "ss", "x\0"))),
        Check(id="shorter", promise=NotLonger("c", 1)),
        Check(id="distinct", promise=Query("SELECT count(DISTINCT c) FROM {object}")),
        Check(
            id="equal", promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE c = 'a' OR c IN ('AB', 'ss ')")
        ),
        Check(id="like", promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE c LIKE 'A%' OR c LIKE 'x_'")),
        Check(id="pattern", promise=Matches("c", "^[a-z]*$")),
    ]
    found = judged("alike", dataset(column), checks=checks)
    texts = (*ALIKE, "a ", "ß")

    assert 4 == found.measured["c.unique"].failing
    assert sum(text not in ("a", "ss", "x\0") for text in texts) == found.measured["listed"].failing
    assert sum(len(text) > 1 for text in texts) == found.measured["shorter"].failing
    assert 2 == found.measured["equal"].failing
    assert 3 == found.measured["like"].failing
    assert sum(not re.fullmatch("[a-z]*", text) for text in texts) == found.measured["pattern"].failing


def test_long_texts_are_told_apart_by_their_last_character(judged, ask) -> None:
    """Where MariaDB sorts, it looks at the first 1024 bytes."""
    ask("CREATE OR REPLACE TABLE longs (c longtext)")
    for end in "12AaA":
        ask("INSERT INTO longs VALUES (CONCAT(REPEAT('é', 5000), %s))", end)
    column = Column(name="c", type=KINDS["string"], unique=True)
    grouped = "SELECT count(*) FROM (SELECT c FROM {object} GROUP BY c HAVING count(*) = 1)"
    found = judged(
        "longs", dataset(column), checks=[*derive(dataset(column)), Check(id="r", promise=Query(grouped))]
    )

    assert 2 == found.measured["c.unique"].failing
    assert 3 == found.measured["r"].number


def test_a_pattern_that_gives_up_is_a_problem_and_hurts_no_other_rule_of_rows(judged, ask) -> None:
    """It is no text that doesn't match, nor one that does."""
    ask("CREATE OR REPLACE TABLE backwards (c text)")
    ask("INSERT INTO backwards VALUES (CONCAT(REPEAT('a', 60), 'b')), ('aaa'), ('b')")
    column = Column(name="c", type=KINDS["string"])
    checks = [
        Check(id="bad", promise=Matches("c", "^(a|aa)+$")),
        Check(id="good", promise=Matches("c", "^a+$")),
        Check(
            id="ruled",
            promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE NOT regexp_matches(c, '^(a|aa)+$')"),
        ),
        Check(
            id="asked", promise=Query("SELECT count(*) FROM {object} WHERE regexp_matches(c, '^(a|aa)+$')")
        ),
    ]
    found = judged("backwards", dataset(column), checks=checks)

    assert "could not be evaluated" in found.measured["bad"].problem
    assert (2, "") == (found.measured["good"].failing, found.measured["good"].problem)
    assert found.measured["ruled"].problem
    asked = found.measured["asked"]
    assert (None, "rows could not be judged: bad, ruled") == (asked.number, asked.problem)


def test_an_empty_table(judged, ask) -> None:
    """Counts are 0, and no sum of nothing is a problem."""
    ask("CREATE OR REPLACE TABLE nothing (n int, x text)")
    checks = [check for check in CHECKS.values() if check.promise != CHECKS["another tool"].promise]
    named = [replace(check, id=f"r{at}") for at, check in enumerate(checks)]
    found = judged("nothing", TWO, checks=named)

    assert (0, 0, 0, ()) == (found.rows, found.good, found.bad, found.blank)
    assert {0} == {one.failing for one in found.measured.values()}


def test_a_column_of_bytes_is_a_problem_of_its_rules(judged, ask) -> None:
    """Where the contract has a text; where it has a number, bytes are none."""
    ask("CREATE OR REPLACE TABLE bytes (x varbinary(9), n varbinary(9))")
    ask("INSERT INTO bytes VALUES ('1', '1'), (NULL, NULL)")
    columns = (Column(name="x", type=KINDS["string"], required=True), Column(name="n", type=KINDS["integer"]))
    found = judged("bytes", dataset(*columns))

    assert "bytes are no text" in found.measured["x.required"].problem
    assert (1, "") == (found.measured["n.type"].failing, found.measured["n.type"].problem)


def test_a_table_without_transactions_is_judged_as_well(judged, ask) -> None:
    """It has no snapshot, which the docs say."""
    ask("CREATE OR REPLACE TABLE isam (n int, x text) ENGINE = MyISAM")
    ask("INSERT INTO isam VALUES (1, 'a'), (1, 'b')")

    assert 2 == judged("isam", TWO, checks=[CHECKS["unique"]]).measured["r"].failing


def test_a_view_is_judged_as_a_table(judged, ask) -> None:
    """And so is one whose columns are reckoned."""
    ask("CREATE OR REPLACE TABLE under (n int, x text)")
    ask("INSERT INTO under VALUES (1, 'a'), (2, 'b')")
    ask("CREATE OR REPLACE VIEW over_it AS SELECT n + 1 AS n, UPPER(x) AS x FROM under")

    assert 1 == judged("over_it", TWO, checks=[CHECKS["rows"]]).measured["r"].failing


def test_a_view_whose_table_is_gone_says_what_is_wrong(ask, judged) -> None:
    """So does a table that the user may not read: no other try heals it."""
    ask("CREATE OR REPLACE TABLE gone (n bigint, x text)")
    ask("CREATE OR REPLACE VIEW over_nothing AS SELECT n, x FROM gone")
    ask("DROP TABLE gone")

    with pytest.raises(SettingsError, match="It is a view that can't be read"):
        judged("over_nothing", TWO, checks=[CHECKS["rows"]])
    assert "Check the rights" in remedy(Exception(1142, "SELECT command denied"))


QUERIES = (
    *(
        "SELECT sum(n) FROM {object}",
        "SELECT avg(n) FROM {object}",
        "SELECT min(n) FROM {object}",
        "SELECT max(m) FROM {object}",
    ),
    *(
        "SELECT sum(m) FROM {object}",
        "SELECT avg(m) FROM {object}",
        "SELECT sum(d) FROM {object}",
        "SELECT avg(d) FROM {object}",
    ),
    *(
        "SELECT count(DISTINCT x) FROM {object}",
        "SELECT count(x) / count(*) FROM {object}",
    ),
    *(
        "SELECT count(*) FROM {object} WHERE x LIKE 'a%' ",
        "SELECT count(*) FROM {object} WHERE x LIKE '%\\%'",
        "SELECT count(*) FROM {object} WHERE x LIKE 'a!%' ESCAPE '!'",
    ),
    *(
        "SELECT count(*) FROM {object} WHERE x < 'b'",
        "SELECT count(*) FROM {object} WHERE x || '!' = 'a!'",
        "SELECT max(length(x)) FROM {object}",
    ),
    *(
        "SELECT count(*) FROM {object} WHERE day >= '2026-03-01'",
        "SELECT count(*) FROM {object} WHERE day = DATE '2026-03-01'",
    ),
    *(
        "SELECT count(*) FROM {object} WHERE at > '2026-03-01 10:00:00'",
        "SELECT count(*) FROM {object} WHERE at > TIMESTAMP '2026-03-01 10:00:00.5'",
    ),
    *(
        "SELECT count(*) FROM {object} WHERE at < now() - INTERVAL 1 DAY",
        "SELECT count(*) FROM {object} WHERE day + INTERVAL 1 MONTH > '2026-03-28'",
    ),
    *(
        "SELECT count(*) FROM {object} WHERE ok",
        "SELECT count(*) FROM {object} WHERE ok IS NOT TRUE",
        "SELECT count_if(NOT ok) FROM {object}",
    ),
    *(
        "SELECT count(*) FROM {object} WHERE x IS DISTINCT FROM 'a'",
        "SELECT count(*) FROM {object} WHERE n BETWEEN 1 AND 2.5",
    ),
    *(
        "SELECT count(*) FROM {object} a JOIN {object} b ON a.n = b.n AND a.x <> b.x",
        "WITH t AS (SELECT n FROM {object}) SELECT count(*) FROM T",
    ),
    *(
        (
            "WITH t AS (SELECT n FROM {object}), u AS (SELECT n FROM t WHERE n > 1)"
            " SELECT count(*) FROM u JOIN t ON t.n = U.n"
        ),
    ),
    *(
        "SELECT count(*) FROM (SELECT n FROM {object} GROUP BY n HAVING count(*) > 1)",
        "SELECT count(*) FROM {object} o WHERE EXISTS (SELECT 1 FROM {object} p WHERE p.n > o.n)",
    ),
    *(
        "SELECT n % 2 FROM {object} WHERE n = 3",
        "SELECT -5 % 3",
        "SELECT 7 / 2",
        "SELECT m * m FROM {object} WHERE n = 3",
        "SELECT d FROM {object} WHERE n = 3",
        "SELECT abs(-n) FROM {object} WHERE n = 3",
    ),
    *(
        "SELECT CASE WHEN n > 1 THEN 1 ELSE 0 END FROM {object} WHERE n = 3",
        "SELECT coalesce(max(n), 0) FROM {object} WHERE false",
        "SELECT nullif(max(n), 3) FROM {object}",
    ),
    *(
        "SELECT n FROM {object} ORDER BY n DESC LIMIT 1",
        "SELECT count(*) FROM {object} WHERE (n = 1) = ok",
        "SELECT count(*) FROM {object} WHERE regexp_matches(x, '(?i)^A')",
    ),
    *(
        "SELECT count(*) FROM {object} WHERE m > 0.1",
        "SELECT count(*) FROM {object} WHERE d > 0.1",
        "SELECT count(*) FROM {object} WHERE d = 0.1",
        "SELECT count(*) FROM {object} WHERE n IN (1, 2, NULL)",
    ),
    *(
        "SELECT count(*) FROM {object} WHERE x NOT IN ('a')",
        "SELECT count(*) FROM {object} WHERE n IN (SELECT n FROM {object} WHERE ok)",
        "SELECT count(*) FROM (SELECT n FROM {object} UNION SELECT n FROM {object})",
    ),
    *(
        "SELECT count(*) FROM {object} WHERE m = 1.255",
        "SELECT count(*) FROM {object} WHERE n / 2 = 1.5",
        "SELECT sum(CASE WHEN ok THEN m ELSE 0 END) FROM {object}",
        "SELECT count(*) FROM {object} WHERE n = 1e0",
    ),
    *(
        "SELECT count(*) FROM {object} WHERE n = '1'",
        "SELECT count(*) FROM {object} WHERE day + 1 > day",
        "SELECT count(*) FILTER (WHERE ok) FROM {object}",
        "SELECT count(*) FROM (SELECT x AS k, max(n) FROM {object} GROUP BY 1)",
        (
            "SELECT sum(top) FROM (SELECT y AS k, max(n) AS top FROM (SELECT x AS y, n FROM {object})"
            " GROUP BY k)"
        ),
        "SELECT count(*) FROM (SELECT -d * 0 AS k FROM {object} GROUP BY k)",
        (
            "WITH a AS (SELECT n FROM {object}) SELECT count(*) FROM (WITH b AS (SELECT n FROM A)"
            " SELECT n FROM b)"
        ),
        "SELECT sum(n) / count(*) FROM {object} WHERE false",
        "SELECT count(*) FROM {object} WHERE at > '2026-03-01T12:00:00+02:00'",
    ),
)
"""SQL of people that both databases shall read alike; in some of it neither finds one number."""

SEVERAL = pl.DataFrame(
    {
        "n": [1, 2, 2, 3, None],
        "x": ["a", "A", "a%", None, "b "],
        "m": ["1.25", "-0.10", "0.10", "99999.99", None],
        "d": [0.1, -2.5, 1e10, 0.30000000000000004, None],
        "ok": [True, False, None, True, False],
        "day": [date(2026, 3, 1), date(2026, 2, 28), None, date(2020, 2, 29), date(2026, 3, 2)],
        "at": [
            datetime(2026, 3, 1, 10),  # noqa: DTZ001
            datetime(2026, 3, 1, 10, 0, 0, 500_001),  # noqa: DTZ001
            None,
            datetime(1969, 1, 1),  # noqa: DTZ001
            None,
        ],
    }
).with_columns(pl.col("m").cast(pl.Decimal(10, 2)))
WHOLE = dataset(
    Column(name="n", type=KINDS["integer"]),
    Column(name="x", type=KINDS["string"]),
    Column(name="m", type=KINDS["number(10,2)"]),
    Column(name="d", type=KINDS["number"]),
    Column(name="ok", type=KINDS["boolean"]),
    Column(name="day", type=KINDS["date"]),
    Column(name="at", type=KINDS["timestamp"]),
)


def test_sql_of_people_comes_to_the_same_number(both) -> None:
    """In DuckDB, for which it is written, and in MariaDB."""
    checks = [Check(id=query, promise=Query(query)) for query in QUERIES]
    duck, maria = both(SEVERAL, WHOLE, checks=checks)

    assert {name: _near(found) for name, found in duck.measured.items()} == {
        name: _near(found) for name, found in maria.measured.items()
    }


TOGETHER = (
    "SELECT sum(m) FROM {object} WHERE n > 1",
    "SELECT avg(d) FROM {object}",
    "SELECT count(*) FROM {object} WHERE x LIKE 'a%'",
    "SELECT count_if(ok) / nullif(count(*), 0) FROM {object}",
    "SELECT count(DISTINCT x) FROM {object} WHERE day > '2020-01-01'",
)


def test_rules_that_are_asked_together_come_to_the_same_numbers(both) -> None:
    """They are one query."""
    checks = [Check(id=query, promise=Query(query)) for query in TOGETHER]
    duck, maria = both(SEVERAL, WHOLE, checks=checks)

    assert {name: _near(found) for name, found in duck.measured.items()} == {
        name: _near(found) for name, found in maria.measured.items()
    }
    assert not any(found.problem for found in maria.measured.values())


def _near(found: Measured) -> tuple[Any, ...]:
    number = None if found.number is None else round(float(found.number), 9)
    return number, bool(found.problem)


REFUSED = {
    "SELECT count(*) FROM {object} WHERE x > 5": "integer and text are mixed",
    "SELECT count(*) FROM {object} WHERE n": "a condition",
    "SELECT count(*) FROM {object} WHERE day > '2026-02-30'": "none that the calendar has",
    "SELECT count(*) FROM {object} WHERE lower(x) = 'a'": "lower(a)",
    "SELECT count(*) FROM {object} WHERE x::BIGINT = 1": "CAST",
    "SELECT row_number() OVER (ORDER BY n) FROM {object} LIMIT 1": "LIMIT",
    "SELECT count(*) FROM {object} GROUP BY 1": "the query failed in MariaDB",
    "WITH t(k) AS (SELECT n FROM {object}) SELECT sum(k) FROM t": "WITH name(columns)",
    "WITH RECURSIVE t AS (SELECT 1 AS n) SELECT sum(n) FROM t": "RECURSIVE",
    "SELECT sum(n) > 1 FROM {object}": "returns boolean",
    "SELECT count(*) / 0 FROM {object}": "the query failed in MariaDB",
    "SELECT 1 % count(*) FROM {object}": "the query failed in MariaDB",
    "SELECT x FROM {object}": "returns text",
    "SELECT x FROM {object} ORDER BY x LIMIT 1": "1024 bytes",
    "SELECT max(r) FROM (SELECT rank() OVER (ORDER BY x) AS r FROM {object})": "1024 bytes",
    "WITH t AS (SELECT 1 AS n), u AS (WITH t AS (SELECT 2 AS n) SELECT n FROM t) SELECT n FROM u": "another",
    "SELECT sleep(9)": "sleep",
    "SELECT load_file('/etc/passwd')": "load_file",
    "SELECT count(*) FROM {object} WHERE x ILIKE 'a'": "ILIKE",
    "SELECT count(*) FROM {object} WHERE regexp_matches(x, x)": "pattern",
}


@pytest.mark.parametrize("query", REFUSED)
def test_sql_that_may_mean_something_else_is_refused(query: str, judged, ask) -> None:
    """By name, before it runs."""
    ask(
        "CREATE OR REPLACE TABLE refused"
        " (n int, x text, m decimal(10,2), d double, ok bool, day date, at datetime)"
    )
    found = judged("refused", WHOLE, checks=[Check(id="r", promise=Query(query))])

    assert REFUSED[query] in found.measured["r"].problem


def test_failing_rows_are_named_by_their_keys(database, ask) -> None:
    """The first ones, as many as are wanted, with the rules that each broke; a null comes last."""
    ask("CREATE OR REPLACE TABLE keyed (n int, x text)")
    ask("INSERT INTO keyed VALUES (NULL, 'B'), (10, NULL), (1, 'a'), (2, 'b '), (2, NULL)")
    columns = (
        Column(name="n", type=KINDS["integer"], key_position=1, required=True),
        Column(name="x", type=KINDS["string"], required=True),
    )
    relation, wanted = InPlace(database.address(TableName("keyed"))), dataset(*columns)
    scan = partial(HookedEngine(database, system()).scan, relation, plan(wanted, derive(wanted)), split=None)
    found = scan(keys=9)

    keys = [row.key for row in found.failing]
    assert [("2",), ("2",), ("10",), (None,)] == keys
    assert {
        ((None,), ("n.required",)),
        (("2",), ("orders.primaryKey",)),
        (("2",), ("x.required", "orders.primaryKey")),
        (("10",), ("x.required",)),
    } == {(row.key, row.rules) for row in found.failing}
    assert keys[:3] == [row.key for row in scan(keys=3).failing]
    assert () == scan().failing
