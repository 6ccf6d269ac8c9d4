"""The physical lines of a text file, none of them so long that it would fill the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of a physical line. What has longer ones is no text file of records."""


def lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file, each with its line end; one that is too long comes in pieces.

    Args:
        file: A file that is open for bytes.
    """
    while line := file.readline(LONGEST_LINE):
        yield line


def is_piece(line: bytes) -> bool:
    """Say whether what `lines` yielded is the start or the middle of a line that is too long."""
    return len(line) == LONGEST_LINE and not line.endswith(b"\n")
