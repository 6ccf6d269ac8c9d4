from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.spec import Check, Custom, Unique
from airflow_dataops.core.checks.verdict import NONE
from airflow_dataops.core.contract.model import (
    Column,
    ColumnType,
    Dataset,
    LogicalType,
    Measure,
    QualityRule,
)
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.contract.relationship import Relationship
from airflow_dataops.core.rows.others import Other, Others
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.engines.sql.duckdb.stream import Stream
from airflow_dataops.engines.sql.failing import Failing
from airflow_dataops.engines.sql.mariadb.session import OPENING
from airflow_dataops.engines.sql.script import table
from airflow_dataops.engines.sql.sqlite.functions import register
from airflow_dataops.errors import NotEvaluatedError
from tests.engines.sql.mariadb.conftest import mariadb  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from collections.abc import Callable


def rule(name: str, measure: Measure, **more: object) -> QualityRule:
    """A rule that no row may break."""
    return QualityRule(id=name, measure=measure, threshold=NONE, **more)


LEVELS = Dataset(
    name="levels",
    columns=(
        Column(name="n", type=ColumnType(LogicalType.INTEGER)),
        Column(name="word", type=ColumnType(LogicalType.STRING)),
    ),
    physical="dim levels",
)
"""What a foreign key leads to, and a SQL rule reads."""

OTHERS = {"levels.odcs.yaml#levels": LEVELS, "levels": LEVELS}

MESSY = Dataset(
    name="messy",
    physical="Messy rows",
    columns=(
        Column(name="id", type=ColumnType(LogicalType.STRING), required=True, key_position=1),
        Column(name="Line No", type=ColumnType(LogicalType.INTEGER), key_position=2),
        Column(
            name="amount",
            type=ColumnType(LogicalType.NUMBER, 12, 2),
            options=Options(minimum=Decimal(0), exclusive_maximum=Decimal(100), multiple_of=Decimal("0.05")),
            rules=(rule("amount_there", Measure.MISSING_VALUES, columns=("amount",), values=("-1.00",)),),
        ),
        Column(
            name="code",
            type=ColumnType(LogicalType.STRING),
            unique=True,
            options=Options(pattern="^[A-Z]", min_length=2, max_length=4),
        ),
        Column(name="level", type=ColumnType(LogicalType.INTEGER), values=("1", "2")),
        Column(name="day", type=ColumnType(LogicalType.DATE), options=Options(minimum=date(2026, 1, 1))),
        Column(
            name="at",
            type=ColumnType(LogicalType.TIMESTAMP),
            options=Options(maximum=datetime(2026, 3, 1, tzinfo=UTC)),
        ),
        Column(name="yes", type=ColumnType(LogicalType.BOOLEAN)),
        Column(name="share", type=ColumnType(LogicalType.NUMBER), options=Options(maximum=Decimal(1))),
    ),
    rules=(
        rule("few", Measure.SQL, query="SELECT COUNT(*) FROM {object} WHERE amount > 50"),
        rule(
            "paid", Measure.SQL_ROWS, query="SELECT COUNT(*) FROM {object} o WHERE o.yes AND amount IS NULL"
        ),
        rule(
            "leveled",
            Measure.SQL_ROWS,
            query="SELECT COUNT(*) FROM {object} WHERE LEVEL NOT IN (SELECT n FROM levels)",
            reads=("levels",),
        ),
        rule("most", Measure.SQL, query="WITH a AS (FROM {object}) SELECT MAX(amount) FROM a"),
        rule("rows", Measure.ROW_COUNT),
        rule("old", Measure.ROW_COUNT, filter='SELECT COUNT(*) FROM {object} WHERE "Line No" < 4'),
        rule(
            "late",
            Measure.NULL_VALUES,
            columns=("amount",),
            filter="SELECT COUNT(*) FROM {object} WHERE yes AND share < 2 OR at IS NULL",
        ),
        rule("digit", Measure.INVALID_VALUES, columns=("level",), pattern="^[0-9]$"),
        rule(
            "digits",
            Measure.INVALID_VALUES,
            columns=("Line No",),
            pattern="^[02-9]$",
            filter="SELECT COUNT(*) FROM {object} WHERE level < 9",
        ),
        rule(
            "twice",
            Measure.DUPLICATE_VALUES,
            columns=("Line No",),
            filter="SELECT COUNT(*) FROM {object} WHERE id = 'a'",
        ),
    ),
    relationships=(Relationship(id="known", columns=("level",), other="levels.odcs.yaml#levels", to=("n",)),),
)

ROWS = {
    "id": ["a", "a", None, "b", "c", "d"],
    "Line No": ["1", "1", "3", "4", "x", "6"],
    "amount": ["1.00", "-1.00", None, "100", "0.07", "60.5"],
    "code": ["AB", "AB", "b", "ABCDE", None, "Ab"],
    "level": ["1", "2", "3", None, "1", "one"],
    "day": ["2026-01-01", "2025-12-31", None, "2026-02-30", "2026-02-01", "x"],
    "at": ["2026-03-01T00:00:00Z", "2026-03-01T00:00:01Z", None, "now", "2026-01-01", "2027-01-01"],
    "yes": ["true", "true", "true", "yes", "0", "1"],
    "share": ["0.5", "1.5", None, "nan", "1", "1e400"],
}


