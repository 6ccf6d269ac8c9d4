"""The records of a delimited text file, with all lines that are easy to read left together.

The pieces are those of `records`, which says what they are. Only the lines in which a quote stands are read
one by one here; what is between them is one piece of plain lines, which whoever reads it splits as it likes:
each of its lines is a record, an unparsable line or empty, by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.rows.form import form
from airflow_dataops.core.rows.lines import physical
from airflow_dataops.core.rows.records import BadHeader, Header, Record, Unparsable, bom, heading, taken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.core.landing import Dialect
    from airflow_dataops.core.rows.form import Form


@dataclass(frozen=True, slots=True)
class Plain:
    """Whole lines, one after the other, in which no quote stands.

    Args:
        line: The physical line at which they start, from 1.
        lines: How many they are, empty ones included.
        text: Their bytes; a line end may be missing after the last one.
    """

    line: int
    lines: int
    text: bytes


Region = Header | BadHeader | Plain | Record | Unparsable


class _ShortError(Exception):
    """The lines that are there are not enough to tell where a record ends."""


def regions(blocks: Iterable[bytes], dialect: Dialect, *, width: int | None = None) -> Iterator[Region]:
    """Yield the header, then plain lines and what is between them, in the order of the file.

    Args:
        blocks: The file, cut behind line ends.
        dialect: How the file is written.
        width: How many columns there are, where the file has no header; None for any number.

    Returns:
        Nothing for an empty file; a BadHeader alone where there is no header; else the Header and the rest.

    Raises:
        SettingsError: If the dialect can't work.
    """
    written = form(dialect)
    return _regions(blocks, written, header=dialect.header, width=width)


def _regions(blocks: Iterable[bytes], written: Form, *, header: bool, width: int | None) -> Iterator[Region]:
    found: Header | BadHeader | None = None
    number, rest = 1, b""
    for block, is_last in _marked(blocks, bom(written)):
        block_of = _Block(rest + block, number, is_last=is_last)
        try:
            if found is None:
                found = heading(block_of, written, header=header)
                if found is not None:
                    yield found
                if not isinstance(found, Header):
                    return
                width = len(found.names) or width
            yield from _split(block_of, written, width=width)
        except _ShortError:
            pass
        number, rest = block_of.number, block_of.rest


def _marked(blocks: Iterable[bytes], mark: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield each block and whether it is the last; the mark before the first one is left out."""
    found = iter(blocks)
    block = next(found, b"").removeprefix(mark)
    for following in found:
        yield block, False
        block = following
    yield block, True


class _Block:
    """A place in a block of lines."""

    def __init__(self, text: bytes, number: int, *, is_last: bool) -> None:
        self.number = number
        self._text = text
        self._at = 0
        self._is_last = is_last

    @property
    def rest(self) -> bytes:
        """Return the bytes from here on."""
        return self._text[self._at :]

    def peek(self) -> bytes | None:
        """Return the next line; None at the end of the file."""
        return next(self._lines(self._at), None)

    def following(self) -> Iterator[bytes]:
        """Yield the lines behind the next one."""
        return self._lines(self._after(self._at))

    def skip(self, count: int) -> None:
        """Go on by some lines."""
        for _ in range(count):
            self._at = self._after(self._at)
        self.number += count

    def plain(self, quote: bytes) -> Plain | None:
        """Take the lines before the next one in which a quote stands; None if there are none."""
        hit = self._text.find(quote, self._at) if quote else -1
        end = len(self._text) if hit < 0 else self._text.rfind(b"\n", self._at, hit) + 1
        if end <= self._at:
            return None
        text = self._text[self._at : end]
        found = Plain(self.number, physical(text), text)
        self._at = end
        self.number += found.lines
        return found

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self._at == len(self._text)

    def _lines(self, at: int) -> Iterator[bytes]:
        while at < len(self._text):
            end = self._after(at)
            yield self._text[at:end]
            at = end
        if not self._is_last:
            raise _ShortError

    def _after(self, at: int) -> int:
        """Return where the line ends that starts at a place."""
        return self._text.find(b"\n", at) + 1 or len(self._text)


def _split(block: _Block, written: Form, *, width: int | None) -> Iterator[Region]:
    quote = written.quote.encode()
    while not block.is_done:
        found = block.plain(quote)
        if found is not None:
            yield found
        elif (line := block.peek()) is not None:
            yield taken(block, line, written, width=width)
