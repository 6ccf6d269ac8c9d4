"""SQL of people that doesn't end is stopped, and hurts nothing else."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import Check, NotNull, Query, RowCount, RowQuery
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.relation import Landed, LandedPart, Staged
from airflow_dataops.core.time_limit import TimeLimit
from airflow_dataops.engines.sql.duckdb.engine import DuckEngine
from airflow_dataops.engines.sql.duckdb.patience import stopped
from airflow_dataops.errors import NotEvaluatedError
from airflow_dataops.testing.promises import counting

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.core.rows.relation import Relation

SHORT = TimeLimit(0.5, "500ms", "--time-limit")
ENDLESS = "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT {0} FROM t"
NUMBER = f"{ENDLESS.format('sum(n)')}, {{object}}"
NAMING = counting(f"id IN ({ENDLESS.format('n')})")
STOPPED = "the SQL was stopped after 500ms (`--time-limit`): has a WITH RECURSIVE no end?"
DATASET = Dataset(
    name="rows",
    columns=(
        Column(name="id", type=ColumnType(LogicalType.INTEGER)),
        Column(name="note", type=ColumnType(LogicalType.STRING)),
    ),
)
ROWS = pl.DataFrame({"id": [1, 2, None], "note": ["a", "b", "c"]})


@pytest.fixture
def engine(tmp_path: Path) -> DuckEngine:
    """An engine that waits half a second for SQL of people."""
    return DuckEngine(memory_limit="256MB", temp_directory=str(tmp_path / "spill"), time_limit=SHORT)


def relation(kind: str, folder: Path) -> Relation:
    """The rows, with types or as texts."""
    file = folder / kind
    if kind == "typed":
        ROWS.write_parquet(file)
        return Staged(str(file))
    ROWS.write_csv(file)
    return Landed(str(file), (LandedPart(str(file), file.name),), Dialect(format=Format.CSV))


@pytest.mark.parametrize("kind", ["typed", "texts"])
@pytest.mark.parametrize("endless", [Query(NUMBER), RowQuery(NAMING), RowCount()])
def test_a_rule_that_does_not_end_is_an_error_and_the_others_are_judged(
    engine: DuckEngine, tmp_path: Path, kind: str, endless: Query | RowQuery | RowCount
) -> None:
    """Whether it asks for a number, names rows, or stands in a filter."""
    checks = (
        Check(id="there", promise=NotNull("id")),
        Check(id="ever", promise=endless, filter=NAMING if isinstance(endless, RowCount) else ""),
        Check(id="max", promise=Query("SELECT max(id) FROM {object}")),
    )

    found = engine.scan(relation(kind, tmp_path), plan(DATASET, checks), split=None).measured

    assert STOPPED in found["ever"].problem
    assert found["there"].failing == 1
    if not isinstance(endless, RowQuery):  # which says which rows are good
        assert found["max"].number == Fraction(2)


def test_a_rule_that_does_not_end_is_waited_for_once(engine: DuckEngine, tmp_path: Path) -> None:
    """Though typed rows are kept and asked again where another rule fails over them."""
    checks = (
        Check(id="ever", promise=Query(NUMBER)),
        Check(id="fails", promise=Query("SELECT count(*) FROM {object} WHERE CAST('x' AS INTEGER) = id")),
    )
    began = time.monotonic()

    found = engine.scan(relation("typed", tmp_path), plan(DATASET, checks), split=None)

    assert STOPPED == found.measured["ever"].problem
    assert "failed in DuckDB" in found.measured["fails"].problem
    assert list(found.measured) == ["fails", "ever"]  # taken over from the first time
    assert time.monotonic() - began < 60


def test_a_transformation_that_does_not_end_is_an_error(engine: DuckEngine, tmp_path: Path) -> None:
    """It names the file."""
    with pytest.raises(NotEvaluatedError) as error:
        engine.transform(
            Staged(relation("typed", tmp_path).uri),
            f"{ENDLESS.format('n')}",
            name="landing",
            partition="p",
            place="t.sql",
            into=str(tmp_path / "made.parquet"),
        )

    assert str(error.value) == f"t.sql: {STOPPED}"
    assert not (tmp_path / "made.parquet").exists()


def test_a_statement_after_one_that_was_stopped_runs() -> None:
    """The word to stop is not kept for it; and what ends in time is not stopped."""
    with duckdb.connect() as connection:
        with pytest.raises(NotEvaluatedError), stopped(connection, SHORT):
            connection.execute(ENDLESS.format("sum(n)")).fetchall()
        with stopped(connection, SHORT):
            assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_an_interruption_by_somebody_else_is_not_ours() -> None:
    """It stays what it is."""
    with duckdb.connect() as connection, pytest.raises(duckdb.InterruptException), stopped(connection, SHORT):
        raise duckdb.InterruptException("somebody else")
