"""Where rows can lie, and the engine that judges them there: the seats of this package's own engines."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import mysql.connector
import polars as pl
import psycopg
from psycopg.sql import SQL, Identifier

from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.others import Published
from airflow_dataops.core.rows.relation import Framed, InPlace, Landed, LandedPart
from airflow_dataops.engines.sql.hooked.engine import HookedEngine
from airflow_dataops.engines.sql.mariadb.system import mariadb as system_of_mariadb
from airflow_dataops.engines.sql.postgres.engine import PostgresEngine
from airflow_dataops.engines.sql.sqlite.system import SQLITE
from airflow_dataops.testing.engine import Seat, duckdb
from airflow_dataops.testing.places import OTHERWISE, PLACES
from airflow_dataops.warehouse.database import Database, TableName
from airflow_dataops.warehouse.postgres import Table, Warehouse
from airflow_dataops.wiring import relations
from tests.engines.sql.mariadb.conftest import HOST, PORT, USER
from tests.strategies import delimited

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from airflow_dataops.core.rows.relation import Relation

PARQUET = Dialect(format=Format.PARQUET)


def _file(path: Path, dialect: Dialect) -> Landed:
    return Landed(str(path), (LandedPart(str(path), path.name),), dialect)


def landed_parquet(folder: Path) -> Seat:
    """Parquet files as they landed."""
    base = duckdb(folder)

    def put(name: str, rows: pl.DataFrame) -> Relation:
        file = folder / f"{name}.landed"
        rows.write_parquet(file)
        return _file(file, PARQUET)

    return Seat(engine=base.engine, put=put, beside=base.beside)


def csv(folder: Path) -> Seat:
    """Delimited files: each value is a text, and an empty one is null."""
    base = duckdb(folder)

    def put(name: str, rows: pl.DataFrame) -> Relation:
        file = folder / f"{name}.csv"
        texts = [[cell or "" for cell in row] for row in rows.rows()]
        file.write_bytes(delimited([rows.columns, *texts]))
        return _file(file, Dialect())

    return Seat(engine=base.engine, put=put, beside=base.beside, lacks=PLACES["csv"].lacks)


def polars_frame(folder: Path) -> Seat:
    """Frames of polars, as tasks hand them over."""
    base = duckdb(folder)

    def put(name: str, rows: pl.DataFrame) -> Relation:
        return relations.framed(rows.lazy(), name=name)

    return Seat(engine=base.engine, put=put, beside=base.beside)


def pandas_frame(folder: Path) -> Seat:
    """Frames of pandas, whose missing values are null, and whose NaN is one of them."""
    import pandas as pd

    base = duckdb(folder)

    def put(name: str, rows: pl.DataFrame) -> Relation:
        frame = pd.DataFrame({each.name: _of_pandas(each) for each in rows})
        return relations.framed(frame, name=name)

    return Seat(engine=base.engine, put=put, beside=base.beside, lacks=PLACES["pandas"].lacks)


def _of_pandas(values: pl.Series) -> Any:
    import pandas as pd

    dtype = values.dtype
    if dtype == pl.String:
        return pd.Series(values.to_list(), dtype="str")
    if dtype.is_integer():
        return pd.Series(values.to_list(), dtype=str(dtype))
    if dtype == pl.Boolean:
        return pd.Series(values.to_list(), dtype="boolean")
    if dtype.is_float():
        return pd.Series(values.to_numpy(writable=True))
    if isinstance(dtype, pl.Datetime):
        return pd.Series(values.to_list(), dtype=f"datetime64[us{', UTC' if dtype.time_zone else ''}]")
    return pd.Series(values.to_list(), dtype=object)


def delta(folder: Path) -> Seat:
    """The newest version of a Delta table, as deltalake reads it. What lies in its files is Parquet."""
    from deltalake import DeltaTable, write_deltalake

    from airflow_dataops.targets.published import DeltaRows

    base = duckdb(folder)

    def put(name: str, rows: pl.DataFrame) -> Relation:
        table = folder / name
        shutil.rmtree(table, ignore_errors=True)
        if not rows.height:
            return base.put(name, rows)  # a table without a file is no relation
        write_deltalake(str(table), rows)
        seen = DeltaRows(DeltaTable(str(table)))
        return Framed(str(table), seen.columns, seen, ordered=False)

    # Delta has no type for 16 bits that polars writes, nor for times of day.
    return Seat(engine=base.engine, put=put, beside=base.beside, lacks=PLACES["delta"].lacks)


MARIADB_TYPES: dict[Any, str] = {
    pl.String: "longtext COLLATE utf8mb4_general_ci",
    pl.Int16: "smallint",
    pl.Int32: "int",
    pl.Int64: "bigint",
    pl.Float32: "float",
    pl.Float64: "double",
    pl.Boolean: "boolean",
    pl.Binary: "longblob",
    pl.Date: "date",
    pl.Time: "time(6)",
    pl.Datetime: "datetime(6)",
}
"""Type of polars -> MariaDB's. The collation of texts tells neither case nor accents apart."""


