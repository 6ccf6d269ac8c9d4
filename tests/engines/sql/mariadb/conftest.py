"""A database in MariaDB, and a way to read the same texts there and in DuckDB."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import duckdb
import pytest
from sqlglot import exp

from airflow_dataops.engines.sql.mariadb.dialect import DIALECT
from airflow_dataops.engines.sql.mariadb.reading import MARIADB
from airflow_dataops.engines.sql.mariadb.session import settled
from airflow_dataops.engines.sql.reading import DUCKDB
from airflow_dataops.engines.sql.spelling import TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from airflow_dataops.core.contract.model import ColumnType

mysql = pytest.importorskip("mysql.connector")

HOST, PORT, USER = "127.0.0.1", int(os.environ.get("MARIADB_PORT", "3306")), "root"


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Any]:
    """A connection to a server, in a database that is dropped afterwards; skipped where there is none."""
    name = f"dataops_{uuid4().hex}"
    try:
        opened = mysql.connect(host=HOST, port=PORT, user=USER, password="", autocommit=True)
    except mysql.Error as error:
        pytest.skip(f"no MariaDB at {HOST}:{PORT} ({type(error).__name__})")
    with closing(opened) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
        try:
            cursor.execute(f"USE {name}")
            yield connection
        finally:
            cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture
def ask(mariadb: Any) -> Callable[..., list[tuple[Any, ...]]]:
    """Run a statement, as people would, and return its rows."""

    def run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(mariadb.cursor()) as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.with_rows else []

    return run


@pytest.fixture
def read(mariadb: Any) -> Callable[[exp.Select], list[tuple[Any, ...]]]:
    """Run a tree in a settled session, and return its rows."""

    def run(query: exp.Select) -> list[tuple[Any, ...]]:
        with settled(mariadb), closing(mariadb.cursor()) as cursor:
            cursor.execute(query.sql(DIALECT))
            return cursor.fetchall()

    return run


@pytest.fixture
def both(ask: Any, read: Any) -> Iterator[Callable[[Sequence[str], ColumnType], Any]]:
    """Return the values that texts have in a type: in DuckDB, and in MariaDB, each as Python's."""
    table = f"texts_{uuid4().hex}"
    ask(f"CREATE TABLE {table} (at int PRIMARY KEY, text longtext COLLATE utf8mb4_general_ci)")

    def run(texts: Sequence[str], column_type: ColumnType) -> Any:
        ask(f"DELETE FROM {table}")  # noqa: S608
        for start in range(0, len(texts), 1000):
            some = list(enumerate(texts))[start : start + 1000]
            marks = ", ".join(["(%s, %s)"] * len(some))
            ask(f"INSERT INTO {table} VALUES {marks}", *(value for pair in some for value in pair))  # noqa: S608
        value = MARIADB.value_of(exp.column("text"), "longtext", column_type)
        query = exp.select(value).from_(exp.to_identifier(table)).order_by(exp.column("at"))
        with duckdb.connect() as duck:
            duck.execute("SET TimeZone = 'UTC'")
            tree = exp.select(DUCKDB.value_of(exp.column("text"), TEXT, column_type)).sql("duckdb")
            expected = duck.execute(f"{tree} FROM unnest($1) AS t(text)", [list(texts)]).fetchall()
        return [one for (one,) in expected], [one for (one,) in read(query)]

    yield run
    ask(f"DROP TABLE {table}")
