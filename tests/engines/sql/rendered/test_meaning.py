"""What is rendered for a database counts the same rows where sqlglot carries it over to DuckDB.

It shows that the words for one promise say one thing in all dialects, as far as sqlglot knows them. Functions
that DuckDB lacks are macros here, so that what they do in the vendor's database is taken from its manual.
"""

from __future__ import annotations

from contextlib import suppress
from math import isfinite
from random import Random

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.spec import Custom
from airflow_dataops.engines.sql.rendered.databases import RENDERED, TRIED
from airflow_dataops.engines.sql.rendered.rendering import Rendering
from airflow_dataops.engines.sql.rendered.together import together
from airflow_dataops.engines.sql.script import table
from airflow_dataops.errors import NotEvaluatedError

READERS = {name: name for name in RENDERED} | {"sqlserver": "tsql"}

MACROS = (
    "lengthUTF8(x) AS length(x)",
    "LENGTH4(x) AS length(x)",
    "IS_FINITE(x) AS isfinite(x)",
    "toDate32(x) AS CAST(x AS DATE)",
    "toDateTime64(x, p, z) AS CAST(x || '+00' AS TIMESTAMPTZ)",
    "TO_TIMESTAMP_TZ(x, f) AS CAST(replace(x, ' +', '+') AS TIMESTAMPTZ)",
    "whole_day(x) AS CAST(x AS DATE)",
    "LEN_WITHOUT_BLANKS(x) AS length(rtrim(x, ' '))",
)

NULL_IN_ORACLE = {"few_nulls", "late", "soft", "mail.format", "quote.pattern", "pairs"}
"""Checks that an empty text keeps or breaks, and a null otherwise."""

ROWS = {
    "id": ["a1", "a1", "a1 ", "x", "ä😀", "1234567  ", None],
    "line": [2, 2, 3, 256, -2, None, 2],
    "amount": ["1.05", "-1.00", "100.50", "0.07", None, "1.05", "0"],
    "huge": ["1", "0", None, "1", "1", "1", "1"],
    "fine": ["5", "5.00000000000000000001", None, "5", "5", "5", "5"],
    "share": [0.5, 0.0, 1.5, float("nan"), float("inf"), float("-inf"), None],
    "level": [1, 2, 3, None, 1, 2, 1],
    "rate": ["2.5", "2.4", None, "1.0", "1", "1", "1"],
    "ratio": [0.5, 1e-7, 1.1e-7, float("nan"), None, 0.5, 0.5],
    "yes": [True, False, None, True, True, True, True],
    "day": ["2026-01-02", "2026-01-01", None, "2025-01-01", "2026-02-01", "2026-02-01", "2026-02-01"],
    "holiday": ["2026-12-25", "2026-12-24", None, "2026-12-26", "2026-12-26", "2026-12-26", "2026-12-26"],
    "at": ["2026-02-28 23:00:00+00", "2026-02-28 23:00:00.000001+00", *[None] * 5],
    "clock": ["08:00:00", "07:59:59.999999", "18:00:00.000001", None, "09:00", "09:00", "09:00"],
    "code": ["AB-12", "AB-12", "ab-1", "x-12\n", "é-12", "y-12 ", None],
    "mail": ["a@b.example", "it's@b.example", "a@b.example\n", "a@b@c", None, "a@b.example", ""],
    "quote": ["it's \\a", "it's \\.+", "its \\a", None, "it's a", "it's \\a\n", ""],
    "word": ["plain", "Plain", "'; DROP TABLE x; --", "back\\slash", "blank", "", "two\nlines\tand R&D"],
    "safe": ["it's", "\\'; DROP TABLE x; --", "\\''; DROP TABLE x; --", "", "Größe 😀", "blank ", None],
    "note": ["x", "n/a", "-\"'", "-\"\\'", "", " ", None],
    "address": [None] * 7,
}


