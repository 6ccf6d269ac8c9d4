"""A dataset with a column of each type, batches of it, and rows that lie staged."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import psycopg
import pytest
from deltalake import DeltaTable
from psycopg.sql import SQL, Identifier

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.naming import COMMIT_BATCH, COMMIT_CONTENT, COMMIT_RUN, PARTITION_COLUMN
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.targets.delta import DeltaTarget
from airflow_dataops.targets.postgres import PostgresTarget
from airflow_dataops.warehouse.postgres import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NUMBERS = itertools.count()
"""Keep the names of schemas apart."""

TYPES = {
    "order id": ColumnType(LogicalType.INTEGER),
    "amount": ColumnType(LogicalType.NUMBER, 38, 9),
    "weight": ColumnType(LogicalType.NUMBER),
    "paid": ColumnType(LogicalType.BOOLEAN),
    "day": ColumnType(LogicalType.DATE),
    "at": ColumnType(LogicalType.TIMESTAMP),
    '"; drop table': ColumnType(LogicalType.STRING),
}
STORED = {
    "order id": "bigint",
    "amount": "decimal(38,9)",
    "weight": "double",
    "paid": "boolean",
    "day": "date",
    "at": "timestamp with time zone",
    '"; drop table': "varchar",
}

MANY = (
    "range",
    "range / 4",
    "range * 0.1",
    "range % 2 = 0",
    "date '2026-03-03'",
    "timestamptz '2026-03-03 00:00:00+00'",
    "'text ' || range",
)
"""What the columns of many rows hold."""


@pytest.fixture
def dataset() -> Dataset:
    """A dataset with a column of each type, and names that need quoting."""
    return Dataset(name="orders", columns=tuple(Column(name=name, type=kind) for name, kind in TYPES.items()))


@pytest.fixture
def stage(tmp_path: Path) -> Callable[..., Staged]:
    """Write rows as an engine stages them, each value in its column's type."""
    folder = tmp_path / "staging" / "x=1"
    folder.mkdir(parents=True)

    def write(*rows: tuple[object, ...], **types: str) -> Staged:
        place = folder / f"{len(list(folder.iterdir()))}.parquet"
        names = STORED | types
        columns = ", ".join(
            f'cast(${i} as {kind}) as "{name.replace(chr(34), 2 * chr(34))}"'
            for i, (name, kind) in enumerate(names.items(), start=1)
        )
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(f"create table staged as select {columns} limit 0", [None] * len(names))
            for row in rows:
                connection.execute(f"insert into staged select {columns}", row)
            connection.table("staged").write_parquet(str(place))
        return Staged(str(place))

    return write


@pytest.fixture
def stage_of(tmp_path: Path) -> Callable[[dict[str, str]], Staged]:
    """Stage one row of texts."""

    def write(values: dict[str, str]) -> Staged:
        place = tmp_path / f"{next(NUMBERS)}.parquet"
        pl.DataFrame({name: [value] for name, value in values.items()}).write_parquet(place)
        return Staged(str(place))

    return write


@pytest.fixture
def many(tmp_path: Path) -> Callable[[int], Staged]:
    """Stage any number of rows of the dataset."""

    def write(rows: int) -> Staged:
        place = tmp_path / f"{next(NUMBERS)}.parquet"
        columns = [
            duckdb.SQLExpression(value).cast(duckdb.type(kind)).alias(name)
            for value, (name, kind) in zip(MANY, STORED.items(), strict=True)
        ]
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            connection.table_function("range", [rows]).select(*columns).write_parquet(str(place))
        return Staged(str(place))

    return write


@pytest.fixture
def delta(tmp_path: Path) -> SimpleNamespace:
    """A Delta table to be, and ways to look at it from outside."""
    place = str(tmp_path / "lake" / "orders")

    def read(partition: str | None = None) -> list[tuple[object, ...]]:
        frame = pl.DataFrame(DeltaTable(place).scan()).sort("order id", nulls_last=True)
        if partition is not None:
            frame = frame.filter(pl.col(PARTITION_COLUMN) == partition).drop(PARTITION_COLUMN)
        return frame.rows()

    def commits() -> list[tuple[int, str, str, str]]:
        return [
            (entry["version"], *(str(entry[key]) for key in (COMMIT_BATCH, COMMIT_CONTENT, COMMIT_RUN)))
            for entry in DeltaTable(place).history()
            if COMMIT_BATCH in entry
        ]

    return SimpleNamespace(
        place=place,
        another=lambda name: DeltaTarget(str(tmp_path / "lake" / name)),
        target=DeltaTarget(place),
        key="target.path",
        spelled={"double": "double"},
        read=read,
        commits=commits,
        history=lambda: DeltaTable(place).history(),
        schema=lambda: pl.DataFrame(DeltaTable(place).scan()).schema,
    )


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
    """The name of a schema of its own for one test, which nobody has made yet."""
    name = f"mart {next(NUMBERS)}"
    yield name
    with warehouse.connect() as connection:
        connection.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(name)))


@pytest.fixture
def sql(warehouse: Warehouse, schema: str) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """Speak to the database from outside: `{orders}` is the view, `{staged}` a table; commit at once."""
    with warehouse.connect() as connection:
        connection.autocommit = True
        connection.execute("SET TIME ZONE 'UTC'")
        suffixes = ("", "_versions", "_commits", "_pointer")
        names = {name: Identifier(schema, name) for name in ("staged", *(f"orders{it}" for it in suffixes))}

        def run(statement: str, *values: object) -> list[tuple[Any, ...]]:
            written = SQL(statement).format(**names, schema=Identifier(schema))
            cursor = connection.execute(written, values or None)
            return cursor.fetchall() if cursor.description else []

        yield run


@pytest.fixture
def postgres(warehouse: Warehouse, schema: str, sql: Callable[..., list[tuple[Any, ...]]]) -> SimpleNamespace:
    """A table in PostgreSQL to be, and ways to look at it from outside."""

    def read(partition: str | None = None) -> list[tuple[object, ...]]:
        found = sql('SELECT * FROM {orders} ORDER BY "order id" NULLS LAST')
        return found if partition is None else [row[:-1] for row in found if row[-1] == partition]

    return SimpleNamespace(
        place=f"postgres://shop_db/{schema}.orders",
        another=lambda name: PostgresTarget(warehouse, f"{schema}.{name}"),
        target=PostgresTarget(warehouse, f"{schema}.orders"),
        key="target.table",
        spelled={"double": "double precision"},
        read=read,
        commits=lambda: sql("SELECT version, batch, content, run FROM {orders_commits} ORDER BY 1 DESC"),
    )


@pytest.fixture(params=["delta", "postgres"])
def table(request: pytest.FixtureRequest) -> SimpleNamespace:
    """A published table to be, of each sort: what holds for one must hold for the other."""
    found: SimpleNamespace = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def day() -> Callable[[str], Batch]:
    """Make the batch of a partition."""
    return lambda partition: Batch(team="shop", product="orders", dataset="orders", partition=partition)
