"""Files that appear whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def part_of(path: str) -> str:
    """Return where a file is written before it takes the place of `path`: in a folder beside it."""
    file = Path(path)
    return str(file.parent / f".{file.name}.{uuid.uuid4().hex}.part" / "part")


@contextmanager
def whole(path: str, *, part: str, needed: bool = True) -> Iterator[None]:
    """Put `part` in the place of `path` when the block ends well, on disk before it is seen; else remove it.

    What killed attempts left beside it is removed first; what living ones write there stays.

    Args:
        path: Where the file shall be.
        part: The file that the block writes, from `part_of`.
        needed: Whether the block must write it; else what is there stays where it writes none.

    Raises:
        OSError: If it can't be written.
    """
    file, folder = Path(path), Path(part).parent
    with _held(folder):
        for leftover in file.parent.glob(f".{escape(file.name)}.*.part"):
            _sweep(leftover)
        try:
            yield
            if not needed and not Path(part).exists():
                return
            with Path(part).open("rb") as written:
                os.fsync(written.fileno())
            Path(part).replace(file)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    home = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(home)
    finally:
        os.close(home)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Make a folder and lock it, which says that its process lives: the kernel frees it when it is killed."""
    while True:
        folder.mkdir(exist_ok=True)
        try:
            held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue  # swept before it could be locked
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            if not _leads_to(folder, held):
                continue  # swept between the two
            yield
            return
        finally:
            os.close(held)


def _leads_to(folder: Path, held: int) -> bool:
    try:
        return os.path.samestat(folder.stat(), os.fstat(held))
    except FileNotFoundError:
        return False


def _sweep(leftover: Path) -> None:
    """Remove what an attempt left, unless it lives."""
    try:
        found = os.open(leftover, os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(leftover, ignore_errors=True)
    except BlockingIOError:
        pass
    finally:
        os.close(found)
