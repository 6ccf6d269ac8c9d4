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
from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.rows.form import form
from airflow_dataops.core.rows.lines import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.core.landing import Dialect
    from airflow_dataops.core.rows.form import Form

SPAN_LINES = 100
SPAN_BYTES = 1024 * 1024
"""What one record may span. A quote that doesn't close within costs its first line, not the rest.

A quoted field has at most 131072 characters besides, the limit of the `csv` module of this process.
"""

WIDE_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
"""How a file begins -> the encoding it says it has."""


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, in their order: none empty, none twice.

    Args:
        line: The physical line at which it starts, from 1.
        names: The names; none where the file is declared to have no header.
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
    """One record; as many values as there are columns.

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


class Cursor(Protocol):
    """A place in the lines of a file."""

    @property
    def number(self) -> int:
        """Return the number of the next line, from 1."""
        ...

    def peek(self) -> bytes | None:
        """Return the next line; None at the end."""
        ...

    def following(self) -> Iterator[bytes]:
        """Yield the lines behind the next one."""
        ...

    def skip(self, count: int) -> None:
        """Go on by as many lines as were peeked at or followed."""
        ...


def records(lines: Iterable[bytes], dialect: Dialect, *, width: int | None = None) -> Iterator[Piece]:
    """Yield the header, then each record and each unparsable line, in the order of the file.

    Args:
        lines: The physical lines, each with its LF, as a file opened for bytes yields them.
        dialect: How the file is written.
        width: How many columns there are, where the file has no header; None for any number.

    Returns:
        Nothing for an empty file; a BadHeader alone where there is no header; else the Header and the rest.

    Raises:
        SettingsError: If the dialect can't work.
    """
    written = form(dialect)
    return _pieces(_Lines(lines, bom(written)), written, header=dialect.header, width=width)


def bom(written: Form) -> bytes:
    """Return the mark that a file may begin with, which belongs to no line."""
    return codecs.BOM_UTF8 if written.encoding == "utf-8" else b""


class _Lines:
    """A place in an iterable of lines."""

    def __init__(self, lines: Iterable[bytes], mark: bytes) -> None:
        self.number = 1
        self._fresh = iter(lines)
        self._ahead: deque[bytes] = deque()
        if self._has(0):
            self._ahead[0] = self._ahead[0].removeprefix(mark)

    def _has(self, at: int) -> bool:
        while len(self._ahead) <= at:
            line = next(self._fresh, None)
            if line is None:
                return False
            self._ahead.append(line)
        return True

    def peek(self) -> bytes | None:
        return self._ahead[0] if self._has(0) else None

    def following(self) -> Iterator[bytes]:
        at = 1
        while self._has(at):
            yield self._ahead[at]
            at += 1

    def skip(self, count: int) -> None:
        for _ in range(count):
            self._ahead.popleft()
        self.number += count


def _pieces(lines: Cursor, written: Form, *, header: bool, width: int | None) -> Iterator[Piece]:
    found = heading(lines, written, header=header)
    if found is not None:
        yield found
    if not isinstance(found, Header):
        return
    columns = len(found.names) or width
    while (line := lines.peek()) is not None:
        if line in EMPTY:
            lines.skip(1)
            continue
        yield taken(lines, line, written, width=columns)


def taken(lines: Cursor, line: bytes, written: Form, *, width: int | None) -> Record | Unparsable:
    """Take the record that starts with the next line, or that line alone.

    Args:
        lines: The lines.
        line: The next one.
        written: How they are told apart.
        width: How many fields there must be; None for any number.
    """
    number = lines.number
    fields, more = fields_of(line, lines.following(), written, width=width)
    lines.skip(1 + more)
    if fields is None:
        return Unparsable(number, unended(line.decode(written.encoding, "backslashreplace")))
    return Record(number, [field or None for field in fields])


def fields_of(
    line: bytes, following: Iterator[bytes], written: Form, *, width: int | None
) -> tuple[list[str] | None, int]:
    """Return the fields of the record that starts with a line, and how many more lines it has.

    None, and no more lines, where there is no record.

    Args:
        line: The line.
        following: The lines behind it; as many are asked for as are needed.
        written: How they are told apart.
        width: How many fields there must be; None for any number.
    """
    if not written.quote or written.quote.encode() not in line:
        try:
            text = unended(line.decode(written.encoding))
        except UnicodeDecodeError:
            return None, 0
        fields = text.split(written.delimiter)
        return (fields if width in {None, len(fields)} and "\r" not in text else None), 0
    span = [line]
    reader = csv.reader(
        _span(span, following, written.encoding),
        delimiter=written.delimiter,
        quotechar=written.quote,
        strict=True,
    )
    try:
        fields = next(reader)
    except (csv.Error, UnicodeDecodeError):
        return None, 0
    stray = span[-1].removesuffix(b"\n").removesuffix(b"\r").endswith(b"\r")
    if width not in {None, len(fields)} or stray:
        return None, 0
    return fields, len(span) - 1


def _span(span: list[bytes], following: Iterator[bytes], encoding: str) -> Iterator[str]:
    """Yield the text of the first line, then of as many more as are asked for, and note them."""
    size = len(span[0])
    yield span[0].decode(encoding)
    for line in following:
        span.append(line)
        size += len(line)
        if len(span) > SPAN_LINES or size > SPAN_BYTES:
            return
        yield line.decode(encoding)


def unended(text: str) -> str:
    """Return the text of a line without its line end."""
    return text.removesuffix("\n").removesuffix("\r")


def heading(lines: Cursor, written: Form, *, header: bool) -> Header | BadHeader | None:
    """Take what stands where the header should; None for a file without a line.

    Where a file is declared to have no header, nothing is taken but empty lines.
    """
    while (line := lines.peek()) in EMPTY:
        lines.skip(1)
    if line is None:
        return None
    number = lines.number
    refusal = binary(line, number, written, what="header" if header else "first line")
    if refusal is not None:
        return refusal
    if not header:
        return Header(number, ())
    fields, more = fields_of(line, lines.following(), written, width=None)
    lines.skip(1 + more)
    if fields is None:
        why = "the header has a quote that doesn't close, or a carriage return that ends no line"
        return BadHeader(number, why, "Write one header line that ends in LF or CRLF.")
    return _named(number, fields)


def binary(line: bytes, number: int, written: Form, *, what: str) -> BadHeader | None:
    """Return what shows that a file is not of the declared text."""
    for mark, wide in WIDE_BOMS:
        if number == 1 and line.startswith(mark):
            return BadHeader(number, f"the file is {wide}", "Convert it to UTF-8, or have it sent so.")
    if b"\0" in line:
        return BadHeader(number, f"the {what} holds a NUL byte, so the file looks binary", TEXT_HINT)
    try:
        line.decode(written.encoding)
    except UnicodeDecodeError:
        why = f"the {what} is not {written.encoding}, so the file looks binary or has another encoding"
        return BadHeader(number, why, TEXT_HINT)
    return None


TEXT_HINT = "Have it sent as a delimited text file, or declare the encoding that it has."


NAME_ONCE = "Name every column, once; or say that the file has no header, if its first line is a record."


def _named(number: int, fields: list[str]) -> Header | BadHeader:
    """Positions stand in for names: where the header was left out, they would be values of the first row."""
    first: dict[str, int] = {}
    for position, name in enumerate(fields, start=1):
        if not name:
            why = f"column {position} of the header has no name"
            return BadHeader(number, why, "Name every column, once; is there a delimiter at the line's end?")
        if name in first:
            why = f"columns {first[name]} and {position} of the header have the same name"
            return BadHeader(number, why, NAME_ONCE)
        first[name] = position
    return Header(number, tuple(fields))