LEVEL_ROWS = {"n": ["1", "7"], "word": ["low", "high"]}

TYPED = {
    "Line No": pl.Series([1, 1, 3, 4, None, 6], dtype=pl.Int64),
    "amount": pl.col("amount").cast(pl.Decimal(12, 2)),
    "level": pl.Series([1, 2, 3, None, 1, None], dtype=pl.Int64),
    "day": pl.col("day").str.to_date(strict=False),
    "at": pl.Series(
        ["2026-03-01T00:00:00Z", "2026-03-01T00:00:01Z", None, None, "2026-01-01T00:00:00Z", None]
    ).str.to_datetime(time_zone="UTC"),
    "yes": pl.Series([True, True, True, None, False, True]),
    "share": pl.Series([0.5, 1.5, None, None, 1.0, None]),
}
"""The values of the texts in ROWS; null where a text has none."""


@pytest.fixture(scope="module")
def texts() -> pl.DataFrame:
    """Rows as a file has them."""
    return pl.DataFrame(ROWS, schema=dict.fromkeys(ROWS, pl.String))


@pytest.fixture
def verdict(scan, tmp_path) -> Callable[[pl.DataFrame], dict[str, object]]:
    """Return what the engine comes to of rows: failing rows, or the number of a rule about all rows."""
    levels = tmp_path / "levels.parquet"
    pl.DataFrame(LEVEL_ROWS).with_columns(pl.col("n").cast(pl.Int64)).write_parquet(levels)
    others = Others(datasets={name: Other(Staged(str(levels)), LEVELS.columns) for name in OTHERS})

    def of(rows: bytes | pl.DataFrame) -> dict[str, object]:
        judged = scan(rows, MESSY, others=others)
        return {
            name: found.number if name in ABOUT_ALL else found.failing
            for name, found in judged.scan.measured.items()
        }

    return of


def counted(frame: object, queries: dict[str, str], *, levels: pl.DataFrame) -> dict[str, object]:
    """Return what each query comes to over a table that is called as that of the dataset."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("Messy rows", Stream(frame))
        connection.register("dim levels", Stream(levels))
        return {name: connection.execute(sql).fetchone()[0] for name, sql in queries.items()}


def queries(failing: Failing) -> dict[str, str]:
    """Return the query of each check that has one."""
    found = {}
    for check in derive(MESSY):
        with suppress(NotEvaluatedError):
            found[check.id] = failing.sql(check)
    return found


ABOUT_ALL = {check.id for check in derive(MESSY) if not check.judges_rows}


def test_every_query_over_the_texts_comes_to_the_verdict(verdict, texts) -> None:
    """Each query that is shown runs over one table of texts, and counts the rows that the engine counts."""
    found = counted(texts, queries(Failing(MESSY, others=OTHERS)), levels=pl.DataFrame(LEVEL_ROWS))

    expected = verdict(texts.write_csv().encode())
    assert {check.id for check in derive(MESSY)} == expected.keys() == found.keys()
    about_rows = expected.keys() - ABOUT_ALL
    assert {name: expected[name] for name in about_rows} == {name: found[name] for name in about_rows}
    assert {"id.required", "late", "twice", "known", "leveled", "digit", "digits"} <= {
        name for name in about_rows if found[name]
    }


def test_rules_about_all_rows_come_to_the_verdict_over_the_rows_that_are_passed_on(verdict) -> None:
    """A row count and a SQL rule are of the rows that pass: over these each has its number."""
    good = pl.DataFrame(
        {
            "id": ["a", "b", "c"],
            "Line No": ["0", "+2", "9"],
            "amount": ["1.00", "60.5", "99.95"],
            "code": ["AB", "CD", None],
            "level": ["1", None, "1"],
            **{name: [None] * 3 for name in ("day", "at", "yes", "share")},
        },
        schema=dict.fromkeys(ROWS, pl.String),
    )
    found = counted(good, queries(Failing(MESSY, others=OTHERS)), levels=pl.DataFrame(LEVEL_ROWS))
    expected = verdict(good.write_csv().encode())
    assert {"few": 2, "rows": 3, "old": 2, "most": Decimal("99.95")} == {
        name: found[name] for name in ABOUT_ALL
    }
    assert {name: expected[name] for name in ABOUT_ALL} == {name: found[name] for name in ABOUT_ALL}


def test_every_query_over_the_types_comes_to_the_verdict(verdict, texts) -> None:
    """Over a table that has the contract's types each query counts what the engine counts of its rows."""
    typed = texts.with_columns(**TYPED)
    levels = pl.DataFrame(LEVEL_ROWS).with_columns(pl.col("n").cast(pl.Int64))
    found = counted(typed, queries(Failing(MESSY, texts=False, others=OTHERS)), levels=levels)

    expected = verdict(typed)
    assert {"Line No.type", "amount.type", "level.type", "yes.type"} == expected.keys() - found.keys()
    about_rows = found.keys() - ABOUT_ALL
    assert {name: expected[name] for name in about_rows} == {name: found[name] for name in about_rows}


