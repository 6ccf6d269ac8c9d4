"""Files that appear whole or not at all, and stay as they are once they are there."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedWriter
    from pathlib import Path

INCOMING = ".incoming"
LOCK = ".lock"

READ_ONLY = 0o440


def make(folder: Path) -> None:
    """Make a folder and those above it, each on the disk before the next."""
    if folder.is_dir():
        return
    make(folder.parent)
    folder.mkdir(exist_ok=True)
    sync(folder.parent)


@contextmanager
def incoming(home: Path) -> Iterator[Path]:
    """Give an empty folder to one process at a time, and remove it with what it leaves there.

    The kernel gives up the lock of a killed process: whoever holds it may sweep there.
    """
    with (home / LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        place = home / INCOMING
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)


def write(path: Path, text: str) -> None:
    """Write a file, read-only and on the disk, over one of its name."""
    path.unlink(missing_ok=True)
    with path.open("xb") as file:
        file.write(text.encode())
        seal(file)


def seal(file: BufferedWriter) -> None:
    """Bring a file that was written to the disk, and let nobody write to it again."""
    file.flush()
    os.fsync(file.fileno())
    os.fchmod(file.fileno(), READ_ONLY)


def sync(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
