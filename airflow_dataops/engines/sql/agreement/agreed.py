"""A rule, written as DuckDB reads it, as another database is told of it, so that it means the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.engines.sql.agreement.kind import Differs, kind_of
from airflow_dataops.engines.sql.agreement.names import quote, take_in
from airflow_dataops.engines.sql.agreement.queries import Queries
from airflow_dataops.engines.sql.agreement.scope import Scope
from airflow_dataops.engines.sql.agreement.way import CALLED, ENGINES, EVERYWHERE, MARIADB, POSTGRES, SQLITE
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlglot import exp

    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.engines.sql.agreement.kind import Kind


@dataclass(frozen=True, slots=True)
class Told:
    """A rule as a database is told of it.

    Args:
        tree: The SELECT.
        kinds: The kinds of its columns; none for DuckDB, which is told of it as it is written.
        scales: By which power of ten the number of each column is too large: SQLite has no decimals.
    """

    tree: exp.Query
    kinds: tuple[Kind, ...] = ()
    scales: tuple[int, ...] = ()


def agreed(
    tree: exp.Query,
    *,
    engine: str,
    columns: Mapping[str, Mapping[str, ColumnType]],
    found: Callable[[exp.Expr, str], exp.Expr] | None = None,
) -> exp.Query:
    """Return a rule as a database must be told, so that it comes to what it comes to in DuckDB.

    Args:
        tree: The SELECT, as DuckDB reads it.
        engine: The database, as sqlglot calls its dialect. Nothing is to be done for DuckDB itself.
        columns: The name of each table that it reads -> its columns and their types, as they are held there:
            in SQLite as `sqlite/stored.py` says.
        found: A text and a pattern of RE2 -> whether the pattern is found there, as the database says it;
            None where it can't.

    Raises:
        NotEvaluatedError: If a part of it means something else there, or nothing says that it means the same.
    """
    return told(tree, engine=engine, columns=columns, found=found).tree


def disputed(tree: exp.Query, *, columns: Mapping[str, Mapping[str, Kind]]) -> str:
    """Return which part of a rule databases don't agree about, and why; empty where they do.

    Args:
        tree: The SELECT, as DuckDB reads it.
        columns: The name of each table that it reads -> its columns and their kinds, in lower case.
    """
    scope = Scope({name: dict(kinds) for name, kinds in columns.items()})
    try:
        Queries(EVERYWHERE, None).columns(tree.copy(), scope)
    except Differs as difference:
        return str(difference)
    return ""


def told(
    tree: exp.Query,
    *,
    engine: str,
    columns: Mapping[str, Mapping[str, ColumnType]],
    found: Callable[[exp.Expr, str], exp.Expr] | None = None,
) -> Told:
    """Return the same as `agreed`, with the kinds of its columns.

    Args:
        tree: As there.
        engine: As there.
        columns: As there.
        found: As there.

    Raises:
        NotEvaluatedError: As there.
    """
    database = CALLED.get(engine, engine)
    if database == "duckdb":
        return Told(tree)
    if database not in ENGINES:
        raise NotEvaluatedError(f"nothing says which SQL means the same in {engine}")
    kinds = {
        name.casefold(): {column.casefold(): kind_of(column_type) for column, column_type in listed.items()}
        for name, listed in columns.items()
    }
    copy = tree.copy()
    try:
        of_columns = Queries(database, found).columns(copy, Scope(kinds))
    except Differs as difference:
        raise NotEvaluatedError(str(difference)) from None
    found_kinds = tuple(kind for _, kind in of_columns)
    if database == MARIADB:
        take_in(copy)
    if database != POSTGRES:  # whose names are spelled where its types are
        quote(copy, columns)
    return Told(copy, found_kinds, tuple(kind.scale if database == SQLITE else 0 for kind in found_kinds))
