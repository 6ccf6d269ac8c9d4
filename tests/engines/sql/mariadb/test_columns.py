"""Columns of MariaDB's own types: which of their values are values of the contract."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlglot import exp

from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.core.contract.written import Written
from airflow_dataops.engines.sql.mariadb.reading import MARIADB
from airflow_dataops.engines.sql.mariadb.session import settled
from airflow_dataops.errors import NotEvaluatedError

INTEGER, NUMBER = ColumnType(LogicalType.INTEGER), ColumnType(LogicalType.NUMBER)
BOOLEAN, DATE = ColumnType(LogicalType.BOOLEAN), ColumnType(LogicalType.DATE)
STAMP, TIME = ColumnType(LogicalType.TIMESTAMP), ColumnType(LogicalType.TIME)
TEXT = ColumnType(LogicalType.STRING)
MONEY = ColumnType(LogicalType.NUMBER, 10, 2)
LONG = ColumnType(LogicalType.NUMBER, 38, 0)
BERLIN = ColumnType(LogicalType.TIMESTAMP, written=Written(zone="Europe/Berlin"))
OFFSET = ColumnType(LogicalType.TIMESTAMP, written=Written(offset=True))

NOON = datetime(2026, 7, 1, 12)  # noqa: DTZ001

CASES: list[tuple[str, str, ColumnType, list[tuple[Any, Any]]]] = [
    ("boolean", "tinyint(1)", BOOLEAN, [(1, 1), (0, 0), (2, None), (-1, None)]),
    ("tinyint", "tinyint(1)", INTEGER, [(1, 1), (127, 127), (-128, -128)]),
    ("mediumint", "mediumint(8) unsigned", INTEGER, [(16777215, 16777215)]),
    (
        "unsigned",
        "bigint(20) unsigned",
        INTEGER,
        [(2**63 - 1, 2**63 - 1), (2**63, None), (2**64 - 1, None), (0, 0)],
    ),
    ("unsigned as a decimal", "bigint(20) unsigned", LONG, [(2**64 - 1, Decimal(2**64 - 1))]),
    (
        "integers as doubles",
        "bigint(20)",
        NUMBER,
        [(2**53, 2.0**53), (2**53 + 1, None), (-(2**63), -(2.0**63)), (2**63 - 1, None), (5, 5.0)],
    ),
    ("zerofill", "int(8) unsigned zerofill", INTEGER, [(42, 42)]),
    ("zerofill as a text", "int(8) unsigned zerofill", TEXT, [(42, "42")]),
    ("bit", "bit(64)", INTEGER, [(5, 5), (2**63 - 1, 2**63 - 1), (2**64 - 1, None)]),
    ("bit as a truth value", "bit(1)", BOOLEAN, [(1, 1), (0, 0)]),
    ("bit as a text", "bit(8)", TEXT, [(65, "65")]),
    ("year", "year(4)", INTEGER, [(2026, 2026), (1901, 1901)]),
    ("decimal", "decimal(65,38)", MONEY, [("1.25", Decimal("1.25")), ("1.251", None), ("123456789", None)]),
    ("decimal that is whole", "decimal(65,0)", INTEGER, [(2**63 - 1, 2**63 - 1), (2**63, None), (-5, -5)]),
    (
        "decimal as a double",
        "decimal(65,38)",
        NUMBER,
        [
            ("0.1", 0.1),
            ("0.1" + "0" * 36 + "1", None),
            ("9007199254740993", None),
            ("-2.5", -2.5),
            ("0", 0.0),
        ],
    ),
    ("decimal of 38 digits", "decimal(65,0)", LONG, [("9" * 38, Decimal("9" * 38)), ("1" + "0" * 38, None)]),
    ("float", "float", NUMBER, [(0.5, 0.5), (16777216, 16777216.0)]),
    ("float as money", "float", MONEY, [(0.1, Decimal("0.10")), (0.125, None)]),
    (
        "double",
        "double",
        INTEGER,
        [(1, 1), (1.5, None), (2.0**63, None), (-(2.0**63), -(2**63)), (1e300, None)],
    ),
    (
        "double of 38 digits",
        "double",
        LONG,
        [(1e23, Decimal(int(1e23))), (-(2.0**120), Decimal(-(2**120))), (1e38, None), (0.5, None), (7, 7)],
    ),
    (
        "date",
        "date",
        DATE,
        [
            ("2026-07-01", date(2026, 7, 1)),
            ("0001-01-01", date(1, 1, 1)),
            ("9999-12-31", date(9999, 12, 31)),
            *(
                (text, None)
                for text in ("0000-00-00", "2026-00-10", "2026-01-00", "2026-02-31", "0000-01-01")
            ),
        ],
    ),
    ("date as an instant", "date", STAMP, [("2026-07-01", datetime(2026, 7, 1)), ("2026-07-00", None)]),  # noqa: DTZ001
    (
        "datetime",
        "datetime(6)",
        STAMP,
        [
            ("2026-07-01 12:00:00.000001", NOON + timedelta(microseconds=1)),
            ("0000-00-00 00:00:00", None),
            ("2026-02-31 00:00:00", None),
        ],
    ),
    (
        "datetime as a date",
        "datetime",
        DATE,
        [
            ("2026-07-01 00:00:00", date(2026, 7, 1)),
            ("2026-07-01 00:00:01", None),
            ("0000-00-00 00:00:00", None),
        ],
    ),
    (
        "datetime of a zone",
        "datetime",
        BERLIN,
        [
            ("2026-07-01 14:00:00", NOON),
            ("2026-03-29 02:30:00", None),
            ("2026-10-25 02:30:00", datetime(2026, 10, 25, 1, 30)),  # noqa: DTZ001
            ("9999-07-01 02:00:00", datetime(9999, 7, 1)),  # noqa: DTZ001
        ],
    ),
    ("datetime without an offset", "datetime", OFFSET, [("2026-07-01 14:00:00", None)]),
    (
        "timestamp",
        "timestamp(3) NULL",
        OFFSET,
        [("2026-07-01 12:00:00.5", NOON + timedelta(milliseconds=500))],
    ),
    ("timestamp that is none", "timestamp NULL", STAMP, [("0000-00-00 00:00:00", None)]),
    (
        "time",
        "time(6)",
        TIME,
        [
            ("12:00:00", timedelta(hours=12)),
            ("24:00:00", None),
            ("-00:00:01", None),
            ("838:59:59", None),
            ("23:59:59.999999", timedelta(days=1) - timedelta(microseconds=1)),
        ],
    ),
    ("enum", "enum('a','B ','ü')", TEXT, [("a", "a"), ("ü", "ü"), ("zz", "")]),
    ("set", "set('a','b')", TEXT, [("b,a", "a,b"), ("", "")]),
    ("enum of numbers", "enum('10','20')", INTEGER, [("20", 20)]),
    ("json", "json", TEXT, [('{"a": 1}', '{"a": 1}')]),
    ("char", "char(5)", TEXT, [("a", "a"), ("a  ", "a"), ("", "")]),
    ("latin1", "varchar(9) CHARACTER SET latin1", TEXT, [("é€ ", "é€ ")]),
    ("utf16", "varchar(9) CHARACTER SET utf16", TEXT, [("😀é", "😀é")]),
    ("utf8mb3", "varchar(9) CHARACTER SET utf8mb3", INTEGER, [("12", 12), ("12 ", None)]),
    (
        "uuid",
        "uuid",
        TEXT,
        [("123E4567-E89B-12D3-A456-426614174000", "123e4567-e89b-12d3-a456-426614174000")],
    ),
    ("inet6", "inet6", TEXT, [("::1", "::1")]),
    *(
        (f"bytes as {wanted}", "varbinary(9)", wanted, [(b"1", None), (b"2026-07-01", None)][: 2 - (at > 2)])
        for at, wanted in enumerate((INTEGER, NUMBER, BOOLEAN, STAMP))
    ),
    ("time as a date", "time", DATE, [("12:00:00", None)]),
    ("number as a date", "int(11)", DATE, [(20260701, None)]),
    ("year as a date", "year(4)", DATE, [(2026, None)]),
    ("date as a number", "date", INTEGER, [("2026-07-01", None)]),
]


@pytest.mark.parametrize(("kind", "wanted", "rows"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_a_value_of_a_column(
    kind: str, wanted: ColumnType, rows: list[tuple[Any, Any]], ask, mariadb
) -> None:
    """What it is in the contract's type; and its text is there, whether or not it has a value."""
    ask("SET sql_mode = 'ALLOW_INVALID_DATES'")
    ask("DROP TABLE IF EXISTS kinds")
    ask(f"CREATE TABLE kinds (at int PRIMARY KEY, c {kind})")
    for at, (value, _) in enumerate(rows):
        ask("INSERT INTO kinds VALUES (%s, %s)", at, value)
    ask("INSERT INTO kinds VALUES (99, NULL)")
    ((_, found, *_),) = [row for row in ask("SHOW COLUMNS FROM kinds") if row[0] == "c"]
    column = exp.column("c")
    query = exp.select(
        MARIADB.value_of(column, found.lower(), wanted), MARIADB.text_of(column, found.lower())
    )
    with settled(mariadb):
        values = ask(query.from_("kinds").order_by("at").sql("mariadb"))

    assert [expected for _, expected in rows] == [value for value, _ in values[:-1]]
    assert all(text is not None for _, text in values[:-1])
    assert (None, None) == values[-1]


@pytest.mark.parametrize("kind", ["blob", "longblob", "binary(3)", "varbinary(9)", "point", "geometry"])
def test_bytes_are_no_text(kind: str) -> None:
    """They may be, and nobody says in which characters: the rules of such a column come to nothing."""
    with pytest.raises(NotEvaluatedError, match="bytes are no text"):
        MARIADB.value_of(exp.column("c"), kind, TEXT)