def test_postgres_counts_the_same(postgresql, verdict, texts) -> None:
    """PostgreSQL's words count the same rows of a table that has the contract's types."""
    import psycopg
    from psycopg import sql

    typed = texts.with_columns(**TYPED)
    url = postgresql.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for dataset, rows in ((MESSY, typed.rows()), (LEVELS, [(1, "low"), (7, "high")])):
            connection.execute(table(dataset, dialect="postgres").sql("postgres"))
            for row in rows:
                connection.execute(
                    sql.SQL("INSERT INTO {} VALUES ({})").format(
                        sql.Identifier(dataset.table), sql.SQL(", ").join(map(sql.Literal, row))
                    )
                )
        asked = queries(Failing(MESSY, dialect="postgres", texts=False, others=OTHERS))
        found = {name: connection.execute(query).fetchone()[0] for name, query in asked.items()}
        connection.rollback()

    expected = verdict(typed)
    assert {"Line No.type", "amount.type", "level.type", "yes.type", "most"} >= expected.keys() - found.keys()
    about_rows = found.keys() - ABOUT_ALL
    assert {name: expected[name] for name in about_rows} == {name: found[name] for name in about_rows}
    assert len(about_rows) > 20


def test_sqlite_counts_the_same(verdict, texts) -> None:
    """SQLite's words read the values first, for a column there holds values of any type."""
    lite = sqlite3.connect(":memory:")
    register(lite)
    for dataset, rows in ((MESSY, texts.rows()), (LEVELS, [(1, "low"), (7, "high")])):
        lite.execute(table(dataset, dialect="sqlite").sql("sqlite"))
        marks = ", ".join("?" for _ in dataset.columns)
        lite.executemany(f'INSERT INTO "{dataset.table}" VALUES ({marks})', rows)  # noqa: S608
    asked = queries(Failing(MESSY, dialect="sqlite", texts=False, others=OTHERS))
    found = {name: lite.execute(query).fetchone()[0] for name, query in asked.items()}

    expected = verdict(texts.write_csv().encode())
    assert expected.keys() == found.keys()
    about_rows = found.keys() - ABOUT_ALL
    assert {name: expected[name] for name in about_rows} == {name: found[name] for name in about_rows}


def test_mariadb_counts_the_same(mariadb, verdict, texts) -> None:  # noqa: F811 - the fixture
    """MariaDB's words count the same rows of a table that has the contract's types."""
    typed = texts.with_columns(**TYPED)
    with closing(mariadb.cursor()) as cursor:
        for statement in OPENING[:2]:
            cursor.execute(statement)
        for dataset, rows in ((MESSY, typed.rows()), (LEVELS, [(1, "low"), (7, "high")])):
            made = table(dataset, dialect="mysql").sql("mariadb").replace("TABLE", "TEMPORARY TABLE", 1)
            cursor.execute(made)
            marks = ", ".join("%s" for _ in dataset.columns)
            for row in rows:
                plain = [value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value for value in row]
                cursor.execute(f"INSERT INTO `{dataset.table}` VALUES ({marks})", plain)  # noqa: S608
        asked = queries(Failing(MESSY, dialect="mysql", texts=False, others=OTHERS))
        found = {}
        for name, query in asked.items():
            cursor.execute(query)
            ((found[name],),) = cursor.fetchall()

    expected = verdict(typed)
    assert expected.keys() == found.keys()
    about_rows = found.keys() - ABOUT_ALL
    assert {name: expected[name] for name in about_rows} == {name: found[name] for name in about_rows}


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "mysql", "sqlite"])
def test_what_sql_cannot_say_is_said(dialect) -> None:
    """A rule of another tool, and one of a column that isn't there, have no query and a reason."""
    failing = Failing(MESSY, dialect=dialect)
    with pytest.raises(NotEvaluatedError, match="pandera judges the rows"):
        failing.sql(Check(id="a", promise=Custom("pandera", "a:B")))
    with pytest.raises(NotEvaluatedError, match="a column that the contract doesn't have"):
        failing.sql(Check(id="a", promise=Unique(("nope",))))


def test_a_name_is_a_name_whatever_it_holds() -> None:
    """A quote in a name of a table or column stays in the name."""
    column = Column(name='x" OR 1=1 --', type=ColumnType(LogicalType.STRING), required=True)
    dataset = Dataset(name='a"; DROP TABLE b', columns=(column,))
    (check,) = derive(dataset)
    expected = 'SELECT COUNT(*) FROM "a""; DROP TABLE b" WHERE "x"" OR 1=1 --" IS NULL'
    assert expected == " ".join(Failing(dataset).sql(check).split())
