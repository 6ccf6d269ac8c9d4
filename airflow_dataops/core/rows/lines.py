"""The physical lines of a text file, none of them so long that it would fill the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.errors import BadDataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of a physical line. What has longer ones is no text file of records."""

BLOCK = 4 * 1024 * 1024
"""Bytes of lines that are read at once."""

EMPTY = frozenset({b"", b"\n", b"\r\n", b"\r"})
"""Wholly empty lines."""


def lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file, each with its line end; one that is too long comes in pieces.

    Args:
        file: A file that is open for bytes.
    """
    while line := file.readline(LONGEST_LINE):
        yield line


def blocks(file: BinaryIO, *, size: int = BLOCK) -> Iterator[bytes]:
    """Yield whole lines, many at once; each piece of a line that is too long comes alone.

    Args:
        file: A file that is open for bytes.
        size: Bytes that are read at once; a block is longer where one line is.
    """
    rest = b""
    while chunk := file.read(min(size, LONGEST_LINE)):
        rest += chunk
        while len(rest) >= LONGEST_LINE and rest.find(b"\n", 0, LONGEST_LINE) < 0:
            yield rest[:LONGEST_LINE]
            rest = rest[LONGEST_LINE:]
        cut = rest.rfind(b"\n") + 1
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
    if rest:
        yield rest


def text_blocks(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield whole lines, many at once.

    Args:
        file: A file that is open for bytes.
        name: Its name, for messages.

    Raises:
        BadDataError: If a line is too long.
    """
    line = 1
    for block in blocks(file):
        if is_piece(block):
            raise BadDataError(
                f"the line is longer than {LONGEST_LINE // 1024 // 1024} MiB, so the file looks binary",
                where=f"{name}:{line}",
                hint="Have it sent as a text file of lines.",
            )
        line += block.count(b"\n")
        yield block


def is_piece(line: bytes) -> bool:
    """Say whether what was yielded is the start or the middle of a line that is too long."""
    return len(line) == LONGEST_LINE and not line.endswith(b"\n")


def filled(text: bytes, *, lines: int) -> int:
    """Return how many of the lines of a text are not wholly empty.

    Args:
        text: The lines.
        lines: How many they are.
    """
    if text.startswith((b"\n", b"\r")) or b"\n\n" in text or b"\n\r" in text:
        return sum(line not in EMPTY for line in text.split(b"\n"))
    return lines


def physical(text: bytes) -> int:
    """Return how many lines a text has that is not empty, empty lines included."""
    return text.count(b"\n") + (not text.endswith(b"\n"))
