"""The rows of landed files of text as frames, a chunk at a time, each row with its file and its line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from airflow_dataops.core.landing import Format
from airflow_dataops.core.rows.form import form
from airflow_dataops.core.rows.json_lines import json_header, json_nested, json_records
from airflow_dataops.core.rows.lines import lines, text_blocks
from airflow_dataops.core.rows.packing import unpacked
from airflow_dataops.core.rows.records import BadHeader, Header, Record, Unparsable, records
from airflow_dataops.core.rows.regions import Plain, regions
from airflow_dataops.engines.sql.duckdb.parts import STEP
from airflow_dataops.engines.sql.duckdb.plain import columns_of, records_frame
from airflow_dataops.errors import BadDataError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from airflow_dataops.core.landing import Dialect
    from airflow_dataops.core.rows.packing import Member
    from airflow_dataops.core.rows.regions import Region
    from airflow_dataops.core.rows.relation import Landed

SIZE = 16 * 1024 * 1024
"""Bytes of text, about, that are held at once."""

CELLS = 250_000
"""Values that are held at once, where they are read one by one."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one file.

    Args:
        records: `line`, which is the place, then the values as `s0`, `s1`, … in the order of the columns.
        broken: `line` and `raw` of what is no record.
    """

    records: pl.DataFrame
    broken: pl.DataFrame


def read_header(relation: Landed) -> tuple[str, ...]:
    """Return the names of the columns; none for files that are declared to have no header.

    Files without a line are passed over.

    Raises:
        BadDataError: If a file has no header or can't be unpacked, the headers don't name the same columns,
            or all files are empty and there should be no header.
        OSError: If a file can't be read.
    """
    names: dict[str, None] | None = None
    for member in members(relation):
        header = _header(member, relation.dialect)
        if header is None:
            continue
        if relation.dialect.format is Format.JSON_LINES:
            names = dict.fromkeys((*(names or ()), *header))
        elif names is None:
            names = dict.fromkeys(header)
        elif names.keys() != set(header):
            raise BadDataError(
                "the header doesn't name the columns that the first file has",
                where=member.name,
                hint="Have all files of a drop sent with the same columns; their order doesn't matter.",
            )
    if names is None and not relation.dialect.header:
        raise BadDataError("there is no line in it", hint="Have it sent again.")
    return tuple(names or ())


def numbered_columns(relation: Landed) -> tuple[str, ...]:
    """Return names for the columns of files of CSV without a header: `column_1`, `column_2`, and so on.

    There are as many as the first record of the first file that has one.

    Raises:
        BadDataError: If there is no record, or a file can't be unpacked.
        OSError: If a file can't be read.
    """
    dialect = replace(relation.dialect, header=False)
    for member in members(relation):
        for piece in records(lines(member.file), dialect):
            if isinstance(piece, BadHeader):
                raise _refusal(piece, member)
            if isinstance(piece, Record):
                return tuple(f"column_{at}" for at in range(1, len(piece.values) + 1))
    raise BadDataError("there is no row in it", hint="Give a file with some rows.")


def nested_columns(relation: Landed) -> frozenset[str]:
    """Return the columns of files of JSON lines that hold an object or a list in some record."""
    found: frozenset[str] = frozenset()
    for member in members(relation):
        found |= json_nested(text_blocks(member.file, member.name), relation.dialect)
    return found


def members(relation: Landed) -> Iterator[Member]:
    """Yield the files of a relation, unpacked, in their order.

    Raises:
        BadDataError: If one can't be unpacked.
        OSError: If one can't be read.
    """
    for part in relation.parts:
        with Path(part.uri).open("rb") as file:
            yield from unpacked(file, part.name)


def chunks(
    relation: Landed, columns: Sequence[str], *, names: list[str], nested: Collection[str] = ()
) -> Iterator[Chunk]:
    """Yield all rows of a relation in the order of its files and lines.

    Args:
        relation: The files.
        columns: The names of their columns.
        names: Takes the name of each file, when it is read.
        nested: Those of the columns that hold JSON.

    Raises:
        BadDataError: If a file has not these columns, or can't be unpacked, or a line is too long.
        OSError: If a file can't be read.
    """
    read = partial(_json, nested=nested) if relation.dialect.format is Format.JSON_LINES else _delimited
    for member in members(relation):
        place = len(names) * STEP
        names.append(member.name)
        for chunk in read(member, relation.dialect, columns):
            yield (
                chunk
                if place == 0
                else Chunk(*(_moved(frame, place) for frame in (chunk.records, chunk.broken)))
            )


def empty_chunk(width: int) -> Chunk:
    """Return a chunk of no rows."""
    return Chunk(records_frame([], width), _broken_frame([]))


def _moved(frame: pl.DataFrame, place: int) -> pl.DataFrame:
    return frame.with_columns(pl.col("line") + place)


def _header(member: Member, dialect: Dialect) -> tuple[str, ...] | None:
    blocks = text_blocks(member.file, member.name)
    found: Region | None
    if dialect.format is Format.JSON_LINES:
        found = json_header(blocks, dialect)
    else:
        found = next(regions(blocks, dialect), None)
    match found:
        case Header(names=names):
            return names
        case BadHeader():
            raise _refusal(found, member)
        case _:
            return None


def _refusal(found: BadHeader, member: Member) -> BadDataError:
    return BadDataError(found.why, where=f"{member.name}:{found.line}", hint=found.hint)


class _Held:
    """Pieces that are held until they are many."""

    def __init__(self, dialect: Dialect, width: int) -> None:
        self._written = form(dialect)
        self._width = width
        self._plains: list[Plain] = []
        self._records: list[Record] = []
        self._broken: list[Unparsable] = []
        self._size = 0

    def add(self, piece: Plain | Record | Unparsable) -> None:
        """Hold one more."""
        match piece:
            case Plain():
                self._plains.append(piece)
                self._size += len(piece.text)
            case Record():
                self._records.append(piece)
                self._size += sum(len(value) for value in piece.values if value)
            case Unparsable():
                self._broken.append(piece)
                self._size += len(piece.raw)

    @property
    def is_full(self) -> bool:
        """Whether that is enough."""
        cells = len(self._records) * self._width + len(self._broken)
        return self._size >= SIZE or cells >= CELLS

    def take(self) -> Chunk:
        """Return what is held as frames, in the order of the lines, and hold nothing."""
        found = columns_of(self._plains, self._written, width=self._width)
        frame = found.frame
        if self._records or found.records:
            odd = records_frame(sorted((*self._records, *found.records), key=_line), self._width)
            frame = pl.concat([frame, odd]).sort("line", maintain_order=True)
        broken = _broken_frame(sorted((*self._broken, *found.broken), key=_line))
        self._plains, self._records, self._broken, self._size = [], [], [], 0
        return Chunk(frame, broken)


def _line(piece: Record | Unparsable) -> int:
    return piece.line


def _broken_frame(broken: Sequence[Unparsable]) -> pl.DataFrame:
    numbers = pl.Series("line", [piece.line for piece in broken], dtype=pl.Int64)
    return pl.DataFrame([numbers, pl.Series("raw", [piece.raw for piece in broken], dtype=pl.String)])


def _delimited(member: Member, dialect: Dialect, columns: Sequence[str]) -> Iterator[Chunk]:
    positions = {name: at for at, name in enumerate(columns)}
    held = _Held(dialect, len(columns))
    order = [f"s{at}" for at in range(len(columns))]
    for region in regions(text_blocks(member.file, member.name), dialect, width=len(columns)):
        match region:
            case BadHeader():
                raise _refusal(region, member)
            case Header(names=names):
                if names and positions.keys() != set(names):
                    raise BadDataError("the file changed while it was read", where=member.name)
                order = [f"s{positions[name]}" for name in names] or order
            case Plain() | Record() | Unparsable():
                held.add(region)
        if held.is_full:
            yield _ordered(held.take(), order)
    yield _ordered(held.take(), order)


def _ordered(chunk: Chunk, order: Sequence[str]) -> Chunk:
    """Name the columns by their place among those of the relation, and put them there."""
    names = [f"s{at}" for at in range(len(order))]
    if list(order) == names:
        return chunk
    renamed = chunk.records.rename(dict(zip(names, order, strict=True)))
    return Chunk(renamed.select("line", *names), chunk.broken)


def _json(
    member: Member, dialect: Dialect, columns: Sequence[str], *, nested: Collection[str]
) -> Iterator[Chunk]:
    held = _Held(dialect, len(columns))
    for piece in json_records(text_blocks(member.file, member.name), dialect, columns, nested=nested):
        held.add(piece)
        if held.is_full:
            yield held.take()
    yield held.take()
