"""Landed Parquet files: their columns, and whether they can be read at all."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from airflow_dataops.engines.sql.duckdb import statement
from airflow_dataops.engines.sql.duckdb.session import ask, types_of
from airflow_dataops.errors import BadDataError

if TYPE_CHECKING:
    from airflow_dataops.core.rows.relation import Landed, LandedPart

OURS: tuple[type[duckdb.Error], ...] = (duckdb.OutOfMemoryException, duckdb.InterruptException)
"""What DuckDB raises for no fault of the file."""


def filled_parts(relation: Landed) -> tuple[LandedPart, ...]:
    """Return the files that hold a byte.

    Raises:
        OSError: If one can't be looked at.
    """
    return tuple(part for part in relation.parts if Path(part.uri).stat().st_size)


def parquet_columns(connection: duckdb.DuckDBPyConnection, relation: Landed) -> tuple[str, ...]:
    """Return the names of the columns of the files, in the order of the first; none if all are empty.

    Raises:
        BadDataError: If one is no Parquet file, or they don't have the same columns.
        OSError: If one can't be read.
    """
    names: tuple[str, ...] = ()
    for part in filled_parts(relation):
        found = part_types(connection, part)
        if names and set(names) != found.keys():
            raise BadDataError(
                "the file hasn't the columns that the first one has",
                where=part.name,
                hint="Have all files of a drop sent with the same columns; their order doesn't matter.",
            )
        names = names or tuple(found)
    return names


def part_types(connection: duckdb.DuckDBPyConnection, part: LandedPart) -> dict[str, str]:
    """Return the columns of a file and DuckDB's names of their types.

    Raises:
        BadDataError: If it is no Parquet file.
    """
    try:
        found = types_of(connection, statement.parquet(part.uri))
    except OURS:
        raise
    except duckdb.Error:
        found = {}
    if not found:
        raise _damaged(part)
    _refuse_repeated(connection, part)
    return found


def _refuse_repeated(connection: duckdb.DuckDBPyConnection, part: LandedPart) -> None:
    """DuckDB gives the second of two columns of one name another one, and nobody would miss it."""
    names = _own_names(connection, part)
    first: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        before = first.setdefault(name, position)
        if before != position:
            raise BadDataError(
                f"columns {before} and {position} of the file have the same name",
                where=part.name,
                hint="Name every column, once.",
            )


def _own_names(connection: duckdb.DuckDBPyConnection, part: LandedPart) -> list[str]:
    """Return the names of the file's columns as the file has them: the children of its schema's root."""
    file = exp.Literal.string(glob.escape(part.uri))
    rows = exp.select("name", "num_children").from_(
        exp.Table(this=exp.func("parquet_schema", file, dialect="duckdb"))
    )
    elements = iter(ask(connection, rows.sql("duckdb")))
    next(elements, None)  # the root
    names: list[str] = []
    inside = 0
    for name, children in elements:
        if not inside:
            names.append(str(name))
        inside += int(children or 0) - (1 if inside else 0)
    return names


def ask_of(connection: duckdb.DuckDBPyConnection, part: LandedPart, sql: str) -> None:
    """Run a statement that reads a file, and tell a file that can't be read from all else that may fail.

    Raises:
        BadDataError: If the statement fails, and so does reading the file alone.
    """
    try:
        ask(connection, sql)
    except OURS:
        raise
    except duckdb.Error:
        if _reads(connection, part):
            raise
    else:
        return
    raise _damaged(part)  # when DuckDB's error is gone


def _reads(connection: duckdb.DuckDBPyConnection, part: LandedPart) -> bool:
    hashes = exp.func("bit_xor", exp.func("hash", exp.column("r"), dialect="duckdb"), dialect="duckdb")
    rows = statement.parquet(part.uri, alias="r").select(hashes, append=False)
    try:
        ask(connection, rows.sql("duckdb"))
    except duckdb.Error:
        return False
    return True


def _damaged(part: LandedPart) -> BadDataError:
    return BadDataError(
        "the file is no Parquet file, or it is damaged or cut off",
        where=part.name,
        hint="Have it sent again, or declare its format.",
    )
