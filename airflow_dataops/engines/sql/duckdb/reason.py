"""Why SQL of people fails in DuckDB, in the words of what databases agree about: its own may quote values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot.errors import SqlglotError

from airflow_dataops.engines.sql.agreement.agreed import disputed
from airflow_dataops.engines.sql.agreement.kind import DECIMAL, LOGICAL, Kind
from airflow_dataops.engines.sql.reading import SQL_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot import exp

KINDS = {name: LOGICAL[logical] for logical, name in SQL_TYPES.items()}
"""DuckDB's name of a type -> the kind of its values."""

EXACT = re.compile(r"DECIMAL\((\d+),(\d+)\)")


def reason(tree: exp.Query, *, table: str, columns: Mapping[str, str]) -> str:
    """Return which part of a SELECT that failed is one that databases don't agree about; empty for none.

    Args:
        tree: The SELECT.
        table: The table that it reads.
        columns: Its columns and DuckDB's names of their types.
    """
    kinds = {name.casefold(): _kind(kind) for name, kind in columns.items()}
    known = {name: kind for name, kind in kinds.items() if kind is not None}
    if len(known) < len(kinds):
        return ""
    try:
        return disputed(tree, columns={table.casefold(): known})
    except (SqlglotError, RecursionError):
        return ""


def _kind(name: str) -> Kind | None:
    exact = EXACT.fullmatch(name)
    return Kind(DECIMAL.name, int(exact[1]), int(exact[2])) if exact else KINDS.get(name)
