"""A folder of its own for what one session writes because it doesn't fit into memory."""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK = ".lock"
"""The ending of the file beside the folder. Its lock ends with the process, however that ends."""


@contextmanager
def spill_folder(parent: str) -> Iterator[str]:
    """Yield a path that nobody else uses; remove what is there afterwards, and what dead processes left.

    Two sessions may not share a folder: DuckDB names its files alike in each. The folder itself is not made.

    Args:
        parent: Where it is; made if it isn't there.

    Raises:
        OSError: If nothing can be written there.
    """
    place = Path(parent)
    place.mkdir(parents=True, exist_ok=True)
    for left in place.glob(f"duckdb-*{LOCK}"):
        _remove_if_dead(left)
    lock = place / f"duckdb-{uuid.uuid4().hex}{LOCK}"
    with _held(lock):
        try:
            yield str(lock.with_suffix(""))
        finally:
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink(missing_ok=True)


def _remove_if_dead(lock: Path) -> None:
    try:
        with _held(lock):
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink(missing_ok=True)
    except OSError:
        return  # held by a living process, or another one has just removed it


@contextmanager
def _held(lock: Path) -> Iterator[None]:
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
