"""MariaDB, by any of the drivers that Airflow's hook for it opens."""

from __future__ import annotations

from contextlib import closing
from importlib import import_module
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.hooked.statement import table_of
from airflow_dataops.engines.sql.hooked.system import System
from airflow_dataops.engines.sql.mariadb.dialect import DIALECT, written
from airflow_dataops.engines.sql.mariadb.failures import NO_TABLE, heals, number_of, refusal, remedy
from airflow_dataops.engines.sql.mariadb.parting import PARTING
from airflow_dataops.engines.sql.mariadb.pattern import translated
from airflow_dataops.engines.sql.mariadb.reading import MARIADB
from airflow_dataops.engines.sql.mariadb.session import settled
from airflow_dataops.engines.sql.mariadb.words import matches
from airflow_dataops.errors import NotEvaluatedError, SettingsError

if TYPE_CHECKING:
    from airflow_dataops.warehouse.database import Connection, TableName

DRIVERS = ("MySQLdb", "mysql.connector")
"""The drivers, each of which has its own `Error`: mysqlclient, and mysql-connector-python."""

MOST_COLUMNS = 4096
"""MariaDB's limit for one table."""


def columns(connection: Connection, table: TableName) -> dict[str, str] | None:
    """Return the columns of a table or a view and their types; None where there is no such table.

    The server finds the name as it finds it in a SELECT: in upper and lower case alike, or not.
    """
    name = table_of(table).sql(DIALECT)
    with closing(connection.cursor()) as cursor:
        try:
            cursor.execute(f"SHOW COLUMNS FROM {name}")
        except errors() as error:
            if number_of(error) in NO_TABLE:
                return None
            raise
        return {_text(column): _text(kind).lower() for column, kind, *_ in cursor.fetchall()}


def compiles(connection: Connection, pattern: str) -> bool:
    """Say whether a pattern is one that PCRE2 reads, once it is written for it."""
    try:
        translated(pattern)
        text = written(exp.select(matches(exp.Literal.string(""), pattern)))
    except NotEvaluatedError:
        return False
    with closing(connection.cursor()) as cursor:
        try:
            cursor.execute(text)
            cursor.fetchall()
        except errors() as error:
            if heals(error):
                raise
            return False
    return True


def _text(value: str | bytes | bytearray) -> str:
    """Return a text, which some drivers return as bytes."""
    return value if isinstance(value, str) else bytes(value).decode()


def errors() -> tuple[type[Exception], ...]:
    """Return the errors of the drivers that are installed."""
    found = []
    for name in DRIVERS:
        try:
            found.append(import_module(name).Error)
        except ImportError:
            continue
    if not found:
        raise SettingsError(
            "no driver for MariaDB is installed",
            hint="Install mysqlclient, or mysql-connector-python, where tasks run.",
        )
    return tuple(found)


def mariadb() -> System:
    """Return what MariaDB is, with the drivers that are installed.

    Raises:
        SettingsError: If none is.
    """
    return System(
        title="MariaDB",
        dialect=DIALECT,
        spelling=MARIADB,
        written=written,
        columns=columns,
        settled=settled,
        errors=errors(),
        heals=heals,
        compiles=compiles,
        reader="MariaDB",
        most_columns=MOST_COLUMNS,
        parting=PARTING,
        refusal=refusal,
        remedy=remedy,
    )
