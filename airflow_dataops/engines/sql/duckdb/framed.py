"""Rows that are handed over through Arrow, as DuckDB sees them: no file is written, and nothing is copied."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import duckdb
from sqlglot import exp

from airflow_dataops.core.rows.relation import Framed
from airflow_dataops.engines.sql.duckdb import statement
from airflow_dataops.engines.sql.duckdb.session import WORLD, ask, types_of
from airflow_dataops.engines.sql.duckdb.stream import Stream
from airflow_dataops.engines.sql.reading import NULL
from airflow_dataops.errors import BadDataError, BrokenWorldError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow_dataops.core.rows.relation import Relation

T = TypeVar("T")

FRAME = "frame"
"""The rows, with the columns that their stream has."""

COPY = "frame_copy"
"""Them, numbered, where each stream may have them in another order."""


@contextmanager
def seen(connection: duckdb.DuckDBPyConnection, relation: Relation) -> Iterator[None]:
    """Let a DuckDB see rows that are handed over, for as long as the block lasts; others need no such thing.

    Raises:
        BadDataError: If they have no column.
        BrokenWorldError: If they can't be read.
    """
    if not isinstance(relation, Framed):
        yield
        return
    if not relation.columns:
        raise BadDataError(
            "there is no column in it", where=relation.uri, hint="Have it made with the contract's columns."
        )
    _read(relation, lambda: connection.register(FRAME, Stream(relation.rows)))
    try:
        yield
    finally:
        connection.unregister(FRAME)


def framed_types(connection: duckdb.DuckDBPyConnection, relation: Framed) -> dict[str, str]:
    """Return name -> DuckDB's name of the type of each column of rows that it sees.

    Raises:
        BrokenWorldError: If they can't be read.
    """
    kinds = _read(relation, lambda: types_of(connection, exp.select(exp.Star()).from_(FRAME))).values()
    found = zip(relation.columns, kinds, strict=True)
    return {name: NULL if name in relation.blank else kind for name, kind in found}


def declared_types(connection: duckdb.DuckDBPyConnection, relation: Framed) -> dict[str, str]:
    """Return them as the rows themselves declare them: without digits, where those are DuckDB's alone.

    Raises:
        BrokenWorldError: If they can't be read.
    """
    found = framed_types(connection, relation)
    return {name: kind.partition("(")[0] if name in relation.loose else kind for name, kind in found.items()}


def framed_rows(relation: Framed) -> exp.Select:
    """Return rows that DuckDB sees as INCOMING has them, numbered from 1 in the order of their stream."""
    places = [f"s{at}" for at in range(len(relation.columns))]
    columns = [
        exp.alias_(exp.null() if name in relation.blank else exp.column(place), place)
        for name, place in zip(relation.columns, places, strict=True)
    ]
    number = exp.alias_(exp.Window(this=exp.RowNumber()), "line")
    alias = exp.TableAlias(this=exp.to_identifier(FRAME), columns=[exp.to_identifier(one) for one in places])
    return exp.select(number, *columns).from_(exp.Table(this=exp.to_identifier(FRAME), alias=alias))


def settled(connection: duckdb.DuckDBPyConnection, relation: Framed) -> exp.Select:
    """Return rows that DuckDB sees as INCOMING has them, the same each time they are asked for.

    Raises:
        BrokenWorldError: If they can't be read to their end.
    """
    rows = framed_rows(relation)
    if relation.ordered:
        return rows
    read_all(connection, relation, statement.table(COPY, rows))
    return exp.select(exp.Star()).from_(COPY)


def read_all(connection: duckdb.DuckDBPyConnection, relation: Framed, sql: str) -> None:
    """Run a statement that does little more than read rows which may lie elsewhere.

    Raises:
        BrokenWorldError: If they can't be read to their end.
    """
    _read(relation, lambda: ask(connection, sql))


def _read(relation: Framed, act: Callable[[], T]) -> T:
    try:
        return act()
    except WORLD:
        raise
    except duckdb.Error as error:
        kind = type(error).__name__
    raise BrokenWorldError(
        f"the rows can't be read ({kind})",
        where=relation.uri,
        hint="Check that they can be reached, then run it again.",
    )
