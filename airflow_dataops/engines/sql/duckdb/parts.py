"""Files that rows come from: their numbers, their names, and the rows of those that have types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.landing import Format
from airflow_dataops.core.naming import FILE_COLUMN, LINE_COLUMN
from airflow_dataops.core.rows.relation import Framed, Landed
from airflow_dataops.engines.sql.duckdb import statement
from airflow_dataops.engines.sql.duckdb.parquet import filled_parts, part_types
from airflow_dataops.engines.sql.duckdb.session import ask
from airflow_dataops.engines.sql.judging import UNPARSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from airflow_dataops.core.rows.relation import Relation

STEP = 2**40
"""Lines of a file, at most: a row's place is the number of its file times STEP, and its line."""

FILES = "files"
"""`number` and `name` of each file that was read."""

FILE_ROW = "file_row_number"
"""The column by which DuckDB numbers the rows of a Parquet file, from 0."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of a Parquet file, or of a frame.

    Args:
        file: The file; empty for none.
        rows: Them, as INCOMING has them.
        columns: Name -> DuckDB's name of its type.
    """

    file: str
    rows: exp.Select
    columns: Mapping[str, str]


def prepare(connection: duckdb.DuckDBPyConnection, relation: Relation) -> None:
    """Make UNPARSED, empty, and FILES, for rows that are judged where they lie."""
    ask(connection, statement.empty_table(UNPARSED, {"line": "BIGINT", "raw": "VARCHAR"}))
    parts = filled_parts(relation) if isinstance(relation, Landed) else ()
    keep_names(connection, [relation.uri] if isinstance(relation, Framed) else [part.name for part in parts])


def keep_names(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    """Make FILES of the names of files."""
    ask(connection, statement.empty_table(FILES, {"number": "BIGINT", "name": "VARCHAR"}))
    if names:
        numbered = [
            exp.Tuple(expressions=[exp.Literal.number(at), exp.Literal.string(name)])
            for at, name in enumerate(names)
        ]
        ask(connection, exp.insert(exp.Values(expressions=numbered), FILES).sql("duckdb"))


def parquet_parts(
    connection: duckdb.DuckDBPyConnection, relation: Relation, columns: Mapping[str, str]
) -> tuple[Part, ...]:
    """Return the rows of the Parquet files of a relation, each by its own columns; none for files of text.

    Args:
        connection: A DuckDB that may read the relation.
        relation: The rows.
        columns: Name -> type, in the relation's order.

    Raises:
        BadDataError: If one is no Parquet file.
        OSError: If one can't be read.
    """
    if not isinstance(relation, Landed):
        return (Part(relation.uri, _placed(relation.uri, columns, number=0), columns),)
    if relation.dialect.format is not Format.PARQUET:
        return ()
    found = []
    for number, part in enumerate(filled_parts(relation)):
        types = part_types(connection, part)
        typed = {name: types[name] for name in columns}
        found.append(Part(part.uri, _placed(part.uri, typed, number=number), typed))
    return tuple(found)


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


def _placed(file: str, names: Iterable[str], *, number: int) -> exp.Select:
    """Return the rows of a Parquet file, numbered from 1 by the file itself, which costs next to nothing."""
    place = exp.Add(this=exp.column(FILE_ROW), expression=exp.Literal.number(number * STEP + 1))
    columns = [
        exp.alias_(exp.column(exp.to_identifier(name, quoted=True)), f"s{at}")
        for at, name in enumerate(names)
    ]
    rows = statement.parquet(file, numbered=FILE_ROW)
    return rows.select(exp.alias_(place, "line"), *columns, append=False)
