"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def part_of(path: str) -> str:
    """Return a name, never used before, for a file that is being written in the folder of `path`."""
    file = Path(path)
    return str(file.with_name(f".{file.name}.{uuid.uuid4().hex}.part"))


@contextmanager
def whole(path: str, *, part: str) -> Iterator[None]:
    """Put `part` in the place of `path` when the block ends well, on disk before it is seen; else remove it.

    What killed attempts left beside it is removed first. An attempt that still writes there loses its part
    and fails.

    Args:
        path: Where the file shall be.
        part: The file that the block writes, from `part_of`.

    Raises:
        OSError: If it can't be written.
    """
    file = Path(path)
    for leftover in file.parent.glob(f".{escape(file.name)}.*.part"):
        leftover.unlink(missing_ok=True)
    try:
        yield
        with Path(part).open("rb") as written:
            os.fsync(written.fileno())
        Path(part).replace(file)
    finally:
        Path(part).unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
