"""The same few rows in DuckDB and in the databases that are compared with it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import duckdb
import mysql.connector
import psycopg
import pytest

from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.engines.sql.agreement.agreed import told
from airflow_dataops.engines.sql.mariadb.dialect import written as mariadb_written
from airflow_dataops.engines.sql.mariadb.reading import MARIADB
from airflow_dataops.engines.sql.mariadb.session import OPENING
from airflow_dataops.engines.sql.postgres.reading import POSTGRES
from airflow_dataops.engines.sql.select import parse_select
from airflow_dataops.engines.sql.sqlite.functions import register
from airflow_dataops.engines.sql.sqlite.reading import SPELLING as SQLITE
from airflow_dataops.engines.sql.sqlite.written import written as sqlite_written
from airflow_dataops.errors import NotEvaluatedError
from airflow_dataops.warehouse.settled import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlglot import exp

COLUMNS: dict[str, ColumnType] = {
    "n": ColumnType(LogicalType.INTEGER),
    "m": ColumnType(LogicalType.INTEGER),
    "a": ColumnType(LogicalType.NUMBER, 10, 2),
    "c": ColumnType(LogicalType.NUMBER, 8, 3),
    "d": ColumnType(LogicalType.NUMBER),
    "e": ColumnType(LogicalType.NUMBER),
    "t": ColumnType(LogicalType.STRING),
    "u": ColumnType(LogicalType.STRING),
    "day": ColumnType(LogicalType.DATE),
    "due": ColumnType(LogicalType.DATE),
    "since": ColumnType(LogicalType.TIMESTAMP),
    "till": ColumnType(LogicalType.TIMESTAMP),
    "b": ColumnType(LogicalType.BOOLEAN),
}

TYPES: dict[str, tuple[str, ...]] = {
    "duckdb": (
        *("BIGINT", "BIGINT", "DECIMAL(10,2)", "DECIMAL(8,3)", "DOUBLE", "DOUBLE", "VARCHAR", "VARCHAR"),
        *("DATE", "DATE", "TIMESTAMPTZ", "TIMESTAMPTZ", "BOOLEAN"),
    ),
    "postgres": (
        *("bigint", "bigint", "numeric(10,2)", "numeric(8,3)", "float8", "float8", "text", "text"),
        *("date", "date", "timestamptz", "timestamptz", "boolean"),
    ),
    # The collations are not those that are needed: what a rule is told as has to see to that.
    "mysql": (
        *("BIGINT", "BIGINT", "DECIMAL(10,2)", "DECIMAL(8,3)", "DOUBLE", "DOUBLE"),
        *("TEXT COLLATE utf8mb4_general_ci", "TEXT COLLATE utf8mb4_unicode_ci"),
        *("DATE", "DATE", "DATETIME(6)", "DATETIME(6)", "BOOLEAN"),
    ),
    "sqlite": (
        *("INTEGER", "INTEGER", "INTEGER", "INTEGER", "REAL", "REAL", "TEXT COLLATE NOCASE", "TEXT"),
        *("TEXT", "TEXT", "TEXT", "TEXT", "INTEGER"),
    ),
}
"""Database -> the types of the columns there."""

MARKS = {"duckdb": "?", "postgres": "%s", "mysql": "%s", "sqlite": "?"}

FOUND = {"postgres": POSTGRES.found, "mysql": MARIADB.found, "sqlite": SQLITE.found}

WRITTEN: dict[str, Callable[[exp.Query], str]] = {
    "duckdb": lambda tree: tree.sql("duckdb"),
    "postgres": lambda tree: tree.sql("postgres"),
    "mysql": mariadb_written,
    "sqlite": sqlite_written,
}
"""Database -> how its engine writes a tree."""

FAILS = (duckdb.Error, psycopg.Error, mysql.connector.Error, sqlite3.Error)


@dataclass(frozen=True)
class Answer:
    """What a rule came to: its number, null, or why there is none."""

    number: Fraction | None = None
    refused: str = ""
    failed: str = ""
    finite: bool = True


class Databases:
    """All four, each with one table."""

    def __init__(self, connections: dict[str, Any]) -> None:
        self._connections = connections

    def fill(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Put rows into each."""
        for engine, connection in self._connections.items():
            with closing(connection.cursor()) as cursor:
                cursor.execute("DELETE FROM fx_rows")
                marks = ", ".join(MARKS[engine] for _ in COLUMNS)
                for row in rows:
                    cursor.execute(f"INSERT INTO fx_rows VALUES ({marks})", _held(row, engine))  # noqa: S608

    def answer(self, sql: str, engine: str) -> Answer:
        """Return what a rule comes to in one of them."""
        tree = parse_select(sql, table="fx_rows", place="query", filled=True)
        found = FOUND.get(engine)
        try:
            rule = told(tree, engine=engine, columns={"fx_rows": COLUMNS}, found=found)
        except NotEvaluatedError as error:
            return Answer(refused=str(error))
        return self._ask(WRITTEN[engine](rule.tree), engine, *(rule.scales or (0,)))

    def _ask(self, text: str, engine: str, scale: int) -> Answer:
        with closing(self._connections[engine].cursor()) as cursor:
            if engine == "postgres":
                cursor.execute("SAVEPOINT before")
            try:
                cursor.execute(text)
                rows = cursor.fetchall()
            except FAILS as error:
                if engine == "postgres":
                    cursor.execute("ROLLBACK TO before")
                return Answer(failed=f"{type(error).__name__}: {error}: {text}")
        if len(rows) != 1:
            return Answer(failed=f"{len(rows)} rows: {text}")
        value = rows[0][0]
        if value is None:
            return Answer()
        if not Decimal(value).is_finite():
            return Answer(finite=False)
        return Answer(Fraction(value) / 10**scale)


