"""Rows into DuckDB, judged on their way and kept: from files of text, Parquet, a frame, a stage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.model import NESTED
from airflow_dataops.core.landing import Format
from airflow_dataops.core.rows.relation import Framed, Landed
from airflow_dataops.engines.sql.duckdb import statement
from airflow_dataops.engines.sql.duckdb.framed import framed_rows, read_all
from airflow_dataops.engines.sql.duckdb.landed import chunks, empty_chunk
from airflow_dataops.engines.sql.duckdb.marking import KEPT, judged_view, kept
from airflow_dataops.engines.sql.duckdb.parquet import ask_of, filled_parts, part_types
from airflow_dataops.engines.sql.duckdb.parts import STEP, keep_names
from airflow_dataops.engines.sql.duckdb.session import ask, ask_numbers
from airflow_dataops.engines.sql.duckdb.stream import Stream
from airflow_dataops.engines.sql.judging import INCOMING, UNPARSED

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb
    import polars as pl

    from airflow_dataops.core.rows.relation import Relation
    from airflow_dataops.engines.sql.duckdb.landed import Chunk
    from airflow_dataops.engines.sql.shape import Shape


@dataclass(frozen=True, slots=True)
class Taken:
    """How many rows came in.

    Args:
        records: Those in JUDGED.
        unparsable: Those in UNPARSED.
    """

    records: int
    unparsable: int


def take(connection: duckdb.DuckDBPyConnection, relation: Relation, shape: Shape) -> Taken:
    """Fill JUDGED and UNPARSED with the rows of a relation, and FILES with the names of its files.

    `line` is the place of a row: the number of its file, from 0, times STEP, and its line.

    Args:
        connection: A DuckDB that may read the relation.
        relation: The rows.
        shape: Their columns and the plan.

    Raises:
        BadDataError: If a file has not these columns, or can't be read to its end.
        OSError: If a file can't be read.
    """
    ask(connection, statement.empty_table(UNPARSED, {"line": "BIGINT", "raw": "VARCHAR"}))
    nothing = empty_chunk(len(shape.columns))
    names: list[str]
    if isinstance(relation, Framed):
        names = [relation.uri]
        ask(connection, statement.view(INCOMING, framed_rows(relation)))
        read_all(connection, relation, statement.table(KEPT, kept(shape)))
    elif not isinstance(relation, Landed):
        names = []
        ask(connection, statement.view(INCOMING, _numbered(relation.uri, shape, number=0)))
        ask(connection, statement.table(KEPT, kept(shape)))
    elif relation.dialect.format is Format.PARQUET:
        names = _take_parquet(connection, relation, shape, nothing)
    else:
        names = _take_text(connection, relation, shape, nothing)
    keep_names(connection, names)
    ask(connection, judged_view(shape))
    return Taken(_count(connection, KEPT), _count(connection, UNPARSED))


def _take_text(
    connection: duckdb.DuckDBPyConnection, relation: Landed, shape: Shape, nothing: Chunk
) -> list[str]:
    names: list[str] = []
    judged = kept(shape)
    every = exp.select(exp.Star()).from_(INCOMING)
    _show(connection, nothing.records, statement.table(KEPT, judged), name=INCOMING)
    take_records, take_broken = statement.insert(KEPT, judged), statement.insert(UNPARSED, every)
    nested = {column.name for column in shape.plan.columns if column.type.logical in NESTED}
    for chunk in chunks(relation, tuple(shape.columns), names=names, nested=nested):
        if chunk.records.height:
            _show(connection, chunk.records, take_records, name=INCOMING)
        if chunk.broken.height:
            _show(connection, chunk.broken, take_broken, name=INCOMING)
    return names


def _take_parquet(
    connection: duckdb.DuckDBPyConnection, relation: Landed, shape: Shape, nothing: Chunk
) -> list[str]:
    parts = filled_parts(relation)
    for number, part in enumerate(parts):
        types = part_types(connection, part)
        typed = replace(shape, columns={name: types[name] for name in shape.columns})
        rows = _numbered(part.uri, typed, number=number)
        ask(connection, statement.view(INCOMING, rows))
        fill: Callable[[str, exp.Query], str] = statement.insert if number else statement.table
        ask_of(connection, part, fill(KEPT, kept(typed)))
        ask(connection, statement.drop_view(INCOMING))
    if not parts:
        _show(connection, nothing.records, statement.table(KEPT, kept(shape)), name=INCOMING)
    return [part.name for part in parts]


def _numbered(file: str, shape: Shape, *, number: int) -> exp.Select:
    """Return the rows of a Parquet file, numbered from 1."""
    place = exp.Add(this=exp.Window(this=exp.RowNumber()), expression=exp.Literal.number(number * STEP))
    columns = [
        exp.alias_(exp.column(exp.to_identifier(name, quoted=True)), f"s{at}")
        for at, name in enumerate(shape.columns)
    ]
    return statement.parquet(file).select(exp.alias_(place, "line"), *columns, append=False)


def _show(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, sql: str, *, name: str) -> None:
    connection.register(name, Stream(frame))
    ask(connection, sql)
    connection.unregister(name)


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    (count,) = ask_numbers(connection, exp.select(exp.Count(this=exp.Star())).from_(table).sql("duckdb"))
    return count
