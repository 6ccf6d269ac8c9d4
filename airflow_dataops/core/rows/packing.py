"""Packed files, unpacked as a stream: gzip, and each member of a zip archive.

How a file is packed is told by its first bytes, whatever its name. What is packed inside of a packed file is
not unpacked again: it is read as it is, and looks binary.
"""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from airflow_dataops.errors import BadDataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO, BinaryIO

T = TypeVar("T")

GZIP = b"\x1f\x8b"
"""How a gzip file begins."""

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
"""How a zip archive begins; the second is that of an empty one."""

BUFFER = 1024 * 1024
"""Bytes that are unpacked at once."""

ENCRYPTED = 0x1
"""The flag of an encrypted member."""

METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""How members may be packed: those of which a piece can be unpacked in little memory."""

DAMAGE = (
    EOFError,
    IndexError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
    gzip.BadGzipFile,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the standard library raises for bytes that are no such file."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of rows, unpacked.

    Args:
        name: The name of the file; of a member of an archive, `archive.zip!member`.
        file: Its bytes, from the start; not seekable.
    """

    name: str
    file: BinaryIO


def unpacked(file: BinaryIO, name: str) -> Iterator[Member]:
    """Yield the files of rows that a file holds: itself, or what is packed in it.

    The members of an archive come sorted by their names; folders and members without a name are left out.
    A member is to be read before the next one is asked for.

    Args:
        file: A seekable file, open for bytes, at its start.
        name: Its name, for messages.

    Raises:
        BadDataError: If it is packed, and damaged, cut off, encrypted or packed in another way; here, or when
            a member is read.
    """
    start = file.read(4)
    file.seek(0)
    if start.startswith(GZIP):
        packed = gzip.GzipFile(fileobj=file, mode="rb")
        yield Member(name, _guarded(cast("IO[bytes]", packed), name))
    elif start.startswith(ZIP):
        yield from _members(file, name)
    else:
        yield Member(name, file)


def _members(file: BinaryIO, name: str) -> Iterator[Member]:
    with _sound(lambda: zipfile.ZipFile(file), name) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            if info.is_dir() or not info.filename:
                continue
            member = f"{name}!{info.filename}"
            if info.flag_bits & ENCRYPTED:
                raise BadDataError(
                    "the file is encrypted", where=member, hint="Have it sent without a password."
                )
            if info.compress_type not in METHODS:
                what = "the file is packed in another way than deflate"
                raise BadDataError(what, where=member, hint="Have it packed as usual, or sent as it is.")
            with _sound(partial(archive.open, info), member) as packed:
                yield Member(member, _guarded(packed, member))


def _guarded(packed: IO[bytes], name: str) -> BinaryIO:
    return io.BufferedReader(_Guarded(packed, name), BUFFER)


class _Guarded(io.RawIOBase):
    """What is unpacked, with our errors for damage."""

    def __init__(self, packed: IO[bytes], name: str) -> None:
        self._packed = packed
        self._name = name

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Unpack the next bytes; 0 at the end."""
        found = _sound(lambda: self._packed.read(len(buffer)), self._name)
        buffer[: len(found)] = found
        return len(found)


def _sound(work: Callable[[], T], name: str) -> T:
    """Return what comes of reading a packed file; raise ours for a damaged one, when theirs is gone."""
    try:
        return work()
    except DAMAGE:
        pass
    raise BadDataError("the packed file is damaged or cut off", where=name, hint="Have it sent again.")
