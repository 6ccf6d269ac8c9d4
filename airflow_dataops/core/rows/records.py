"""The records of a delimited text file, exactly accountable from its physical lines (RFC 4180).

Every physical line belongs to exactly one of: the header, a record (several lines, where a quoted field holds
line ends), an unparsable piece (always one line), or a wholly empty line, which is skipped and counts as
nothing. So a line of a file with one column can't be an empty record unless it is written as `""`.

What is asked of a line: it ends in LF or CRLF (the last one may end in nothing), its bytes are of the
encoding, it has as many fields as the header, its quotes close, and a carriage return stands inside of quotes
only. An empty field is a null, quoted or not. Nothing is trimmed.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.core.landing import Dialect

SPAN_LINES = 100
SPAN_BYTES = 1024 * 1024
"""What one record may span. A quote that doesn't close within costs its first line, not the rest.

A quoted field has at most 131072 characters besides, the limit of the `csv` module of this process.
"""

EMPTY = frozenset({b"", b"\n", b"\r\n", b"\r"})
"""Wholly empty lines."""

WIDE_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
"""How a file begins -> the encoding it says it has."""

PROBE = b'a0,;|\t"\r\n\\u0041 +AEE-'
"""Bytes that every encoding has to read as ASCII, so that lines can be told apart before they are decoded."""

ALIEN = b"\xff"
"""A byte that many encodings don't have. Each has to show it as hex then, which those of no text refuse."""


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, in their order: none empty, none twice.

    Args:
        line: The physical line at which it starts, from 1.
        names: The names.
    """

    line: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadHeader:
    """What stands where the header should be is none; nothing of the file is read after it.

    Args:
        line: The physical line at which it starts, from 1.
        why: What is wrong, without a word of the file's text.
        hint: What to do next.
    """

    line: int
    why: str
    hint: str


@dataclass(slots=True)
class Record:
    """One record; as many values as the header has names.

    Args:
        line: The physical line at which it starts, from 1.
        values: Its values; None for an empty field.
    """

    line: int
    values: list[str | None]


@dataclass(frozen=True, slots=True)
class Unparsable:
    """One physical line that is no record of the declared format.

    Args:
        line: The physical line, from 1.
        raw: Its text without the line end; bytes that are not of the encoding stand as hex.
    """

    line: int
    raw: str


Piece = Header | BadHeader | Record | Unparsable


def records(lines: Iterable[bytes], dialect: Dialect) -> Iterator[Piece]:
    """Yield the header, then each record and each unparsable line, in the order of the file.

    Args:
        lines: The physical lines, each with its LF, as a file opened for bytes yields them.
        dialect: How the file is written.

    Returns:
        Nothing for an empty file; a BadHeader alone where there is no header; else the Header and the rest.

    Raises:
        SettingsError: If the dialect can't work.
    """
    check(dialect)
    return _pieces(_Lines(lines, _encoding(dialect)), dialect.delimiter)


def check(dialect: Dialect) -> None:
    """Refuse a dialect that can't work.

    Raises:
        SettingsError: If the delimiter is not one character, or the encoding unknown or no extension of
        ASCII.
    """
    if len(dialect.delimiter) != 1 or dialect.delimiter in '"\r\n\0':
        raise SettingsError(
            f"the delimiter {dialect.delimiter!r} is not one character that may separate fields",
            hint="Use a comma, a semicolon, a tab or another single character.",
        )
    try:
        ALIEN.decode(dialect.encoding, "backslashreplace")
        plain = PROBE.decode(dialect.encoding) == PROBE.decode("ascii")
    except (LookupError, ValueError):
        plain = False
    if not plain:
        raise SettingsError(
            f"the encoding {dialect.encoding!r} is unknown, or not an extension of ASCII",
            hint="Name one such as utf-8, cp1252 or iso-8859-15; convert UTF-16 and UTF-32 files to UTF-8.",
        )


def _encoding(dialect: Dialect) -> str:
    name = codecs.lookup(dialect.encoding).name
    return "utf-8" if name == "utf-8-sig" else name


class _Lines:
    """Numbered physical lines, which can be given back, also after the last one was taken."""

    def __init__(self, lines: Iterable[bytes], encoding: str) -> None:
        self.encoding = encoding
        self._fresh = enumerate(lines, start=1)
        self._returned: deque[tuple[int, bytes]] = deque()

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> tuple[int, bytes]:
        if self._returned:
            return self._returned.popleft()
        number, line = next(self._fresh)
        if number == 1 and self.encoding == "utf-8":
            line = line.removeprefix(codecs.BOM_UTF8)
        return number, line

    def give_back(self, taken: list[tuple[int, bytes]]) -> None:
        """Put lines back, in their order."""
        self._returned.extendleft(reversed(taken))


def _pieces(lines: _Lines, delimiter: str) -> Iterator[Piece]:
    header = _header(lines, delimiter)
    if header is not None:
        yield header
    if not isinstance(header, Header):
        return
    width = len(header.names)
    for number, line in lines:
        if line in EMPTY:
            continue
        fields = _fields(lines, (number, line), delimiter=delimiter, width=width)
        if fields is None:
            yield Unparsable(number, _unended(line.decode(lines.encoding, "backslashreplace")))
        else:
            yield Record(number, [field or None for field in fields])


def _fields(
    lines: _Lines, start: tuple[int, bytes], *, delimiter: str, width: int | None
) -> list[str] | None:
    """Return the fields of the record that starts with a line, or None; then no other line was taken.

    Args:
        lines: The lines behind it.
        start: The line and its number.
        delimiter: What separates fields.
        width: How many fields there must be; None for any number.
    """
    if b'"' not in start[1]:
        try:
            text = _unended(start[1].decode(lines.encoding))
        except UnicodeDecodeError:
            return None
        fields = text.split(delimiter)
        return fields if width in {None, len(fields)} and "\r" not in text else None
    taken = [start]
    try:
        fields = next(csv.reader(_span(lines, taken), delimiter=delimiter, strict=True))
    except (csv.Error, UnicodeDecodeError):
        fields = []
    stray = taken[-1][1].removesuffix(b"\n").removesuffix(b"\r").endswith(b"\r")
    if fields and width in {None, len(fields)} and not stray:
        return fields
    lines.give_back(taken[1:])
    return None


def _span(lines: _Lines, taken: list[tuple[int, bytes]]) -> Iterator[str]:
    """Yield the text of the taken line, then of as many more as are asked for, and note them as taken."""
    size = len(taken[0][1])
    yield taken[0][1].decode(lines.encoding)
    for number, line in lines:
        taken.append((number, line))
        size += len(line)
        if len(taken) > SPAN_LINES or size > SPAN_BYTES:
            return
        yield line.decode(lines.encoding)


def _unended(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")


def _header(lines: _Lines, delimiter: str) -> Header | BadHeader | None:
    """Return what stands where the header should; None for a file without a line."""
    start = next((start for start in lines if start[1] not in EMPTY), None)
    if start is None:
        return None
    number, line = start
    for bom, wide in WIDE_BOMS:
        if number == 1 and line.startswith(bom):
            return BadHeader(number, f"the file is {wide}", "Convert it to UTF-8, or have it sent so.")
    if b"\0" in line:
        return BadHeader(number, "the header holds a NUL byte, so the file looks binary", TEXT_HINT)
    try:
        line.decode(lines.encoding)
    except UnicodeDecodeError:
        why = f"the header is not {lines.encoding}, so the file looks binary or has another encoding"
        return BadHeader(number, why, TEXT_HINT)
    fields = _fields(lines, start, delimiter=delimiter, width=None)
    if fields is None:
        why = "the header has a quote that doesn't close, or a carriage return that ends no line"
        return BadHeader(number, why, "Write one header line that ends in LF or CRLF.")
    return _named(number, fields)


TEXT_HINT = "Have it sent as a delimited text file, or declare the encoding that it has."


def _named(number: int, fields: list[str]) -> Header | BadHeader:
    """Positions stand in for names: where the header was left out, they would be values of the first row."""
    first: dict[str, int] = {}
    for position, name in enumerate(fields, start=1):
        if not name:
            why = f"column {position} of the header has no name"
            return BadHeader(number, why, "Name every column, once; is there a delimiter at the line's end?")
        if name in first:
            why = f"columns {first[name]} and {position} of the header have the same name"
            return BadHeader(number, why, "Name every column, once.")
        first[name] = position
    return Header(number, tuple(fields))
