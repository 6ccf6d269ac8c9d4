"""Where drops are left for us."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.landing import Drop, DropFile

Read = Callable[["DropFile"], Iterator[bytes]]
"""Yields the bytes of one file of a drop, chunk by chunk."""


class Source(Protocol):
    """Where drops are left for us."""

    def find(self, batch: Batch) -> Drop | None:
        """Return the drop of a batch, or None when there is none yet.

        Raises:
            BrokenWorldError: If it can't be looked for.
        """
        ...

    def expected(self, batch: Batch) -> str:
        """Return where the drop of a batch is expected, for messages."""
        ...

    def read(self, file: DropFile) -> Iterator[bytes]:
        """Yield the bytes of a file of a drop, chunk by chunk.

        Raises:
            BrokenWorldError: If it can't be read, or changed while it was read.
        """
        ...
