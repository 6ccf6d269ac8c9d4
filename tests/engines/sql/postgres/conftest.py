"""A database, and a way to put the same rows through it and through DuckDB."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.others import NONE, Other, Others
from airflow_dataops.core.rows.relation import Landed, LandedPart, Split, Staged
from airflow_dataops.engines.sql.postgres.engine import PostgresEngine
from airflow_dataops.warehouse.postgres import Table, Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from psycopg.sql import Composed

    from airflow_dataops.core.checks.metric import Measured, Scan
    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Column, Dataset
    from airflow_dataops.engines.sql.duckdb.engine import DuckEngine

SQL_TYPES: dict[Any, str] = {
    pl.String: "text",
    pl.Int16: "smallint",
    pl.Int32: "integer",
    pl.Int64: "bigint",
    pl.Float32: "real",
    pl.Float64: "double precision",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Time: "time",
}
NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Judged:
    """What a scan came to, and the rows that it wrote."""

    scan: Scan
    good: list[tuple[Any, ...]]
    rules: dict[int, list[str]]
    bad: list[tuple[Any, ...]]

    @property
    def failing(self) -> dict[str, int]:
        """Id of each rule that rows broke -> how many."""
        return {name: found.failing for name, found in self.scan.measured.items() if found.failing}

    @property
    def numbers(self) -> dict[str, tuple[Any, ...]]:
        """Id of each rule -> its number, how many rows broke it, how many were looked at."""
        return {name: _numbers(found) for name, found in self.scan.measured.items()}


def _numbers(found: Measured) -> tuple[Any, ...]:
    return found.number, found.failing, found.checked, found.withheld, bool(found.problem)


@pytest.fixture(scope="session")
def database(postgresql: str) -> str:
    """The database of this session's tests, as psycopg is told of it."""
    return postgresql.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture
def warehouse(database: str) -> Warehouse:
    """A team's connection to it."""
    return Warehouse("shop_db", lambda: psycopg.connect(database))


@pytest.fixture
def schema(warehouse: Warehouse) -> Iterator[str]:
    """A schema of its own for one test."""
    name = f"shop {next(NUMBERS)}"
    with warehouse.connect() as connection:
        connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(name)))
    yield name
    with warehouse.connect() as connection:
        connection.execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(name)))


@pytest.fixture
def ask(warehouse: Warehouse) -> Callable[..., list[tuple[Any, ...]]]:
    """Speak to the database from outside; each statement is committed at once."""

    def run(statement: str, *values: object, **names: Table) -> list[tuple[Any, ...]]:
        with warehouse.connect() as connection:
            connection.execute("SET TIME ZONE 'UTC'")
            written = SQL(statement).format(**{key: table.sql for key, table in names.items()})
            cursor = connection.execute(written, values or None)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def put(
    warehouse: Warehouse, schema: str, ask: Callable[..., list[tuple[Any, ...]]]
) -> Callable[..., Judged]:
    """Put a raw copy, made by the given SELECT, through a scan in PostgreSQL."""

    def judge(
        select: str | Composed,
        dataset: Dataset,
        *,
        checks: Iterable[Check] | None = None,
        staged: bool = False,
        others: Others = NONE,
        keys: int = 0,
    ) -> Judged:
        raw, good, bad = (Table(schema, name) for name in ("raw", "good", "bad"))
        ask("DROP TABLE IF EXISTS {raw}", raw=raw)
        text = SQL(select) if isinstance(select, str) else select
        with warehouse.connect() as connection:
            connection.execute(SQL("CREATE TABLE {} AS ").format(raw.sql) + text)
        address = warehouse.address
        relation: Landed | Staged = Landed(
            address(raw), (LandedPart(address(raw), "shop.orders"),), Dialect(format=Format.TABLE)
        )
        if staged:
            relation = Staged(address(raw))
        wanted = plan(dataset, checks or derive(dataset))
        split, engine = Split(address(good), address(bad)), PostgresEngine(warehouse)
        scan = engine.scan(relation, wanted, split=split, others=others, keys=keys)
        # What is measured doesn't hang on whether rows are written.
        alone = engine.scan(relation, wanted, split=None, others=others, keys=keys)
        assert replace(scan, content="") == alone
        if scan.unjudged:
            return Judged(scan, [], {}, [])
        return Judged(
            scan,
            ask("SELECT * FROM {good}", good=good),
            dict(ask("SELECT dataops_line, dataops_rules FROM {bad} ORDER BY 1", bad=bad)),
            ask("SELECT * FROM {bad} ORDER BY dataops_line", bad=bad),
        )

    return judge


