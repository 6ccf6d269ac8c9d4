"""Databases that judge rows here, by the same tables as those that don't.

What is rendered for others can be tried in DuckDB and PostgreSQL: from here come their queries that count all
promises at once. Of MariaDB and SQLite there is what a script says beside the queries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.mariadb import words as mariadb
from airflow_dataops.engines.sql.mariadb.column_type import COLUMNS
from airflow_dataops.engines.sql.postgres.pattern import translated
from airflow_dataops.engines.sql.postgres.words import matches
from airflow_dataops.engines.sql.reading import INSTANT, SQL_TYPES
from airflow_dataops.engines.sql.rendered.database import Database, instant_of_text, number_of_text
from airflow_dataops.engines.sql.rendered.ends import calendar, finite
from airflow_dataops.engines.sql.rendered.words import call, text
from airflow_dataops.engines.sql.sqlite import names
from airflow_dataops.engines.sql.sqlite.stored import DECLARED
from airflow_dataops.warehouse.column_type import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlglot import exp


def _beyond(types: Mapping[LogicalType, str]) -> dict[LogicalType, Callable[[exp.Expr], exp.Expr]]:
    return {
        LogicalType.NUMBER: finite(number_of_text, types[LogicalType.NUMBER]),
        LogicalType.DATE: calendar(LogicalType.DATE, number_of_text, types[LogicalType.DATE]),
        LogicalType.TIMESTAMP: calendar(LogicalType.TIMESTAMP, instant_of_text, types[LogicalType.TIMESTAMP]),
        LogicalType.TIME: calendar(LogicalType.TIME, number_of_text, types[LogicalType.TIME]),
    }


DUCKDB = Database(
    name="duckdb",
    title="DuckDB",
    types=SQL_TYPES | {LogicalType.TIMESTAMP: INSTANT},
    beyond=_beyond(SQL_TYPES),
    found=lambda column, pattern: call("regexp_matches", column, text(pattern)),
    length=lambda column: call("length", column),
)

POSTGRES = Database(
    name="postgres",
    title="PostgreSQL",
    types=NAMES,
    decimal="numeric({precision}, {scale})",
    beyond=_beyond(NAMES),
    found=lambda column, pattern: matches(column, translated(pattern)),
    length=lambda column: call("char_length", column),
)

MARIADB = Database(
    name="mysql",
    title="MariaDB",
    types=COLUMNS,
    found=lambda column, pattern: mariadb.found(mariadb.as_text(column), pattern),
    length=lambda column: call("char_length", column),
    at_once=False,
)

SQLITE = Database(
    name="sqlite",
    title="SQLite",
    types={LogicalType.STRING: "TEXT"} | DECLARED,
    found=lambda column, pattern: call(names.FOUND, column, text(pattern)),
    length=lambda column: call(names.LENGTH, column),
    booleans=False,
    at_once=False,
)