def made(everything, *, empty: bool, finite: bool) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB with rows drawn by chance, the same each time, and the words that it lacks.

    Args:
        everything: The contract.
        empty: Whether there are empty texts; else they are null.
        finite: Whether all doubles are numbers; those that aren't are null then.
    """
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    for macro in MACROS:
        connection.execute(f"CREATE MACRO {macro}")
    for dataset in everything.datasets:
        connection.execute(table(dataset, dialect="duckdb").sql("duckdb"))
    connection.execute("INSERT INTO \"dim levels\" VALUES (1, 'AB-12'), (7, 'high')")
    holes = ", ".join("?" for _ in ROWS)
    drawn = Random(9)  # noqa: S311
    for _ in range(60):
        values = [drawn.choice(column) for column in ROWS.values()]
        values = [None if value == "" and not empty else value for value in values]
        values = [
            None if isinstance(value, float) and finite and not isfinite(value) else value for value in values
        ]
        connection.execute(f'INSERT INTO "every thing" VALUES ({holes})', values)  # noqa: S608
    return connection


def carried_over(sql: str, dialect: str) -> str:
    """Return a query as DuckDB reads it."""
    tree = sqlglot.parse_one(sql, dialect=READERS[dialect])
    for node in list(tree.find_all(exp.Expr)):
        match node:
            case exp.Column() if node.name.startswith("BINARY_DOUBLE_"):
                name = node.name.removeprefix("BINARY_DOUBLE_")
                node.replace(exp.cast(exp.Literal.string(name), "DOUBLE", dialect="duckdb"))
            case exp.Func() if node.sql("oracle").startswith("TRUNC("):
                day = node.find(exp.Column)
                node.replace(exp.Anonymous(this="whole_day", expressions=[day.copy()]))
            case exp.Collate():
                node.replace(node.this)
            case exp.Length() if dialect == "sqlserver":
                node.replace(exp.Anonymous(this="LEN_WITHOUT_BLANKS", expressions=[node.this]))
            case exp.DataType() if node.expressions and node.is_type("float", "double"):
                node.replace(exp.DataType.build("DOUBLE"))
            case exp.DataType() if node.is_type(*exp.DataType.TEXT_TYPES):
                node.replace(exp.DataType.build("TEXT"))
            case exp.Add() if isinstance(node.expression, exp.National):
                node.replace(exp.DPipe(this=node.this, expression=node.expression, safe=True))
            case _:
                pass
    return tree.sql("duckdb").replace(" N'", " '")


@pytest.mark.parametrize("dialect", RENDERED)
def test_each_query_counts_the_same_where_it_is_carried_over(dialect, everything, others) -> None:
    """Each query of the dialect comes to what DuckDB's own comes to, and so do those of all at once."""
    dataset = everything.datasets[0]
    checks = [check for check in derive(dataset) if not isinstance(check.promise, Custom)]
    reference = Rendering(dataset, TRIED["duckdb"], others=others)
    rendering = Rendering(dataset, RENDERED[dialect], others=others)
    differing = set() if RENDERED[dialect].empty else NULL_IN_ORACLE
    finite = dialect == "sqlserver"
    with (
        made(everything, empty=True, finite=finite) as known,
        made(everything, empty=RENDERED[dialect].empty, finite=finite) as here,
    ):
        compared = {}
        for check in checks:
            with suppress(NotEvaluatedError):
                expected = known.execute(reference.sql(check)).fetchone()
                found = here.execute(carried_over(rendering.sql(check), dialect)).fetchone()
                compared[check.id] = (found, expected)
        assert differing == {name for name, (found, expected) in compared.items() if found != expected}
        assert len(compared) >= 35
        at_once = together(checks, rendering)
        _, *numbers = here.execute(carried_over(at_once.sql, dialect)).fetchone()
        counted = dict(zip(at_once.names.values(), numbers, strict=True))
        assert {name: found[0] for name, (found, _) in compared.items() if name in counted} == {
            name: number for name, number in counted.items() if name in compared
        }
    never = {name for name, (found, _) in compared.items() if not found[0]}
    assert never <= {"huge.physicalType", "huge.format"} | {
        name for name in compared if name.endswith(".type")
    }