def _held(row: tuple[Any, ...], engine: str) -> tuple[Any, ...]:
    if engine == "mysql":
        return tuple(value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value for value in row)
    if engine != "sqlite":
        return row
    return tuple(_in_sqlite(value, kind) for value, kind in zip(row, COLUMNS.values(), strict=True))


def _in_sqlite(value: Any, kind: ColumnType) -> Any:
    if value is None:
        return None
    if kind.scale is not None:
        return int(value.scaleb(kind.scale))
    if kind.logical is LogicalType.TIMESTAMP:
        return value.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    return value.isoformat() if kind.logical is LogicalType.DATE else value


@pytest.fixture(scope="module")
def databases(postgresql: str) -> Iterator[Databases]:
    """DuckDB, PostgreSQL, MariaDB and SQLite, with an empty table each that goes with the connection."""
    duck = duckdb.connect(":memory:")
    duck.execute("SET GLOBAL TimeZone = 'UTC'")
    postgres = psycopg.connect(postgresql.replace("postgresql+psycopg://", "postgresql://"))
    for name, value in SETTINGS.items():
        if name not in {"search_path", "row_security"}:
            postgres.execute("SELECT set_config(%s, %s, false)", [name, value])
    maria = mysql.connector.connect(host="127.0.0.1", user="root", password="", database="test")
    connections: dict[str, Any] = {
        "duckdb": duck,
        "postgres": postgres,
        "mysql": maria,
        "sqlite": sqlite3.connect(":memory:"),
    }
    register(connections["sqlite"])
    try:
        for engine, connection in connections.items():
            pairs = zip(COLUMNS, TYPES[engine], strict=True)
            columns = ", ".join(f"{name} {kind}" for name, kind in pairs)
            with closing(connection.cursor()) as cursor:
                for statement in OPENING[:2] if engine == "mysql" else ():
                    cursor.execute(statement)
                kept = "" if engine == "duckdb" else "TEMPORARY"  # its cursors are sessions of their own
                cursor.execute(f"CREATE {kept} TABLE fx_rows ({columns})")
        yield Databases(connections)
    finally:
        for connection in connections.values():
            connection.close()


@pytest.fixture
def same(databases: Databases) -> Callable[[str, str], Answer]:
    """Hold that a rule comes to the same in a database and in DuckDB, is refused or fails; return which."""

    def compare(sql: str, engine: str) -> Answer:
        expected, found = databases.answer(sql, "duckdb"), databases.answer(sql, engine)
        assert not found.refused or "mean" in found.refused, found
        if not (found.refused or found.failed or expected.failed):
            assert expected.finite == found.finite, (sql, expected, found)
            assert (expected.number is None) == (found.number is None), (sql, expected, found)
            if expected.number is not None and found.number is not None:
                size = max(abs(expected.number), 1)
                near = 0 if sql.startswith("SELECT count") else size / 10**12
                assert abs(expected.number - found.number) <= near, (sql, expected, found)
        return found

    return compare
