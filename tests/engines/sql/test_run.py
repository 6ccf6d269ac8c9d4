from __future__ import annotations

import io
import re
from collections import Counter
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.spec import (
    Above,
    AtLeast,
    AtMost,
    Below,
    Check,
    Matches,
    MultipleOf,
    NotLonger,
    NotNull,
    NotShorter,
    OfType,
    OneOf,
    Query,
    RowCount,
    Unique,
    Within,
)
from airflow_dataops.core.checks.verdict import Operator, Threshold
from airflow_dataops.core.contract.format import NUMBERS, TEXTS
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType, Severity
from airflow_dataops.core.contract.written import Written
from airflow_dataops.core.landing import Dialect
from airflow_dataops.core.rows.lexical import lexical
from airflow_dataops.core.rows.records import Record, records
from tests.strategies import datasets, delimited, tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.sql.conftest import Judged

TEXT = ColumnType(LogicalType.STRING)
INTEGER = ColumnType(LogicalType.INTEGER)
NUMBER = ColumnType(LogicalType.NUMBER)
MONEY = ColumnType(LogicalType.NUMBER, 12, 2)
HUGE = ColumnType(LogicalType.NUMBER, 38, 0)
BOOLEAN = ColumnType(LogicalType.BOOLEAN)
DATE = ColumnType(LogicalType.DATE)
TIMESTAMP = ColumnType(LogicalType.TIMESTAMP)
TIME = ColumnType(LogicalType.TIME)
WIDE = ColumnType(LogicalType.INTEGER, 20, 0)
GERMAN = ColumnType(LogicalType.DATE, written=Written("d.M.yyyy"))
PACKED = ColumnType(LogicalType.TIMESTAMP, written=Written("yyyyMMddHHmmssSSSXX"))
BERLIN = ColumnType(LogicalType.TIMESTAMP, written=Written(zone="Europe/Berlin"))
WITH_OFFSET = ColumnType(LogicalType.TIMESTAMP, written=Written(offset=True))
SYDNEY = ColumnType(
    LogicalType.TIMESTAMP, written=Written("yyyy-MM-dd HH:mm:ss", zone="Australia/Sydney", offset=False)
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = 86_400_000_000
"""Microseconds."""

MORE_THAN_ONE = Threshold(Operator.MUST_BE_LESS_THAN, (Decimal(2),))

FORMATS: dict[str, tuple[list[str | None], list[str | None]]] = {
    "byte": (["QQ==", "QUI=", "QUJD", "+/+/"], ["QQ", "Q===", "QUJ!", "QUJD\n", "Q Q="]),
    "email": (
        ["a@b", "anna.müller+x@example.org".replace("ü", "ue"), "o'hara@mail.example.co", "a@1.2"],
        ["a", "a@", "@b", "a b@c", "a@b..c", "a@-b.c", "a@b_c", "ä@b.c", "a@b.c\n", "a@b@c"],
    ),
    "hostname": (
        ["a", "a-b.example", "1.2", "x" * 63],
        ["-a", "a-", "a..b", "a_b", "x" * 64, "a.b."],
    ),
    "ipv4": (["0.0.0.9", "255.249.199.9"], ["256.1.1.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", " 1.2.3.4"]),
    "ipv6": (
        [
            "::",
            "::1",
            "1::",
            "2001:db8::ff00:42:8329",
            "1:2:3:4:5:6:7:8",
            "::ffff:192.0.2.1",
            "1:2:3:4:5:6:7::",
        ],
        [":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "::1.2.3", "g::"],
    ),
    "uri": (
        ["https://example.org/a?b=c#d", "urn:isbn:0", "mailto:a@b", "x:", "s3://bucket/a%20b"],
        ["example.org", "://x", "1http://x", "http://a b", "http://x/%2", "http://ü"],
    ),
    "uuid": (
        ["53581432-6c55-4ba2-a65f-72344a91553a", "53581432-6C55-4BA2-A65F-72344A91553A"],
        [
            "535814326c554ba2a65f72344a91553a",
            "{53581432-6c55-4ba2-a65f-72344a91553a}",
            "53581432-6c55-4ba2-a65f",
        ],
    ),
}
"""Format -> texts that have it, texts that don't."""

ROWS: list[tuple[str, ColumnType, object, list[str | None], list[str | None]]] = [
    ("required", TEXT, NotNull("c"), ["a", " ", "NULL", "0"], [None]),
    ("missing", TEXT, NotNull("c", ("n/a", "-", "it's")), ["a", "N/A", "--"], [None, "n/a", "-", "it's"]),
    ("missing in numbers", INTEGER, NotNull("c", ("-1",)), ["1", "x"], [None, "-1", "-01"]),
    ("missing or empty", INTEGER, NotNull("c", ("", "-1")), ["1"], [None, "-1"]),
    (
        "type",
        INTEGER,
        OfType("c", INTEGER),
        [None, "+1", "-0", "9223372036854775807"],
        ["9223372036854775808", "1.0"],
    ),
    (
        "low",
        INTEGER,
        OfType("c", INTEGER),
        ["-9223372036854775808"],
        ["-9223372036854775809", "9" * 60, "1e3", " 1"],
    ),
    (
        "number",
        NUMBER,
        OfType("c", NUMBER),
        [None, "1e300", "-.5", "0.1", "3.14159265358979323846", "1e23", "-0.0e-999", "4.9e-324"],
        ["1e400", "-1e400", "1e-400", "-0.00001E-330", "NaN", "inf", "Infinity", "nan"],
    ),
    (
        "integers as doubles",
        NUMBER,
        OfType("c", NUMBER),
        ["9007199254740992", "-9007199254740994.00", "+00018014398509481984", "1" + "0" * 22],
        ["9007199254740993", "-9007199254740993.0", "12345678901234567890", "9" * 60],
    ),
    (
        "money",
        MONEY,
        OfType("c", MONEY),
        ["9999999999.99", "-1.500"],
        ["10000000000", "1.505", "1e2", "NaN", "1,5"],
    ),
    ("huge", HUGE, OfType("c", HUGE), ["9" * 38, "-" + "9" * 38], ["1" + "0" * 38, "0.5"]),
    ("boolean", BOOLEAN, OfType("c", BOOLEAN), ["true", "FALSE", "1", "0"], ["yes", "t", "2"]),
    (
        "date",
        DATE,
        OfType("c", DATE),
        ["2024-02-29", "0001-01-01", "9999-12-31"],
        ["2026-02-30", "2026-02-29", "0000-01-01", "2026-2-3"],
    ),
    (
        "timestamp",
        TIMESTAMP,
        OfType("c", TIMESTAMP),
        ["2026-03-03T10:00Z", "2026-03-03 10:00:00.5+01"],
        ["2026-02-30T10:00", "2026-03-03", "now", "epoch", "infinity", "2026-03-03T10:00:00.1234567"],
    ),
    (
        "ends of time",
        TIMESTAMP,
        OfType("c", TIMESTAMP),
        ["0001-01-01T00:00Z", "9999-12-31T23:59:59.999999Z", "0001-01-01T01:00+01:00"],
        ["0001-01-01T00:00+00:01", "9999-12-31T23:59:59.999999-01:00"],
    ),
    (
        "time of day",
        TIME,
        OfType("c", TIME),
        [None, "00:00", "23:59:59.999999", "06:30:00.1234560"],
        ["24:00", "24:00:00", "23:59:60", "6:30", "06:30Z", "06:30:00.1234567", "2026-03-01T06:30"],
    ),
    ("from a time on", TIME, AtLeast("c", time(6)), ["06:00:00", "07:00", "x"], ["05:59:59.999999"]),
    ("after a time", TIME, Above("c", time(6, 0, 0, 500)), ["06:00:00.000501"], ["06:00:00.000500", "06:00"]),
    ("values of times", TIME, OneOf("c", ("06:00",)), ["06:00:00.0", None], ["06:00:01", "x"]),
    (
        "format of dates",
        GERMAN,
        OfType("c", GERMAN),
        ["1.3.2026", "01.03.2026", "29.2.2024", None],
        [
            "2026-03-01",
            "29.2.2026",
            "1.13.2026",
            "0.1.2026",
            "001.3.2026",
            "1.3.26",
            " 1.3.2026",
            "1.3.2026\n",
        ],
    ),
    ("a formatted day", GERMAN, AtLeast("c", date(2026, 3, 1)), ["1.3.2026", "x"], ["28.2.2026"]),
    ("values in a format", GERMAN, OneOf("c", ("1.3.2026",)), ["01.03.2026"], ["2.3.2026", "2026-03-01"]),
    (
        "format of timestamps",
        PACKED,
        OfType("c", PACKED),
        ["20260301100000123Z", "20260301100000123+0530"],
        ["20260301100000123", "20260301100000123+05:30", "20260230100000123Z", "2026-03-01T10:00:00Z"],
    ),
    (
        "formatted instants",
        PACKED,
        AtMost("c", NOON),
        ["20260301120000000Z", "20260301130000000+0100"],
        ["20260301120000001Z"],
    ),
    (
        "in a time zone",
        BERLIN,
        Above("c", datetime(2026, 10, 25, 1, tzinfo=UTC)),
        [
            *("2026-10-25 02:30", "2026-10-25 02:00:00.000001", "2026-10-25T02:30+01:00"),
            *("2026-10-25T01:30Z", "2027-03-28 02:30", "x"),
        ],
        ["2026-10-25 02:00", "2026-10-25T02:30+02:00", "2026-10-25 01:59"],
    ),
    (
        "what a zone skips",
        BERLIN,
        OfType("c", BERLIN),
        ["2026-03-29 01:59", "2026-03-29 03:00", "2026-10-25 02:30", "2026-03-29 02:30Z"],
        ["2026-03-29 02:00", "2026-03-29T02:59:59.999999"],
    ),
    (
        "offsets, always",
        WITH_OFFSET,
        OfType("c", WITH_OFFSET),
        ["2026-03-03T10:00Z", "2026-03-03 10:00+01"],
        ["2026-03-03T10:00", "2026-03-03 10:00:00.5"],
    ),
    (
        "offsets, never",
        SYDNEY,
        OneOf("c", ("2026-07-01 10:00:00",)),
        ["2026-07-01 10:00:00"],
        ["2026-07-01 10:00:00Z", "2026-07-01T10:00:00", "2026-07-01 11:00:00"],
    ),
    (
        "integers of 64 bits without a sign",
        WIDE,
        Within("c", Decimal(0), Decimal(2**64 - 1)),
        ["0", "18446744073709551615", "x", None],
        ["-1", "18446744073709551616", "99999999999999999999"],
    ),
    (
        "integers of 20 digits",
        WIDE,
        OfType("c", WIDE),
        ["-99999999999999999999", "+0000000000000000000001"],
        ["100000000000000000000", "1.0", "1e3"],
    ),
    ("at least", MONEY, AtLeast("c", Decimal("0.005")), [None, "0.01", "x", "1.505"], ["0.00", "-1"]),
    ("at least an integer", INTEGER, AtLeast("c", Decimal("1.5")), ["2", "x"], ["1", "-9223372036854775808"]),
    ("at most an integer", INTEGER, AtMost("c", Decimal("1.5")), ["1", "x", "9" * 30], ["2"]),
    ("above", MONEY, Above("c", Decimal("0.005")), [None, "0.01", "x"], ["0.00", "-1"]),
    ("above a value", MONEY, Above("c", Decimal("0.10")), ["0.11", "0.101"], ["0.10", ".1"]),
    ("above an integer", INTEGER, Above("c", Decimal("1.5")), ["2", "x"], ["1"]),
    ("above in doubles", NUMBER, Above("c", Decimal("0.1")), ["0.11", "NaN"], ["0.1", "1e-1"]),
    ("above all", INTEGER, Above("c", Decimal(2**63 - 1)), [None, "x"], ["9223372036854775807", "0"]),
    ("above the lowest", INTEGER, Above("c", Decimal(-(2**63))), ["0"], ["-9223372036854775808"]),
    ("above what no integer is", INTEGER, Above("c", Decimal("-1e30")), ["-9223372036854775808"], []),
    ("below", MONEY, Below("c", Decimal("0.005")), ["0.00", "-1", "x"], ["0.01", "1.50"]),
    ("below an integer", INTEGER, Below("c", Decimal(2)), ["1", "9" * 30], ["2", "3"]),
    ("below all", INTEGER, Below("c", Decimal(-(2**63))), [None, "x"], ["-9223372036854775808", "0"]),
    ("from a day on", DATE, AtLeast("c", date(2026, 3, 1)), [None, "2026-03-01", "x"], ["2026-02-28"]),
    ("before a day", DATE, Below("c", date(2026, 3, 1)), ["2026-02-28", "x"], ["2026-03-01"]),
    (
        "up to an instant",
        TIMESTAMP,
        AtMost("c", datetime(2026, 3, 1, 6, tzinfo=UTC)),
        ["2026-03-01T06:00Z", "2026-03-01T07:00+01:00", "x"],
        ["2026-03-01T06:00:00.000001Z", "2026-03-01T06:00-01:00"],
    ),
    ("after an instant", TIMESTAMP, Above("c", NOON), ["2026-03-01 12:00:00.5"], ["2026-03-01 12:00"]),
    ("multiple of an integer", INTEGER, MultipleOf("c", Decimal(5)), ["0", "-10", "15", "x"], ["1", "-4"]),
    ("multiple of a half", INTEGER, MultipleOf("c", Decimal("0.5")), ["0", "-1", "7"], []),
    ("multiple of a fraction", INTEGER, MultipleOf("c", Decimal("1.5")), ["0", "3", "-6"], ["1", "2", "4"]),
    ("multiple of cents", MONEY, MultipleOf("c", Decimal("0.05")), ["0", "1.15", "-.05"], ["0.01", "1.17"]),
    (
        "multiple of less than cents",
        MONEY,
        MultipleOf("c", Decimal("0.004")),
        ["0.02", "4"],
        ["0.01", "4.01"],
    ),
    ("multiple of too much", INTEGER, MultipleOf("c", Decimal("1e30")), ["0", "x"], ["1", "-7"]),
    ("multiple of huge ones", HUGE, MultipleOf("c", Decimal(9)), ["9" * 38, "0"], ["1" + "0" * 37]),
    ("not shorter", TEXT, NotShorter("c", 2), [None, "ab", "日本", "e\u0301", "👍👍"], ["a", "é", "👍"]),
    (
        "not longer",
        TEXT,
        NotLonger("c", 2),
        [None, "ab", "日本", "e\u0301", "👍👍", " "],
        ["abc", "a b", "日本語"],
    ),
    ("never too short", TEXT, NotShorter("c", 0), ["a"], []),
    (
        "in a range",
        INTEGER,
        Within("c", Decimal(-128), Decimal(127)),
        [None, "-128", "127", "x"],
        ["-129", "128", "9223372036854775807"],
    ),
    (
        "in a range of doubles",
        NUMBER,
        Within("c", *NUMBERS["f32"]),
        ["3.4028234663852886e38", "-1e38", "1e-300"],
        ["3.4028236e38", "-1e300"],
    ),
    *((f"format {name}", TEXT, Matches("c", TEXTS[name]), *cases) for name, cases in FORMATS.items()),
    (
        "at most exactly",
        INTEGER,
        AtMost("c", Decimal(9007199254740992)),
        ["9007199254740992"],
        ["9007199254740993"],
    ),
    ("at least of huge ones", HUGE, AtLeast("c", Decimal("0.5")), ["9" * 38, "1"], ["0", "-" + "9" * 38]),
    ("at least in doubles", NUMBER, AtLeast("c", Decimal("0.1")), ["0.1", "1", "NaN"], ["0.09999", "-1e300"]),
    ("unreachable", INTEGER, AtLeast("c", Decimal("1e30")), [None, "x"], ["1", "9223372036854775807"]),
    ("out of reach", MONEY, AtMost("c", Decimal("-1e500")), [None, "x"], ["1", "-9999999999.99"]),
    ("never too low", NUMBER, AtLeast("c", Decimal("-1e500")), ["1", "-1e308"], []),
    ("never too high", INTEGER, AtMost("c", Decimal("1e500")), ["1"], []),
    ("pattern", TEXT, Matches("c", "^[A-Z]{2}$"), [None, "DE"], ["DEU", "de", " DE", "DE\n", "x\nDE"]),
    ("pattern within", TEXT, Matches("c", r"\d'"), ["a1'b"], ["a1b", "'1"]),
    ("pattern of the text of a number", INTEGER, Matches("c", "^0"), ["007", "0x"], ["7"]),
    ("values", TEXT, OneOf("c", ("new", "it's", "%")), [None, "new", "it's", "%"], ["New", "new ", "n", "'"]),
    ("values are typed", INTEGER, OneOf("c", ("1", "02")), [None, "1", "01", "+1", "2"], ["3", "x"]),
    ("values of money", MONEY, OneOf("c", ("12", "0.50")), [None, "12.00", ".5"], ["12.01", "1.505"]),
    ("values of doubles", NUMBER, OneOf("c", ("0.1", "1e3")), ["1e-1", "1000"], ["0.11", "x"]),
    ("values of truth", BOOLEAN, OneOf("c", ("true",)), [None, "TRUE", "1"], ["0", "yes"]),
    (
        "values of time",
        TIMESTAMP,
        OneOf("c", ("2026-03-03T10:00Z",)),
        ["2026-03-03 11:00:00+01:00"],
        ["2026-03-03 11:00"],
    ),
]
"""Name, the column's type, the promise, texts that keep it, texts that break it."""


@pytest.mark.parametrize(
    ("kind", "promise", "keep", "break_"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_run_marks_the_rows_that_break_a_promise(
    scan: Callable[..., Judged],
    kind: ColumnType,
    promise: object,
    keep: list[str | None],
    break_: list[str | None],
) -> None:
    """Each promise is broken by just the rows that break it, and by a null only where it says so."""
    dataset = Dataset(name="d", columns=(Column(name="c", type=kind),))
    content = delimited([["c"], *([text or ""] for text in (*keep, *break_))])

    judged = scan(content, dataset, checks=[Check(id="rule", promise=promise)])

    assert break_ == judged.bad["c"].to_list()
    assert len(keep) == judged.scan.good
    assert len(break_) == judged.scan.measured["rule"].failing
    assert len(keep) + len(break_) == judged.scan.measured["rule"].checked


GROUPS: list[tuple[str, tuple[ColumnType, ...], list[tuple[str, ...]], list[int]]] = [
    ("all rows of a group", (TEXT,), [("a",), ("b",), ("a",), ("a",)], [2, 4, 5]),
    ("nulls pass", (TEXT,), [("",), ("",), ("a",)], []),
    ("a null in a key passes", (TEXT, TEXT), [("a", ""), ("a", ""), ("a", "b")], []),
    ("keys of two", (TEXT, TEXT), [("a", "b"), ("a", "c"), ("a", "b"), ("ab", "")], [2, 4]),
    ("values, not texts", (INTEGER,), [("1",), ("01",), ("+1",), ("2",)], [2, 3, 4]),
    ("instants", (TIMESTAMP,), [("2026-03-03T10:00Z",), ("2026-03-03 11:00:00+01:00",)], [2, 3]),
    ("what has no value passes", (INTEGER,), [("x",), ("x",)], []),
    ("case counts", (TEXT,), [("a",), ("A",), ("a ",)], []),
]
"""Name, types of the key, its texts, the lines of the rows that break it."""


@pytest.mark.parametrize(
    ("kinds", "rows", "lines"), [row[1:] for row in GROUPS], ids=[row[0] for row in GROUPS]
)
def test_run_marks_all_rows_of_a_group(
    scan: Callable[..., Judged], kinds: tuple[ColumnType, ...], rows: list[tuple[str, ...]], lines: list[int]
) -> None:
    """Uniqueness is broken by every row of a group that shares the values of the key, and by no null."""
    columns = tuple(Column(name=f"k{at}", type=kind) for at, kind in enumerate(kinds))
    check = Check(id="key", promise=Unique(tuple(column.name for column in columns)))
    content = delimited([[column.name for column in columns], *map(list, rows)])

    judged = scan(content, Dataset(name="d", columns=columns), checks=[check])

    assert lines == list(judged.rules)
    assert len(lines) == judged.scan.measured["key"].failing


def test_run_lists_every_rule_that_a_row_broke(scan: Callable[..., Judged]) -> None:
    """A bad row lists all rules that it broke in the order of the plan, also those that send no row away."""
    dataset = Dataset(name="d", columns=(Column(name="a", type=INTEGER), Column(name="b", type=TEXT)))
    checks = [
        Check(id="key", promise=Unique(("a",))),
        Check(id="warns", promise=OneOf("b", ("x",)), severity=Severity.WARNING),
        Check(id="tolerates", promise=NotNull("b"), threshold=MORE_THAN_ONE),
        Check(id="low", promise=AtLeast("a", Decimal(0))),
    ]

    judged = scan(b"a,b\n-1,y\n-1,\n5,y\n6,\n", dataset, checks=checks)

    assert {2: ["warns", "low", "key"], 3: ["tolerates", "low", "key"]} == judged.rules
    assert {"key": 2, "low": 2, "warns": 2, "tolerates": 2} == judged.failing
    assert [(5, "y"), (6, None)] == judged.good.rows()


def test_run_types_the_good_rows_in_the_order_of_the_contract(scan: Callable[..., Judged]) -> None:
    """The good half has the contract's columns, typed, in its order; what else the file has is left out."""
    columns = {"s": TEXT, "i": INTEGER, "n": NUMBER, "m": MONEY, "b": BOOLEAN, "d": DATE, "t": TIMESTAMP}
    dataset = Dataset(name="d", columns=tuple(Column(name=name, type=kind) for name, kind in columns.items()))
    content = (
        b"extra,t,d,b,m,n,i,s\n"
        b"x,2026-03-03T10:00:00.5+01:00,2026-03-03,TRUE,1.50,.1,+7, a \n"
        b",2026-03-03 09:00:00.5,,,,,,\n"
    )

    judged = scan(content, dataset)

    assert {
        "s": pl.String(),
        "i": pl.Int64(),
        "n": pl.Float64(),
        "m": pl.Decimal(12, 2),
        "b": pl.Boolean(),
        "d": pl.Date(),
        "t": pl.Datetime("us", "UTC"),
    } == dict(judged.good.schema)
    instant = datetime(2026, 3, 3, 9, 0, 0, 500_000, tzinfo=UTC)
    assert [
        (" a ", 7, 0.1, Decimal("1.50"), True, date(2026, 3, 3), instant),
        (None, None, None, None, None, None, instant),
    ] == judged.good.rows()


def test_run_writes_the_bad_rows_as_they_came(scan: Callable[..., Judged]) -> None:
    """The bad half has file, line, rules, every column as text, and the text of what is no record."""
    dataset = Dataset(name="d", columns=(Column(name="n", type=INTEGER),))

    judged = scan(b'x,n\n"a\nb",1\noops\n,007x\n\xff,1\n', dataset)

    assert {
        "dataops_file": pl.String(),
        "dataops_line": pl.Int64(),
        "dataops_rules": pl.List(pl.String),
        "x": pl.String(),
        "n": pl.String(),
        "dataops_raw": pl.String(),
    } == dict(judged.bad.schema)
    assert [
        ("orders.csv", 4, ["unparsable"], None, None, "oops"),
        ("orders.csv", 5, ["n.type"], None, "007x", None),
        ("orders.csv", 6, ["unparsable"], None, None, "\\xff,1"),
    ] == judged.bad.rows()
    assert (4, 1, 3, 2) == (judged.scan.rows, judged.scan.good, judged.scan.bad, judged.scan.unparsable)


@pytest.mark.parametrize("content", [b"n\n", b"n", b"\xef\xbb\xbfn\r\n\r\n"])
def test_run_of_a_header_alone_has_no_rows(scan: Callable[..., Judged], content: bytes) -> None:
    """A file without records makes two files without rows, with all their columns."""
    dataset = Dataset(name="d", columns=(Column(name="n", type=INTEGER, unique=True),))

    judged = scan(content, dataset)

    assert (0, 0, 0, 0) == (judged.scan.rows, judged.scan.good, judged.scan.bad, judged.scan.unparsable)
    assert ["n"] == judged.good.columns
    assert ["dataops_file", "dataops_line", "dataops_rules", "n", "dataops_raw"] == judged.bad.columns
    assert [0, 0] == [found.number for found in judged.scan.measured.values()]


def test_run_without_a_check_lets_every_record_pass(scan: Callable[..., Judged]) -> None:
    """Where nothing is promised only what is no record is bad."""
    dataset = Dataset(name="d", columns=(Column(name="a", type=TEXT),))

    judged = scan(b"a,b\n1,2\n3\n", dataset)

    assert [("1",)] == judged.good.rows()
    assert {3: ["unparsable"]} == judged.rules


def test_run_keeps_a_check_that_can_not_be_evaluated_apart(scan: Callable[..., Judged]) -> None:
    """A wrong pattern, a bound on a text, an unknown column: each says so and hurts no other rule of rows."""
    dataset = Dataset(name="d", columns=(Column(name="a", type=TEXT),))
    checks = [
        Check(id="pattern", promise=Matches("a", "(")),
        Check(id="lookahead", promise=Matches("a", "(?=x)")),
        Check(id="bound", promise=AtLeast("a", Decimal(0))),
        Check(id="column", promise=NotNull("b")),
        Check(id="key", promise=Unique(("a", "b"))),
        Check(id="works", promise=OneOf("a", ("x",))),
        Check(id="unique", promise=Unique(("a",))),
    ]

    judged = scan(b"a\nx\ny\n", dataset, checks=checks)

    measured = judged.scan.measured
    problems = {name: found.problem for name, found in measured.items() if found.problem}
    assert {
        "pattern": "the pattern is not one that RE2 reads",
        "lookahead": "the pattern is not one that RE2 reads",
        "bound": "a string has no minimum or maximum",
        "column": "the rule speaks of a column that the contract doesn't have",
        "key": "the rule speaks of a column that the contract doesn't have",
    } == problems
    assert all(measured[name].number is None for name in problems)
    assert {"works": 1} == judged.failing
    lost = "rows could not be judged: pattern, lookahead, bound and 2 more"
    assert (lost, 2, 0, 0) == (judged.scan.unjudged, judged.scan.rows, judged.scan.good, judged.scan.bad)


def test_run_compares_the_values_of_staged_rows_as_those_of_the_file(scan: Callable[..., Judged]) -> None:
    """What a rule lists means the same of a number as it came and as it was staged."""
    dataset = Dataset(name="d", columns=(Column(name="m", type=MONEY, values=("12", "0")),))
    checks = [*derive(dataset), Check(id="missing", promise=NotNull("m", ("0",)))]

    first = scan(b"m\n12\n12.0\n", dataset, checks=checks)

    again = scan(first.good, dataset, checks=checks)
    assert (2, {}) == (first.scan.good, first.rules)
    assert (2, {}) == (again.scan.good, again.rules)
    assert {1: ["missing"]} == scan(pl.DataFrame({"m": [0.0]}), dataset, checks=checks).rules


def test_run_cannot_ask_for_values_that_the_type_does_not_have(scan: Callable[..., Judged]) -> None:
    """Allowed values that are none of the type can't be asked for; texts that count as no value can."""
    dataset = Dataset(name="d", columns=(Column(name="n", type=INTEGER),))
    checks = [
        Check(id="values", promise=OneOf("n", ("1", "it's"))),
        Check(id="missing", promise=NotNull("n", ("N/A",))),
        Check(id="type", promise=OfType("n", INTEGER)),
    ]

    judged = scan(b"n\n1\nx\nN/A\n", dataset, checks=checks)

    measured = judged.scan.measured
    assert 'the rule lists "it\'s", which is no integer' == measured["values"].problem
    assert {"type": 2, "missing": 1} == judged.failing


def test_run_counts_and_asks_the_good_rows(scan: Callable[..., Judged]) -> None:
    """A row count and a SQL rule speak of the rows that would be passed on."""
    dataset = Dataset(name="d", columns=(Column(name="a b", type=INTEGER),))
    checks = [
        Check(id="type", promise=OfType("a b", INTEGER)),
        Check(id="rows", promise=RowCount()),
        Check(id="sum", promise=Query('SELECT sum("a b") FROM {object}')),
    ]

    judged = scan(b"a b,c\n1,\nx,\n2,\noops\n", dataset, checks=checks)

    measured = judged.scan.measured
    assert (2, 4) == (measured["rows"].number, measured["rows"].checked)
    assert (3, 2) == (measured["sum"].number, measured["sum"].checked)


STAGED: list[tuple[str, pl.Series, ColumnType, list[int]]] = [
    ("the same", pl.Series([1, None], dtype=pl.Int64), INTEGER, []),
    ("narrower", pl.Series([1, -5], dtype=pl.Int8), INTEGER, []),
    ("wider", pl.Series([2**63, 1], dtype=pl.UInt64), INTEGER, [1]),
    ("whole doubles", pl.Series([3.0, 3.5, None], dtype=pl.Float64), INTEGER, [2]),
    ("decimals that fit", pl.Series(["1.500", "1.505"]).cast(pl.Decimal(10, 3)), MONEY, [2]),
    ("doubles that fit", pl.Series([0.1, 0.125, 1e20], dtype=pl.Float64), MONEY, [2, 3]),
    ("not finite", pl.Series([1.0, float("nan"), float("inf")], dtype=pl.Float64), NUMBER, [2, 3]),
    ("integers as doubles", pl.Series([1, 2**53 + 1], dtype=pl.Int64), NUMBER, [2]),
    ("texts", pl.Series(["1", "", "x", " 1"]), INTEGER, [2, 3, 4]),
    (
        "instants as dates",
        pl.Series([DAY * 20_000, DAY * 20_000 + 1]).cast(pl.Datetime("us")),
        DATE,
        [2],
    ),
    ("no date at all", pl.Series([5, None], dtype=pl.Int64), DATE, [1]),
    ("without an offset", pl.Series([DAY * 20_000 + 1]).cast(pl.Datetime("us")), TIMESTAMP, []),
    ("nanoseconds", pl.Series([1_000, 1_001], dtype=pl.Int64).cast(pl.Datetime("ns")), TIMESTAMP, [2]),
    ("lists", pl.Series([[1]]), INTEGER, [1]),
    ("times", pl.Series([time(6), time(23, 59, 59, 999_999), None]), TIME, []),
    ("instants are no times", pl.Series([DAY * 20_000]).cast(pl.Datetime("us")), TIME, [1]),
    ("times are no instants", pl.Series([time(6)]), TIMESTAMP, [1]),
    ("local times without an offset", pl.Series([DAY * 20_000]).cast(pl.Datetime("us")), WITH_OFFSET, [1]),
    (
        "local times in a zone",
        pl.Series(["2026-03-29 02:30", "2026-03-29 03:30"]).str.to_datetime("%Y-%m-%d %H:%M"),
        BERLIN,
        [1],
    ),
    ("instants in a zone", pl.Series([1_000, 1_001]).cast(pl.Datetime("ns", "UTC")), BERLIN, [2]),
    ("wide integers", pl.Series([2**63, 1], dtype=pl.UInt64), WIDE, []),
]
"""Name, the staged column, its type in the contract, the rows that have no value in it."""


@pytest.mark.parametrize(
    ("found", "kind", "lines"), [row[1:] for row in STAGED], ids=[row[0] for row in STAGED]
)
def test_run_of_staged_rows_takes_what_is_the_same_in_the_contract_type(
    scan: Callable[..., Judged], found: pl.Series, kind: ColumnType, lines: list[int]
) -> None:
    """A staged value is of the contract's type just when it is exactly representable in it."""
    dataset = Dataset(name="d", columns=(Column(name="c", type=kind),))

    judged = scan(pl.DataFrame({"c": found}), dataset)

    assert {line: ["c.type"] for line in lines} == judged.rules
    assert found.len() - len(lines) == judged.scan.good
    same = scan(judged.good, dataset)
    assert judged.good.schema == same.good.schema
    assert judged.scan.content == same.scan.content


def test_run_of_staged_rows_keeps_their_order_and_their_empty_texts(scan: Callable[..., Judged]) -> None:
    """Staged rows stay in their order, numbered from 1, and an empty text is a text."""
    dataset = Dataset(
        name="d", columns=(Column(name="n", type=INTEGER), Column(name="t", type=TEXT, required=True))
    )
    count = 50_000
    frame = pl.DataFrame({"t": ["", None] * (count // 2), "n": range(count)})

    judged = scan(frame, dataset)

    assert list(range(0, count, 2)) == judged.good["n"].to_list()
    assert {""} == set(judged.good["t"])
    assert list(range(2, count + 1, 2)) == judged.bad["dataops_line"].to_list()


def test_run_of_staged_rows_equals_the_run_that_staged_them(scan: Callable[..., Judged]) -> None:
    """The digest of good rows is that of the same rows when they are read again."""
    columns = (Column(name="m", type=MONEY), Column(name="t", type=TIMESTAMP), Column(name="n", type=NUMBER))
    dataset = Dataset(name="d", columns=columns)

    first = scan(b"n,m,t\n.1,1.5,2026-03-03 10:00\n1e-7,,\n", dataset)

    again = scan(first.good, dataset)
    assert first.scan.content == again.scan.content
    assert first.good.equals(again.good)


def value(text: str | None, kind: ColumnType) -> object:
    """The value of a text, as Python alone reads it; None where it has none."""
    if text is None or not re.fullmatch(lexical(kind), text):
        return None
    if kind.precision is not None:
        return Decimal(text)
    try:
        if kind.written.format:
            text = FORMATTED[kind.written.format](text)
        if kind.written.zone and not re.search("(Z|[+-][0-9:]{2,5})$", text[10:]):
            return of_zone(text, kind.written.zone)
        return READERS[kind.logical](text)
    except ValueError:
        return None


def integer(text: str) -> int:
    """An integer of 64 bits."""
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError
    return number


def double(text: str) -> float:
    """A double that is finite, 0 for a zero alone, and an integer's own."""
    number = float(text)
    if not isfinite(number) or (number == 0 and Decimal(text) != 0):
        raise ValueError
    if re.fullmatch(r"[+-]?[0-9]+(\.0*)?", text) and Decimal(text) != Decimal(number):
        raise ValueError
    return number


def instant(text: str) -> datetime:
    """An instant; without an offset it is UTC."""
    found = datetime.fromisoformat(text)
    try:
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError from None


def of_zone(text: str, zone: str) -> datetime:
    """The instant of a local time; the later of two, and none that the zone skips."""
    local = datetime.fromisoformat(text)
    try:
        instants = [local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
    except OverflowError:
        raise ValueError from None
    real = [found for found in instants if found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local]
    return max(real, default=None) or integer("")


FORMATTED: dict[str, Callable[[str], str]] = {
    "d.M.yyyy": lambda text: datetime.strptime(text, "%d.%m.%Y").date().isoformat(),  # noqa: DTZ007 - a day
    "HHmm": lambda text: f"{text[:2]}:{text[2:]}" if text < "2400" else integer(""),
    "yyyy-MM-dd HH:mm": lambda text: text,
}
"""Format -> a text in ISO 8601."""

READERS: dict[LogicalType, Callable[[str], object]] = {
    LogicalType.STRING: str,
    LogicalType.INTEGER: integer,
    LogicalType.NUMBER: double,
    LogicalType.BOOLEAN: lambda text: text.lower() in {"true", "1"},
    LogicalType.DATE: date.fromisoformat,
    LogicalType.TIMESTAMP: instant,
    LogicalType.TIME: time.fromisoformat,
}


def lists_values(promise: object, kinds: dict[str, ColumnType]) -> bool:
    """Whether all that a promise lists are values of its column's type."""
    listed = promise.values if isinstance(promise, OneOf) else ()
    return all(value(text, kinds[promise.column]) is not None for text in listed)


def breaks(promise: object, row: dict[str, str | None], kinds: dict[str, ColumnType]) -> bool:
    """Whether a row breaks a promise, as Python alone judges it."""
    text, kind = row[promise.column], kinds[promise.column]
    if isinstance(promise, NotNull):
        return text is None or among(text, promise.missing, kind)
    if text is None:
        return False
    if type(promise) in OF_TEXTS:
        return not OF_TEXTS[type(promise)](promise, text, kind)
    typed = value(text, kind)
    return typed is not None and not OF_VALUES[type(promise)](promise, typed)


OF_TEXTS: dict[type, Callable[[Any, str, ColumnType], bool]] = {
    OfType: lambda _, text, kind: value(text, kind) is not None,
    Matches: lambda promise, text, _: bool(re.search(promise.pattern, text)),
    OneOf: lambda promise, text, kind: among(text, promise.values, kind),
    NotShorter: lambda promise, text, _: len(text) >= promise.length,
    NotLonger: lambda promise, text, _: len(text) <= promise.length,
}
"""Promise of a text -> whether it keeps it."""

OF_VALUES: dict[type, Callable[[Any, Any], bool]] = {
    AtLeast: lambda promise, typed: typed >= comparable(promise.bound, typed),
    AtMost: lambda promise, typed: typed <= comparable(promise.bound, typed),
    Above: lambda promise, typed: typed > comparable(promise.bound, typed),
    Below: lambda promise, typed: typed < comparable(promise.bound, typed),
    Within: lambda promise, typed: promise.lowest <= typed <= promise.highest,
    MultipleOf: lambda promise, typed: not Fraction(typed) % Fraction(promise.step),
}
"""Promise of a value -> whether it keeps it."""


def comparable(bound: Any, typed: Any) -> Any:
    """A bound as what a value is compared with: a double with the double that is nearest."""
    return float(bound) if isinstance(typed, float) else bound


def among(text: str, values: tuple[str, ...], kind: ColumnType) -> bool:
    """Whether a text has a value, and one of those listed."""
    found = value(text, kind)
    return found is not None and found in [value(listed, kind) for listed in values]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_run_agrees_with_python(scan: Callable[..., Judged], data: st.DataObject) -> None:
    """Whatever the names, types, promises and texts: every row is marked as a few lines of Python mark it."""
    dataset = data.draw(datasets())
    rows = data.draw(tables(dataset))
    names = [column.name for column in dataset.columns]
    kinds = {column.name: column.type for column in dataset.columns}
    content = delimited([names, *rows])
    texts = [dict(zip(names, (text or None for text in row), strict=True)) for row in rows]
    lines = [piece.line for piece in records_of(content)]
    expected: dict[int, list[str]] = {line: [] for line in lines}
    checks = [check for check in derive(dataset) if lists_values(check.promise, kinds)]
    for check in checks:
        if isinstance(check.promise, Unique):
            keys = [tuple(value(row[name], kinds[name]) for name in check.promise.columns) for row in texts]
            counts = Counter(keys)
            broken = [None not in key and counts[key] > 1 for key in keys]
        else:
            broken = [breaks(check.promise, row, kinds) for row in texts]
        for line, is_broken in zip(lines, broken, strict=True):
            expected[line] += [check.id] if is_broken else []

    judged = scan(content, dataset)
    assert {check.id for check in checks} == {
        name for name, found in judged.scan.measured.items() if not found.problem
    }
    if judged.scan.unjudged:
        assume(checks)
        judged = scan(content, dataset, checks=checks)

    assert {line: sorted(rules) for line, rules in expected.items() if rules} == {
        line: sorted(rules) for line, rules in judged.rules.items()
    }
    assert len(rows) == judged.scan.rows == judged.scan.good + judged.scan.bad


def records_of(content: bytes) -> list[Record]:
    """The records of a file."""
    return [piece for piece in records(io.BytesIO(content), Dialect()) if isinstance(piece, Record)]


BLANK = Dataset(
    name="orders",
    columns=(
        Column(name="id", type=TEXT, required=True),
        Column(name="note", type=TEXT),
        Column(name="paid", type=MONEY),
        Column(name="at", type=TIMESTAMP),
    ),
)

BLANKS = {
    "one": ([("1", None, "1.00", None), ("2", None, None, "2026-03-01")], ("note",)),
    "all that may": ([("1", None, None, None)], ("note", "paid", "at")),
    "none": ([("1", "a", "1", None), ("2", None, None, "2026-03-01T00:00:00Z")], ()),
    "a value that is no good one": ([("1", None, "x", None), ("2", "a", None, None)], ("at",)),
    "a value in bad rows alone": ([(None, "a", "1", None), ("2", None, None, None)], ("at",)),
    "only bad rows": ([(None, None, "1", None)], ("note", "at")),
    "no row": ([], ()),
}
"""Rows -> the columns that no row has a value in, though no rule asks for one."""


@pytest.mark.parametrize(("rows", "expected"), BLANKS.values(), ids=BLANKS)
@pytest.mark.parametrize("staged", [False, True], ids=["drop", "frame"])
def test_blank_columns_are_those_without_a_value_in_any_record(
    rows: list[tuple[str | None, ...]], expected: tuple[str, ...], staged: bool, scan: Callable[..., Judged]
) -> None:
    """A column is blank when no record has anything in it; wrong values, and those of bad rows, are there."""
    names = [column.name for column in BLANK.columns]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    given = frame if staged else frame.write_csv().encode()
    assert expected == scan(given, BLANK).scan.blank


def test_blank_columns_are_not_those_that_a_rule_asks_for(scan: Callable[..., Judged]) -> None:
    """What a rule says of a column of nulls is said by it; a rule that tolerates nulls says nothing of it."""
    columns = tuple(Column(name=name, type=TEXT) for name in "abc")
    checks = [
        Check(id="a", promise=NotNull("a")),
        Check(id="b", promise=NotNull("b"), threshold=MORE_THAN_ONE),
    ]
    frame = pl.DataFrame({name: [None] for name in "abc"}, schema=dict.fromkeys("abc", pl.String))
    assert ("b", "c") == scan(frame, Dataset(name="x", columns=columns), checks=checks).scan.blank


@pytest.mark.parametrize("name", ["a.b", "a, b", "x.list.element", '"', "Ä", "list"])
def test_blank_columns_have_any_name(name: str, scan: Callable[..., Judged]) -> None:
    """No name makes a column with a value look blank, nor the other way round."""
    names = [name, f"{name} 2", "a"]
    dataset = Dataset(name="x", columns=tuple(Column(name=each, type=TEXT) for each in names))
    frame = pl.DataFrame(
        {names[0]: ["1"], names[1]: [None], "a": ["1"]}, schema_overrides={names[1]: pl.String}
    )
    assert (names[1],) == scan(frame, dataset).scan.blank


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(*[st.none() | st.sampled_from(["1", "x"])] * 4), max_size=5),
    st.lists(st.sampled_from([TEXT, INTEGER, NUMBER, DATE]), min_size=4, max_size=4),
)
def test_blank_columns_are_those_of_nulls_alone(
    scan: Callable[..., Judged], rows: list[tuple[str | None, ...]], types: list[ColumnType]
) -> None:
    """Whatever the values and types: blank is what has nothing but nulls, where there are rows."""
    names = [f"c{at}" for at in range(4)]
    dataset = Dataset(
        name="x", columns=tuple(Column(name=name, type=kind) for name, kind in zip(names, types, strict=True))
    )
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    expected = tuple(name for name in names if rows and frame[name].null_count() == len(rows))
    assert expected == scan(frame, dataset).scan.blank


def test_a_rule_that_fails_over_typed_rows_is_a_problem_of_its_own(scan: Callable[..., Judged]) -> None:
    """Both halves are written all the same, once."""
    rows = pl.DataFrame({"id": [1, 2, -3]})
    found = Dataset(name="orders", columns=(Column(name="id", type=INTEGER),))
    checks = [
        Check(id="low", promise=AtLeast("id", Decimal(0))),
        Check(id="truth", promise=Query("SELECT sum(id) > 1 FROM {object}")),
        Check(id="fails", promise=Query("SELECT error('no') FROM {object}")),
    ]
    judged = scan(rows, found, checks=checks)
    assert judged.good["id"].to_list() == [1, 2]
    assert {"truth", "fails"} == {rule for rule, one in judged.scan.measured.items() if one.problem}
