"""What is rendered counts the rows that the engine counts, in the two databases that are there to try it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import inf, nan
from random import Random

import duckdb
import polars as pl
import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.spec import Custom
from airflow_dataops.core.rows.others import Other, Others
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.engines.sql.duckdb.stream import Stream
from airflow_dataops.engines.sql.rendered.databases import TRIED
from airflow_dataops.engines.sql.rendered.rendering import Rendering
from airflow_dataops.engines.sql.rendered.together import together
from airflow_dataops.engines.sql.script import table
from airflow_dataops.errors import NotEvaluatedError

COLUMNS: dict[str, tuple[object, list[object]]] = {
    "id": (pl.String, ["a1", "a1", None, "x", "123456789", "ä😀", "a1 "]),
    "line": (pl.Int64, [2, 2, None, 3, 256, -2]),
    "amount": (pl.Decimal(12, 2), [*map(Decimal, ("1.05", "-1.00", "100.50", "0.07", "100.45")), None]),
    "huge": (pl.Decimal(38, 0), [Decimal(1), Decimal(0), Decimal(10) ** 37, None]),
    "fine": (pl.Decimal(38, 20), [Decimal(5), Decimal("5.00000000000000000001"), None]),
    "share": (pl.Float64, [0.5, 0.0, 1.5, nan, inf, -inf, None, 1.0]),
    "level": (pl.Int64, [1, 2, 3, None]),
    "rate": (pl.Decimal(3, 1), [Decimal("2.5"), Decimal("1.0"), Decimal("2.4"), None]),
    "ratio": (pl.Float64, [0.5, 1e-7, 1.1e-7, nan, None]),
    "yes": (pl.Boolean, [True, False, None]),
    "day": (pl.Date, [date(2026, 1, 2), date(2026, 1, 1), date(2025, 1, 1), None]),
    "holiday": (pl.Date, [date(2026, 12, 25), date(2026, 12, 24), None]),
    "at": (
        pl.Datetime("us", "UTC"),
        [datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 2, 28, 23, 0, 0, 1, tzinfo=UTC), None],
    ),
    "clock": (pl.Time, [time(8), time(7, 59, 59, 999999), time(18), time(18, 0, 0, 1), None]),
    "code": (pl.String, ["AB-12", "AB-12", "ab-1", "ab-12345", "é-12", "x-12\n", "y-12 ", None]),
    "mail": (pl.String, ["a@b.example", "a@b@c", "it's@b.example", "a@b.example\n", None]),
    "quote": (pl.String, ["it's \\a", "it's \\.+", "its \\a", "it's a", None]),
    "word": (
        pl.String,
        [
            *(
                "plain",
                "Plain",
                "it's",
                "it''s",
                "back\\slash",
                "back\\\\slash",
                "'; DROP TABLE x; --",
                "blank ",
            ),
            *("blank", "", " ", "two\nlines\tand R&D", "two\\nlines\\tand R&D", "Größe 😀", None),
        ],
    ),
    "safe": (pl.String, ["it's", "\\'; DROP TABLE x; --", "\\''; DROP TABLE x; --", "", None]),
    "note": (pl.String, ["x", "n/a", "-\"'", "-\"\\'", "", " ", "X", None]),
    "address": (pl.String, ['{"zip": "1"}', None]),
}
"""Column -> its type and its values; the first is a good one."""

LEVELS = pl.DataFrame({"n": [1, 7], "word": ["AB-12", "high"]})


def rows() -> pl.DataFrame:
    """Rows of values drawn by chance, the same each time."""
    drawn = Random(4)  # noqa: S311
    return pl.DataFrame(
        {
            name: pl.Series(drawn.choices(values, k=160), dtype=kind)
            for name, (kind, values) in COLUMNS.items()
        }
    )


def of_duckdb(everything, statements, _) -> list[tuple[object, ...]]:
    """Ask DuckDB for the one row of each statement, of tables that the script makes."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for dataset, found in zip(everything.datasets, (rows(), LEVELS), strict=True):
            connection.execute(table(dataset, dialect="duckdb").sql("duckdb"))
            connection.register("shown", Stream(found))
            connection.table("shown").insert_into(f'"{dataset.table}"')
        return [connection.execute(sql).fetchone() for sql in statements]


