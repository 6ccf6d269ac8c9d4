from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from psycopg.sql import SQL, Identifier

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import (
    AtLeast,
    AtMost,
    Check,
    Custom,
    Matches,
    NotNull,
    OneOf,
    Query,
    RowCount,
    RowQuery,
    Unique,
)
from airflow_dataops.core.checks.verdict import Operator, Threshold
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.contract.written import Written
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.relation import InPlace, Landed, LandedPart
from airflow_dataops.engines.sql.postgres.engine import PostgresEngine
from airflow_dataops.errors import NotEvaluatedError, SettingsError
from airflow_dataops.warehouse.postgres import Table, Warehouse
from tests.engines.sql.test_run import ROWS as CASES

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Connection

    from airflow_dataops.core.checks.spec import Promise
    from tests.engines.sql.postgres.conftest import Judged

KINDS = {
    "integer": ColumnType(LogicalType.INTEGER),
    "integer(5,0)": ColumnType(LogicalType.INTEGER, 5, 0),
    "number": ColumnType(LogicalType.NUMBER),
    "number(10,2)": ColumnType(LogicalType.NUMBER, 10, 2),
    "number(38,0)": ColumnType(LogicalType.NUMBER, 38, 0),
    "boolean": ColumnType(LogicalType.BOOLEAN),
    "date": ColumnType(LogicalType.DATE),
    "timestamp": ColumnType(LogicalType.TIMESTAMP),
    "timestamp with an offset": ColumnType(LogicalType.TIMESTAMP, written=Written(offset=True)),
    "timestamp of Berlin": ColumnType(LogicalType.TIMESTAMP, written=Written(zone="Europe/Berlin")),
    "time": ColumnType(LogicalType.TIME),
    "date as d.M.yyyy": ColumnType(LogicalType.DATE, written=Written("d.M.yyyy")),
    "string": ColumnType(LogicalType.STRING),
}

