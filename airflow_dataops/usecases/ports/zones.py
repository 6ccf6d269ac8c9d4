"""The zones, as whoever fills them sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.landing import Dialect, Drop, Landing
    from airflow_dataops.usecases.ports.source import Read


class Zones(Protocol):
    """The raw, staging and quarantine zones."""

    def keep(
        self, drop: Drop, *, read: Read, batch: Batch, run: Run, dialect: Dialect, at: datetime
    ) -> tuple[Landing, bool]:
        """Make the immutable raw copy of a drop with its manifest, or find the one that is there.

        The copy appears whole or not at all. The same bytes of the same batch are kept once.

        Args:
            drop: What the producer left.
            read: Yields the bytes of one of its files, chunk by chunk.
            batch: What it is a delivery of.
            run: The attempt.
            dialect: How it is written.
            at: Now.

        Returns:
            The landing, and whether it had been there before.

        Raises:
            BrokenWorldError: If the drop can't be read or the copy can't be written.
        """
        ...

    def staging(self, batch: Batch, run: Run, name: str) -> str:
        """Return where a stage of a run may write rows; the folder exists."""
        ...

    def quarantine(self, batch: Batch, landing: Landing) -> str:
        """Return where the bad rows of a landing go; the folder exists."""
        ...

    def clear(self, batch: Batch, run: Run) -> None:
        """Remove what a run staged. Nothing to remove is fine."""
        ...