def of_postgres(everything, statements, request) -> list[tuple[object, ...]]:
    """Ask PostgreSQL, of tables that the script makes."""
    import psycopg
    from psycopg import sql

    url = request.getfixturevalue("postgresql").replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for dataset, found in zip(everything.datasets, (rows(), LEVELS), strict=True):
            connection.execute(table(dataset, dialect="postgres").sql("postgres"))
            for row in found.rows():
                values = sql.SQL(", ").join(map(sql.Literal, row))
                connection.execute(
                    sql.SQL("INSERT INTO {} VALUES ({})").format(sql.Identifier(dataset.table), values)
                )
        answers = [connection.execute(statement).fetchone() for statement in statements]
        connection.rollback()
    return answers


@pytest.fixture(scope="module")
def failing(scan, everything, tmp_path_factory) -> dict[str, int]:
    """Return how many rows break each rule, as the engine counts them."""
    (dataset, levels) = everything.datasets
    path = str(tmp_path_factory.mktemp("levels") / "levels.parquet")
    LEVELS.write_parquet(path)
    checks = [check for check in derive(dataset) if not isinstance(check.promise, Custom)]
    others = Others(datasets={"levels": Other(Staged(path), levels.columns)})
    judged = scan(rows(), dataset, checks=checks, others=others)
    about_rows = {check.id for check in checks if check.judges_rows}
    assert not {name: one.problem for name, one in judged.scan.measured.items() if one.problem}
    return {name: one.failing for name, one in judged.scan.measured.items() if name in about_rows}


@pytest.mark.parametrize(("dialect", "ask"), [("duckdb", of_duckdb), ("postgres", of_postgres)])
def test_each_query_counts_what_the_engine_counts(dialect, ask, everything, others, failing, request) -> None:
    """Each promise about rows is counted as the engine does: by its own query, and in the query of all."""
    dataset = everything.datasets[0]
    rendering = Rendering(dataset, TRIED[dialect], others=others)
    queries = {}
    for check in derive(dataset):
        with suppress(NotEvaluatedError):
            queries[check.id] = rendering.sql(check)
    at_once = together(derive(dataset), rendering)
    *answers, (count, *numbers) = ask(everything, [*queries.values(), at_once.sql], request)

    counted = {name: int(number) for name, (number,) in zip(queries, answers, strict=True) if name in failing}
    assert {name: failing[name] for name in counted} == counted
    unsaid = {"address.type", "address.zip.required", "address.zip.type"}
    held = {check.id for check in derive(dataset) if rendering.holds(check)}
    assert failing.keys() - counted.keys() == unsaid | held
    assert not any(failing[name] for name in held)
    assert count == rows().height
    assert dict(zip(at_once.names.values(), numbers, strict=True)) == {
        name: failing[name] for name in at_once.names.values()
    }
    never = {"huge.physicalType", "huge.format", "day.type", "holiday.type", "at.type", "clock.type"}
    assert never == {name for name, number in counted.items() if not number}


def test_a_name_for_each_rule_is_one_that_every_database_takes(everything) -> None:
    """Two rules never share a column, whatever their ids have in them."""
    from dataclasses import replace

    dataset = everything.datasets[0]
    (check, *_) = derive(dataset)
    ids = ["a.b", "a_b", "A b", "all_rows", "1", "é" * 90, "é" * 91, '"; DROP TABLE x; --']
    at_once = together([replace(check, id=one) for one in ids], Rendering(dataset, TRIED["duckdb"]))
    assert ids == list(at_once.names.values())
    assert all(name.isascii() and name.isidentifier() and len(name) <= 60 for name in at_once.names)
    assert "all_rows" not in at_once.names