@contextmanager
def mariadb() -> Iterator[Seat]:
    """Tables of MariaDB, where they are."""
    name = f"dataops_{uuid4().hex}"
    account: dict[str, Any] = {"host": HOST, "port": PORT, "user": USER, "password": ""}
    connection = mysql.connector.connect(**account, autocommit=True)
    cursor = connection.cursor()
    cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    cursor.execute(f"USE {name}")
    database = Database(
        "shop_mysql",
        "mysql",
        lambda: mysql.connector.connect(**account, database=name, time_zone="-05:00", charset="utf8mb4"),
    )

    def put(table: str, rows: pl.DataFrame) -> str:
        columns = ", ".join(f"`{column}` {_mariadb_type(dtype)}" for column, dtype in rows.schema.items())
        cursor.execute(f"DROP TABLE IF EXISTS `{table}`")
        cursor.execute(f"CREATE TABLE `{table}` ({columns})")
        if rows.height:
            marks = ", ".join(["(" + ", ".join(["%s"] * rows.width) + ")"] * rows.height)
            cells = [cell for row in rows.rows() for cell in row]
            cursor.execute(f"INSERT INTO `{table}` VALUES {marks}", cells)  # noqa: S608
        return database.address(TableName(table))

    try:
        yield Seat(
            engine=HookedEngine(database, system_of_mariadb()),
            put=lambda table, rows: InPlace(put(table, rows)),
            beside=lambda table, rows: Published(put(table, rows)),
            lacks=PLACES["mariadb"].lacks,
            refuses=(*PLACES["mariadb"].refuses.values(), *OTHERWISE),
        )
    finally:
        cursor.execute(f"DROP DATABASE {name}")
        connection.close()


def _mariadb_type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Decimal):
        return f"decimal({dtype.precision},{dtype.scale})"
    return MARIADB_TYPES[type(dtype)]


SQL_TYPES: dict[Any, str] = {
    pl.String: "text",
    pl.Int16: "smallint",
    pl.Int32: "integer",
    pl.Int64: "bigint",
    pl.Float32: "real",
    pl.Float64: "double precision",
    pl.Boolean: "boolean",
    pl.Binary: "bytea",
    pl.Date: "date",
    pl.Time: "time",
}
"""Type of polars -> PostgreSQL's."""


def postgres_type(dtype: pl.DataType) -> str:
    """Return PostgreSQL's type for one of polars."""
    if isinstance(dtype, pl.Decimal):
        return f"numeric({dtype.precision},{dtype.scale})"
    if isinstance(dtype, pl.Datetime):
        return "timestamptz" if dtype.time_zone else "timestamp"
    return SQL_TYPES[type(dtype)]


def sqlite(folder: Path) -> Seat:
    """Tables of SQLite, where they are."""
    file = folder / "shop.db"
    database = Database("shop_db", "sqlite", lambda: sqlite3.connect(file))
    affinities = {pl.String: "TEXT", pl.Float64: "REAL"}

    def put(name: str, rows: pl.DataFrame) -> str:
        with closing(sqlite3.connect(file)) as connection, connection:
            columns = ", ".join(f'"{c}" {affinities.get(type(d), "INTEGER")}' for c, d in rows.schema.items())
            connection.execute(f'DROP TABLE IF EXISTS "{name}"')
            connection.execute(f'CREATE TABLE "{name}" ({columns})')
            marks = ", ".join("?" for _ in rows.columns)
            connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows.rows())  # noqa: S608
        return database.address(TableName(name))

    return Seat(
        engine=HookedEngine(database, SQLITE),
        put=lambda name, rows: InPlace(put(name, rows)),
        beside=lambda name, rows: Published(put(name, rows)),
        lacks=PLACES["sqlite"].lacks,
        refuses=(*PLACES["sqlite"].refuses.values(), *OTHERWISE),
    )


@contextmanager
def postgres(database: str) -> Iterator[Seat]:
    """Tables of PostgreSQL, where they are, of a session whose time zone is far away.

    The tables go with the database.
    """
    connection = psycopg.connect(database, autocommit=True, prepare_threshold=None)
    warehouse = Warehouse("shop_db", lambda: psycopg.connect(database, options="-c timezone=Asia/Tokyo"))
    schema, made = f"seat {uuid4().hex}", itertools.count(1)
    connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))

    def put(name: str, rows: pl.DataFrame) -> str:
        # A name of its own each time: the views of the last scan go when the server has noticed its end.
        table = Table(schema, f"{name} {next(made)}")
        columns = SQL(", ").join(
            SQL("{} {}").format(Identifier(column), SQL(postgres_type(dtype)))
            for column, dtype in rows.schema.items()
        )
        connection.execute(SQL("CREATE TABLE {} ({})").format(table.sql, columns))
        if rows.height:
            marks = SQL("({})").format(SQL(", ").join(SQL("%s") for _ in rows.columns))
            insert = SQL("INSERT INTO {} VALUES {}").format(table.sql, SQL(", ").join([marks] * rows.height))
            connection.execute(insert, [cell for row in rows.rows() for cell in row])
        return warehouse.address(table)

    yield Seat(
        engine=PostgresEngine(warehouse),
        put=lambda name, rows: InPlace(put(name, rows)),
        beside=lambda name, rows: Published(put(name, rows)),
        lacks=PLACES["postgres"].lacks,
        refuses=(*PLACES["postgres"].refuses.values(), *OTHERWISE),
    )
    connection.close()