TEXTS = (
    *(
        "0",
        "-0",
        "+7",
        "007",
        "12",
        "1.0",
        "1.",
        ".5",
        "-.5",
        ".",
        "",
        " 1",
        "1 ",
        "1\n",
        "x",
        "\u0661",
        "1_000",
    ),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809"),
    *("0" * 40 + "1", "99999", "100000", "12.345", "12.3400", "99999999.99", "100000000.00", "0." + "0" * 60),
    *("9" * 38, "9" * 39, "1e5", "1E-5", "1e400", "-1e400", "1e-400", "0e999999999999", "1e-999999999999"),
    *("9007199254740993", "9007199254740992", "9007199254740993.0", "9007199254740993.5", "NaN", "inf"),
    *("1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623159e308", "5e-324", "2.4e-324"),
    *("2.5e-324", "0." + "0" * 400 + "1", "1" + "0" * 308, "1" + "0" * 309, "0.1e1", "100e-2", "1e", "e1"),
    *("true", "TRUE", "tRuE", "false", "t", "yes", "1", "fal\u017fe"),
    *("2026-03-03", "2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "2026-04-31", "2026-13-01"),
    *("0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2026-3-3", "2026-03-03x", "infinity"),
    *("2026-03-03T10:00", "2026-03-03 10:00:00", "2026-03-03T10:00:00.123456", "2026-03-03T10:00:00.1234567"),
    *(
        "2026-03-03T10:00:00.1234560000Z",
        "2026-03-03T24:00",
        "2026-03-03T10:00:60Z",
        "2026-03-03T10:00+14:00",
    ),
    *("10:00", "24:00", "23:59:59.999999", "23:59:60", "10:00:00.1234560000", "10:00Z", "1:00", "10"),
    *("1.3.2026", "29.2.2023", "29.02.2024", "0.1.2026", "1.3.0000", "1.3.26", "2026-03-29 02:30"),
    *("2026-10-25 02:30", "2026-10-25T02:30+02:00", "0001-01-01 00:00", "9999-12-31 23:59:59.999999"),
    *("2026-03-03T10:00+14:30", "2026-03-03T10:00-1330", "2026-03-03T10:00+05", "2026-03-03t10:00z"),
    *(
        "0001-01-01T00:00+05:00",
        "9999-12-31T23:59-05:00",
        "2026-02-30T10:00",
        "epoch",
        "now",
        "'; --",
        "\\x41",
    ),
)
"""Texts at the edges of every type."""


def dataset(*columns: Column) -> Dataset:
    """A dataset of the given columns."""
    return Dataset(name="orders", columns=columns)


def agree(judged: tuple[Judged, Judged]) -> Judged:
    """Hold that DuckDB and PostgreSQL came to the same, and return the latter."""
    duck, postgres = judged
    assert (duck.scan.rows, duck.scan.good, duck.scan.bad) == (
        postgres.scan.rows,
        postgres.scan.good,
        postgres.scan.bad,
    )
    assert duck.rules == postgres.rules
    assert duck.numbers == postgres.numbers
    assert duck.scan.blank == postgres.scan.blank
    assert [tuple(map(_value, row)) for row in duck.good] == [
        tuple(map(_value, row)) for row in postgres.good
    ]
    return postgres


def _value(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_is_a_value_of_a_type_in_both_databases_or_in_neither(
    kind: str, both: Callable[..., tuple[Judged, Judged]]
) -> None:
    """What DuckDB takes for a value PostgreSQL takes for the same value, and nothing else."""
    rows = pl.DataFrame({"a": [*TEXTS, None]})
    found = agree(both(rows, dataset(Column(name="a", type=KINDS[kind], required=True))))
    assert 0 < found.scan.good < found.scan.rows


INSTANTS = ("0001-01-01 00:00:00", "2026-03-03 00:00:00", "2026-03-03 10:00:00.5", None)

TYPED: dict[str, pl.Series] = {
    "smallint": pl.Series("a", [0, 1, -1, 2**15 - 1, None], dtype=pl.Int16),
    "integer": pl.Series("a", [0, 1, -1, 2**31 - 1, None], dtype=pl.Int32),
    "bigint": pl.Series("a", [0, 1, -1, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), 99999, 100000, None]),
    "real": pl.Series("a", [0.0, 1.0, -1.5, float("nan"), float("inf"), 2.0**100, None], dtype=pl.Float32),
    "double": pl.Series(
        "a",
        [0.0, -0.0, 1.0, 0.5, 12.34, 12.345, 1e15, 1e300, 5e-324, 2.0**63, float("nan"), float("-inf"), None],
    ),
    "numeric": pl.Series(
        "a", ["0.00", "1.00", "1.25", "99999.00", "100000.00", "99999999.99", "-100000000.00", None]
    ).cast(pl.Decimal(18, 2)),
    "boolean": pl.Series("a", [True, False, None]),
    "time": pl.Series("a", [time(0), time(10, 0, 0, 5), time(23, 59, 59, 999_999), None]),
    "date": pl.Series("a", [date(1, 1, 1), date(2026, 3, 3), date(9999, 12, 31), None]),
    "timestamp": pl.Series("a", INSTANTS).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us"),
    "timestamptz": pl.Series("a", INSTANTS).str.to_datetime(
        "%Y-%m-%d %H:%M:%S%.f", time_unit="us", time_zone="UTC"
    ),
}
"""Columns of each type, with the values at their edges."""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "string"])
@pytest.mark.parametrize("found", TYPED)
def test_a_typed_column_is_read_alike_by_both_databases(
    found: str, kind: str, both: Callable[..., tuple[Judged, Judged]]
) -> None:
    """A value of another type is one of the contract's where it comes back the same, in either database."""
    agree(both(TYPED[found].to_frame(), dataset(Column(name="a", type=KINDS[kind]))))


def test_types_are_those_of_the_table(warehouse: Warehouse, schema: str, ask: Callable[..., Any]) -> None:
    """A raw copy has the types of its source, and the number of the row isn't one of them."""
    raw = Table(schema, "raw")
    ask("CREATE TABLE {raw} (dataops_line bigint, a varchar(20), b numeric(12,2), c time[])", raw=raw)
    address = warehouse.address(raw)
    relation = Landed(address, (LandedPart(address, "shop.orders"),), Dialect(format=Format.TABLE))

    expected = {"a": "character varying(20)", "b": "numeric(12,2)", "c": "time without time zone[]"}
    assert expected == PostgresEngine(warehouse).types(relation)


def test_texts_are_passed_on_as_they_are(both: Callable[..., tuple[Judged, Judged]]) -> None:
    """A column of texts keeps every character; null stays null and an empty text empty."""
    rows = pl.DataFrame({"a": ["", None, "x'y\"z\\", "\n\t", "😀", "'; DROP TABLE orders; --", "%s {a} $1"]})
    assert len(rows) == agree(both(rows, dataset(Column(name="a", type=KINDS["string"])))).scan.good


PLAIN = Column(name="n", type=KINDS["integer"])
ROWS = pl.DataFrame(
    {
        "n": ["1", "2", "2", "x", None, "7", "-3", "7"],
        "x": ["a", "b", "b", "B", "", None, "N/A", "zz\n"],
    }
)
TWO = dataset(PLAIN, Column(name="x", type=KINDS["string"]))
AT_MOST_TWO = Threshold(Operator.MUST_BE_LESS_OR_EQUAL_TO, (Decimal(2),))