@pytest.fixture
def both(
    engine: DuckEngine,
    put: Callable[..., Judged],
    schema: str,
    warehouse: Warehouse,
    tmp_path: Path,
) -> Callable[..., tuple[Judged, Judged]]:
    """Put a frame through DuckDB, as a Parquet file, and through PostgreSQL, as a table."""

    def tabled(rows: pl.DataFrame, name: str) -> Table:
        table = Table(schema, name)
        columns = SQL(", ").join(
            SQL("{} {}").format(Identifier(name), SQL(_sql_type(dtype)))
            for name, dtype in rows.schema.items()
        )
        with warehouse.connect() as connection:
            connection.execute(SQL("DROP TABLE IF EXISTS {}").format(table.sql))
            connection.execute(SQL("CREATE TABLE {} ({})").format(table.sql, columns))
            marks = SQL(", ").join(SQL("%s") for _ in rows.columns)
            insert = SQL("INSERT INTO {} VALUES ({})").format(table.sql, marks)
            connection.cursor().executemany(insert, rows.rows())
        return table

    def filed(rows: pl.DataFrame, name: str) -> str:
        file = tmp_path / f"{name}.parquet"
        rows.write_parquet(file)
        return str(file)

    def judge(
        rows: pl.DataFrame,
        dataset: Dataset,
        *,
        checks: Iterable[Check] | None = None,
        rest: pl.DataFrame | None = None,
        besides: Mapping[str, tuple[pl.DataFrame, tuple[Column, ...]]] | None = None,
        keys: int = 0,
    ) -> tuple[Judged, Judged]:
        checks = tuple(checks or derive(dataset))
        source = tabled(rows, "source")
        select = SQL("SELECT row_number() OVER () AS dataops_line, s.* FROM {} AS s").format(source.sql)

        def others(place: Callable[[pl.DataFrame, str], str]) -> Others:
            return Others(
                rest=None if rest is None else Other(Staged(place(rest, "rest")), dataset.columns),
                datasets={
                    name: Other(Staged(place(frame, name)), columns)
                    for name, (frame, columns) in (besides or {}).items()
                },
            )

        split = Split(str(tmp_path / "good.parquet"), str(tmp_path / "bad.parquet"))
        file = filed(rows, "rows")
        wanted = plan(dataset, checks)
        scan = engine.scan(Staged(file), wanted, split=split, others=others(filed), keys=keys)
        duck = Judged(scan, [], {}, [])
        if not scan.unjudged:
            bad = pl.read_parquet(split.bad)
            rules = zip(bad["dataops_line"].to_list(), bad["dataops_rules"].to_list(), strict=True)
            duck = Judged(scan, pl.read_parquet(split.good).rows(), dict(rules), bad.rows())
        there = others(lambda frame, name: warehouse.address(tabled(frame, name)))
        return duck, put(select, dataset, checks=checks, others=there, keys=keys)

    return judge


def _sql_type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Decimal):
        return f"numeric({dtype.precision},{dtype.scale})"
    if isinstance(dtype, pl.Datetime):
        return "timestamptz" if dtype.time_zone else "timestamp"
    return SQL_TYPES[type(dtype)]
