"""What DuckDB makes of a pattern and of a listed value, tried without rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from airflow_dataops.engines.sql.duckdb.session import ask, ask_numbers
from airflow_dataops.engines.sql.reading import value_of
from airflow_dataops.engines.sql.spelling import TEXT

if TYPE_CHECKING:
    from airflow_dataops.core.contract.model import ColumnType


def compiles(connection: duckdb.DuckDBPyConnection, pattern: str) -> bool:
    """Say whether a pattern is one that RE2 reads."""
    try:
        ask(connection, "SELECT regexp_matches('', $1)", [pattern])
    except duckdb.Error:
        return False
    return True


def has_value(connection: duckdb.DuckDBPyConnection, text: str, column_type: ColumnType) -> bool:
    """Say whether a text is a value of a type."""
    value = value_of(exp.Literal.string(text), TEXT, column_type)
    (missing,) = ask_numbers(connection, exp.select(exp.Is(this=value, expression=exp.null())).sql("duckdb"))
    return not missing
