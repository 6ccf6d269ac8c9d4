"""Files that must stay as they are while they are judged."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.errors import BrokenWorldError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.rows.relation import LandedPart


@contextmanager
def unchanged(parts: tuple[LandedPart, ...]) -> Iterator[None]:
    """Refuse what was found in files that changed meanwhile.

    Raises:
        BrokenWorldError: If one did.
    """
    before = [_identity(part) for part in parts]
    yield
    for part, known in zip(parts, before, strict=True):
        if _identity(part) != known:
            raise BrokenWorldError(
                "the file changed while it was judged",
                where=part.uri,
                hint="Run the task again; better, have it written elsewhere and moved in whole.",
            )


def _identity(part: LandedPart) -> tuple[int, int, int] | None:
    try:
        found = Path(part.uri).stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
