"""Landed files into DuckDB, a chunk of rows at a time, as Arrow streams."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from airflow_dataops.core.rows.lines import LONGEST_LINE, is_piece, lines
from airflow_dataops.core.rows.records import BadHeader, Header, Record, Unparsable, records
from airflow_dataops.engines.sql.judging import INCOMING
from airflow_dataops.errors import BadDataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    import duckdb

    from airflow_dataops.core.rows.records import Piece
    from airflow_dataops.core.rows.relation import Landed

CHUNK = 20_000
"""Rows that are held in Python at once."""


class Stream:
    """Rows that show their Arrow stream and nothing else, so that nobody looks for pyarrow.

    Args:
        rows: A frame, or a relation of DuckDB.
    """

    def __init__(self, rows: pl.DataFrame | duckdb.DuckDBPyRelation) -> None:
        self._rows = rows

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the rows as the Arrow C stream interface asks."""
        return self._rows.__arrow_c_stream__(requested_schema)


def read_header(relation: Landed) -> tuple[str, ...]:
    """Return the names in the header; empty for an empty file.

    Raises:
        BadDataError: If the first record is no header.
        OSError: If the file can't be read.
    """
    with Path(relation.parts[0].uri).open("rb") as file:
        return _header(relation, records(_lines(file, relation.parts[0].uri), relation.dialect))


def load(
    relation: Landed,
    connection: duckdb.DuckDBPyConnection,
    *,
    take_records: Callable[[], object],
    take_unparsable: Callable[[], object],
) -> tuple[int, int]:
    """Show all rows of a file to DuckDB, chunk after chunk, as INCOMING.

    Args:
        relation: The file.
        connection: DuckDB.
        take_records: Called when INCOMING is a chunk of records: `line`, `s0`, `s1`, …
        take_unparsable: Called when INCOMING is a chunk of unparsable lines: `line`, `raw`.

    Returns:
        How many records and how many unparsable lines there were.

    Raises:
        BadDataError: If the first record is no header.
        OSError: If the file can't be read.
    """
    with Path(relation.parts[0].uri).open("rb") as file:
        pieces = records(_lines(file, relation.parts[0].uri), relation.dialect)
        width = len(_header(relation, pieces))
        found: list[Record] = []
        broken: list[Unparsable] = []
        totals = [0, 0]

        def take() -> None:
            totals[0] += len(found)
            totals[1] += len(broken)
            _show(connection, _records_frame(found, width), take_records)
            _show(connection, _unparsable_frame(broken), take_unparsable)
            found.clear()
            broken.clear()

        for piece in pieces:
            if isinstance(piece, Record):
                found.append(piece)
            elif isinstance(piece, Unparsable):
                broken.append(piece)
            if len(found) >= CHUNK or len(broken) >= CHUNK:
                take()
        take()
    return totals[0], totals[1]


def empty_chunks(width: int) -> tuple[Stream, Stream]:
    """Return a chunk of no records and one of no unparsable lines, to make tables of."""
    return Stream(_records_frame([], width)), Stream(_unparsable_frame([]))


def _show(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, take: Callable[[], object]) -> None:
    if frame.height:
        connection.register(INCOMING, Stream(frame))
        take()
        connection.unregister(INCOMING)


def _records_frame(found: list[Record], width: int) -> pl.DataFrame:
    columns = list(zip(*(record.values for record in found), strict=True)) if found else [()] * width
    texts = [pl.Series(f"s{at}", values, dtype=pl.String) for at, values in enumerate(columns)]
    return pl.DataFrame([pl.Series("line", [record.line for record in found], dtype=pl.Int64), *texts])


def _unparsable_frame(broken: list[Unparsable]) -> pl.DataFrame:
    numbers = pl.Series("line", [piece.line for piece in broken], dtype=pl.Int64)
    return pl.DataFrame([numbers, pl.Series("raw", [piece.raw for piece in broken], dtype=pl.String)])


def _header(relation: Landed, pieces: Iterator[Piece]) -> tuple[str, ...]:
    match next(pieces, None):
        case Header(names=names):
            return names
        case BadHeader(line=line, why=why, hint=hint):
            raise BadDataError(why, where=f"{Path(relation.parts[0].uri).name}:{line}", hint=hint)
        case _:
            return ()


def _lines(file: BinaryIO, uri: str) -> Iterator[bytes]:
    for number, line in enumerate(lines(file), 1):
        if is_piece(line):
            raise BadDataError(
                f"the line is longer than {LONGEST_LINE // 1024 // 1024} MiB, so the file looks binary",
                where=f"{Path(uri).name}:{number}",
                hint="Have it sent as a text file of lines.",
            )
        yield line
