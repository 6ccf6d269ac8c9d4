"""Rows into DuckDB, judged on their way: from files of text, from Parquet, from an earlier stage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl
from sqlglot import exp

from airflow_dataops.core.contract.model import NESTED
from airflow_dataops.core.landing import Format
from airflow_dataops.core.naming import FILE_COLUMN, LINE_COLUMN
from airflow_dataops.core.rows.relation import Landed
from airflow_dataops.engines.sql import statement
from airflow_dataops.engines.sql.judging import INCOMING, UNPARSED
from airflow_dataops.engines.sql.landed import STEP, chunks, empty_chunk
from airflow_dataops.engines.sql.marking import KEPT, judged_view, kept
from airflow_dataops.engines.sql.parquet import ask_of, filled_parts, part_types
from airflow_dataops.engines.sql.session import ask, ask_numbers
from airflow_dataops.engines.sql.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from airflow_dataops.core.rows.relation import Relation
    from airflow_dataops.engines.sql.judging import Shape
    from airflow_dataops.engines.sql.landed import Chunk

FILES = "files"
"""`number` and `name` of each file that was read."""

SHOWN = "shown"
"""What is shown to DuckDB for a moment."""


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
    nothing = empty_chunk(len(shape.columns))
    unparsed = statement.table(UNPARSED, exp.select(exp.Star()).from_(INCOMING))
    _show(connection, nothing.broken, unparsed, name=INCOMING)
    if not isinstance(relation, Landed):
        names: list[str] = []
        ask(connection, statement.view(INCOMING, _numbered(relation.uri, shape, number=0)))
        ask(connection, statement.table(KEPT, kept(shape)))
    elif relation.dialect.format is Format.PARQUET:
        names = _take_parquet(connection, relation, shape, nothing)
    else:
        names = _take_text(connection, relation, shape, nothing)
    files = pl.DataFrame(
        {"number": range(len(names)), "name": names}, schema={"number": pl.Int64, "name": pl.String}
    )
    _show(connection, files, statement.table(FILES, exp.select(exp.Star()).from_(SHOWN)), name=SHOWN)
    ask(connection, judged_view(shape))
    return Taken(_count(connection, KEPT), _count(connection, UNPARSED))


def traced(quarantine: exp.Select) -> exp.Select:
    """Return the quarantine of landed rows with the file of each, whose line is that of the file."""
    place = exp.column(LINE_COLUMN, table="q")
    step = exp.Literal.number(STEP)
    number = exp.IntDiv(this=place, expression=step)
    line = exp.Mod(this=place.copy(), expression=step.copy())
    same = exp.EQ(this=exp.column("number", table=FILES), expression=number)
    return (
        exp.select(
            exp.alias_(exp.column("name", table=FILES), FILE_COLUMN),
            exp.Column(this=exp.Star(replace=[exp.alias_(line, LINE_COLUMN)]), table=exp.to_identifier("q")),
        )
        .from_(quarantine.subquery("q"))
        .join(FILES, on=same)
        .order_by(place.copy())
    )


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
