from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.spec import Check, Custom, OfType, Query, RowQuery, Unique
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
from airflow_dataops.engines.sql.failing import Failing
from airflow_dataops.engines.sql.stream import Stream
from airflow_dataops.errors import NotEvaluatedError


def rule(name: str, measure: Measure, **more: object) -> QualityRule:
    """A rule that no row may break."""
    return QualityRule(id=name, measure=measure, threshold=NONE, **more)


MESSY = Dataset(
    name="Messy rows",
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
    ),
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


@pytest.fixture(scope="module")
def texts() -> pl.DataFrame:
    """Rows as a file has them."""
    return pl.DataFrame(ROWS, schema=dict.fromkeys(ROWS, pl.String))


def counted(frame: object, queries: dict[str, str]) -> dict[str, int]:
    """Return what each query comes to over a table of the dataset's name."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("Messy rows", Stream(frame))
        return {name: connection.execute(sql).fetchone()[0] for name, sql in queries.items()}


def test_the_queries_count_what_the_scan_counts(scan, texts) -> None:
    """Over the typed rows each query comes to the number of rows that the scan found to break its rule."""
    instants = ["2026-03-01T00:00:00Z", "2026-03-01T00:00:01Z", None, None, "2026-01-01T00:00:00Z", None]
    typed = texts.with_columns(
        pl.Series("Line No", [1, 1, 3, 4, None, 6], dtype=pl.Int64),
        pl.col("amount").cast(pl.Decimal(12, 2)),
        pl.Series("level", [1, 2, 3, None, 1, None], dtype=pl.Int64),
        pl.col("day").str.to_date(strict=False),
        pl.Series("at", instants).str.to_datetime(time_zone="UTC"),
        pl.Series("yes", [True, True, True, None, False, True]),
        pl.Series("share", [0.5, 1.5, None, None, 1.0, None]),
    )
    judged = scan(typed, MESSY)
    failing = Failing(MESSY)
    checks = [check for check in derive(MESSY) if not isinstance(check.promise, OfType | Query)]

    found = counted(typed, {check.id: failing.sql(check) for check in checks})

    assert {check.id: judged.scan.measured[check.id].failing for check in checks} == found
    assert set(checks) == {check for check in checks if found[check.id]}  # each is broken by something


def test_types_are_asked_of_the_texts(scan, texts) -> None:
    """The query of a type counts the texts that have no value in it, as the scan does."""
    judged = scan(texts.write_csv().encode(), MESSY)
    failing = Failing(MESSY)
    checks = [check for check in derive(MESSY) if isinstance(check.promise, OfType)]

    found = counted(texts, {check.id: failing.sql(check) for check in checks})

    assert {check.id: judged.scan.measured[check.id].failing for check in checks} == found
    assert {"Line No.type": 1, "level.type": 1, "day.type": 2, "at.type": 3, "yes.type": 1} == {
        name: count for name, count in found.items() if name not in {"amount.type", "share.type"}
    }


def test_postgres_counts_the_same(postgresql, scan, texts) -> None:
    """The same rules in PostgreSQL's words count the same rows of a table of texts or of types."""
    import psycopg
    from psycopg import sql

    judged = scan(texts.write_csv().encode(), MESSY)
    failing = Failing(MESSY, dialect="postgres")
    url = postgresql.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in ROWS)
        connection.execute(sql.SQL('CREATE TEMPORARY TABLE "Messy rows" ({})').format(columns))
        for row in texts.rows():
            connection.execute(
                sql.SQL('INSERT INTO "Messy rows" VALUES ({})').format(
                    sql.SQL(", ").join(map(sql.Literal, row))
                )
            )
        checks = [check for check in derive(MESSY) if check.id != "few"]
        of_texts = [check for check in checks if check.column in {"id", "code", ""}] + [
            check for check in checks if isinstance(check.promise, OfType)
        ]
        found = {
            check.id: connection.execute(failing.sql(check)).fetchone()[0]
            for check in of_texts
            if not isinstance(check.promise, RowQuery | Unique)
        }
        connection.rollback()

    assert {name: judged.scan.measured[name].failing for name in found} == found
    assert len(found) > 10


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
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
