"""The columns that a query of a contract names, and whether the contract has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot.errors import OptimizeError, SqlglotError
from sqlglot.optimizer.qualify import qualify

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlglot import exp

UNKNOWN = re.compile(
    r"Unknown column: (?P<of>.+?)(?:\. Line:|\.?$)|Column '(?P<any>.+)' could not be resolved\."
)
"""What sqlglot says of a column that the table before it hasn't, and of one that no table has."""


def unknown_column(select: exp.Select, tables: Mapping[str, Iterable[str]]) -> str:
    """Return a column that a SELECT names and none of its tables has; empty where there is none.

    What can't be told from the text alone is taken for right: the data will tell.

    Args:
        select: The SELECT, as DuckDB reads it.
        tables: What it calls a table -> the columns of the table.
    """
    schema: dict[str, object] = {
        table: dict.fromkeys(columns, "VARCHAR") for table, columns in tables.items()
    }
    try:
        qualify(select.copy(), schema=schema, dialect="duckdb")
    except OptimizeError as error:
        found = UNKNOWN.search(str(error))
        return (found["of"] or found["any"]) if found else ""
    except (SqlglotError, RecursionError):
        return ""
    return ""