CHECKS: dict[str, Check] = {
    "required": Check(id="r", promise=NotNull("n")),
    "missing values": Check(id="r", promise=NotNull("x", ("N/A", ""))),
    "missing values of a number": Check(id="r", promise=NotNull("n", ("7", "N/A"))),
    "at least": Check(id="r", promise=AtLeast("n", Decimal("1.5"))),
    "at most": Check(id="r", promise=AtMost("n", Decimal("6.99"))),
    "at least, beyond the type": Check(id="r", promise=AtLeast("n", Decimal(10**30))),
    "pattern": Check(id="r", promise=Matches("x", r"^[a-z]{1,2}$")),
    "pattern over line ends": Check(id="r", promise=Matches("x", "z.")),
    "one of": Check(id="r", promise=OneOf("x", ("a", "b", "'"))),
    "one of numbers": Check(id="r", promise=OneOf("n", ("1", "+2"))),
    "one of what is no number": Check(id="r", promise=OneOf("n", ("1", "one"))),
    "unique": Check(id="r", promise=Unique(("n",))),
    "unique together": Check(id="r", promise=Unique(("n", "x"))),
    "no such column": Check(id="r", promise=NotNull("nn")),
    "bounds of a text": Check(id="r", promise=AtLeast("x", Decimal(1))),
    "some may": Check(id="r", promise=AtLeast("n", Decimal(5)), threshold=AT_MOST_TWO),
    "how many": Check(id="r", promise=RowCount(), threshold=AT_MOST_TWO),
    "a count": Check(id="r", promise=Query("SELECT count(*) FROM {object} WHERE N > 1")),
    "a share": Check(id="r", promise=Query("SELECT count_if(x = 'b') / count(*) FROM {object}")),
    "a sum": Check(id="r", promise=Query("SELECT sum(n) FROM {object}")),
    "a text": Check(id="r", promise=Query("SELECT max(x) FROM {object}")),
    "two rows": Check(id="r", promise=Query("SELECT n FROM {object}")),
    "two columns": Check(id="r", promise=Query("SELECT 1, 2")),
    "nothing": Check(id="r", promise=Query("SELECT max(n) FROM {object} WHERE false")),
    "no such name": Check(id="r", promise=Query("SELECT max(nn) FROM {object}")),
    "no SELECT": Check(id="r", promise=Query("DELETE FROM {object}")),
    "another table": Check(id="r", promise=Query("SELECT count(*) FROM other")),
    "rows": Check(id="r", promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE n = 2")),
    "rows without a value": Check(id="r", promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE N IS NULL")),
    "rows by the others": Check(
        id="r",
        promise=RowQuery(
            "SELECT COUNT(*) FROM {object} o WHERE n < (SELECT max(n) FROM {object} p WHERE p.x = o.x)"
        ),
    ),
    "rows by a failing query": Check(id="r", promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE nn")),
    "another tool": Check(id="r", promise=Custom("pandera", "rules:Orders")),
}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
def test_a_rule_comes_to_the_same_in_both_databases(
    check: Check, both: Callable[..., tuple[Judged, Judged]]
) -> None:
    """The same rows break it, it measures the same, or neither can evaluate it."""
    agree(both(ROWS, TWO, checks=[check]))


@pytest.mark.parametrize(
    ("kind", "promise", "good", "bad"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_a_promise_of_one_column_is_judged_alike(
    kind: ColumnType,
    promise: Promise,
    good: list[str | None],
    bad: list[str | None],
    both: Callable[..., tuple[Judged, Judged]],
) -> None:
    """What DuckDB is held to, text by text, PostgreSQL does as well."""
    rows = pl.DataFrame({"c": [*good, *bad]}, schema={"c": pl.String})
    check = Check(id="r", promise=promise)
    found = agree(both(rows, dataset(Column(name="c", type=kind)), checks=[check]))
    assert list(range(len(good) + 1, len(rows) + 1)) == sorted(found.rules)


def test_rules_are_listed_in_the_order_of_the_plan(both: Callable[..., tuple[Judged, Judged]]) -> None:
    """A row that breaks several rules names each, in one order."""
    checks = [
        Check(id="b", promise=NotNull("n")),
        Check(id="a", promise=Unique(("x",))),
        Check(id="c", promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE x = 'b' OR n IS NULL")),
    ]
    found = agree(both(ROWS, TWO, checks=checks))
    assert {2: ["a", "c"], 3: ["a", "c"], 4: ["c"], 5: ["b", "c"]} == found.rules


def test_names_are_taken_as_they_are(put: Callable[..., Judged]) -> None:
    """Upper case, blanks, quotes, dots, percent signs and words of SQL are names like others."""
    odd = ('a"b', "Select", "x y", "%s", "1.5", "{0}", "ünï", "line", "t0", "bad", "a'b; --")
    quoted = SQL(", ").join(SQL("'1' AS {}").format(Identifier(name)) for name in odd)
    columns = [Column(name=name, type=KINDS["integer"], required=True, unique=True) for name in odd]
    found = put(SQL("SELECT generate_series(1, 2) AS dataops_line, ") + quoted, dataset(*columns))
    assert (2, 0, 2) == (found.scan.rows, found.scan.good, found.scan.bad)
    assert {1: [f"{name}.unique" for name in odd], 2: [f"{name}.unique" for name in odd]} == found.rules


def test_the_digest_is_of_the_rows_whatever_their_order(put: Callable[..., Judged]) -> None:
    """Equal rows have one content; another row, or one that is there twice, has another."""
    one = put("SELECT * FROM (VALUES (1, '1', 'a'), (2, '2', NULL)) AS t(dataops_line, n, x)", TWO).scan
    other = put("SELECT * FROM (VALUES (1, '2', NULL), (2, '1', 'a')) AS t(dataops_line, n, x)", TWO).scan
    more = put("SELECT * FROM (VALUES (1, '1', 'a'), (2, '2', '-')) AS t(dataops_line, n, x)", TWO).scan
    assert one.content == other.content != more.content


def test_wide_rows_are_judged_until_a_page_is_full(put: Callable[..., Judged]) -> None:
    """Three hundred columns of long texts are fine; what PostgreSQL can't hold is said in one line."""
    for width, text, fits in ((300, "x" * 30, True), (450, "x" * 30, False), (900, "x", False)):
        names = [f"c{at}" for at in range(width)]
        select = SQL("SELECT 1 AS dataops_line, ") + SQL(", ").join(
            SQL("{} AS {}").format(text, Identifier(name)) for name in names
        )
        wide = dataset(*(Column(name=name, type=KINDS["string"]) for name in names))
        checks = [Check(id=name, promise=NotNull(name)) for name in names]
        if fits:
            assert put(select, wide, checks=checks).scan.good == 1
        else:
            with pytest.raises(NotEvaluatedError, match="view that has fewer columns"):
                put(select, wide, checks=checks)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], ()),
        ([(None, None), (None, None)], ("a", "b")),
        ([(None, "x")], ("a",)),
        ([*[(None, None)] * 1500, (None, "1")], ("a",)),
    ],
    ids=["no row", "nulls", "a value that is none of the type", "a value far behind"],
)
def test_blank_columns_are_the_same_in_both_databases(
    rows: list[tuple[str | None, str | None]],
    expected: tuple[str, ...],
    both: Callable[..., tuple[Judged, Judged]],
) -> None:
    """A column without a value in any row is named, however many rows are looked at before there is one."""
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row")
    columns = (Column(name="a", type=KINDS["string"]), Column(name="b", type=KINDS["integer"]))
    assert expected == agree(both(frame, dataset(*columns))).scan.blank


def test_a_table_of_which_a_policy_hides_rows_is_refused(
    warehouse: Warehouse, schema: str, ask: Callable[..., Any]
) -> None:
    """A verdict on the rows that are shown would be taken for one on the table."""
    role = SQL("hidden_{}").format(SQL(schema.rsplit(maxsplit=1)[-1]))
    table = Table(schema, "hidden")
    with warehouse.connect() as connection:
        connection.execute(SQL("CREATE TABLE {} AS SELECT NULL::int AS a").format(table.sql))
        connection.execute(SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(table.sql))
        connection.execute(SQL("DROP ROLE IF EXISTS {}").format(role))
        connection.execute(SQL("CREATE ROLE {}").format(role))
        connection.execute(SQL("GRANT USAGE ON SCHEMA {} TO {}").format(Identifier(schema), role))
        connection.execute(SQL("GRANT SELECT ON {} TO {}").format(table.sql, role))

    def as_role() -> Connection:
        connection = warehouse.connect()
        connection.execute(SQL("SET ROLE {}").format(role))
        connection.commit()
        return connection

    engine = PostgresEngine(Warehouse("shop_db", as_role))
    columns = dataset(Column(name="a", type=ColumnType(LogicalType.INTEGER), required=True))
    try:
        with pytest.raises(SettingsError, match="42501"):
            engine.scan(InPlace(warehouse.address(table)), plan(columns, derive(columns)), split=None)
    finally:
        ask("DROP TABLE {table}", table=table)
        with warehouse.connect() as connection:
            connection.execute(SQL("DROP OWNED BY {}").format(role))
            connection.execute(SQL("DROP ROLE {}").format(role))
