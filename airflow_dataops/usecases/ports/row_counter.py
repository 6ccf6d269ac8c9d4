"""Who says how many rows a batch should have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Batch


class RowCounter(Protocol):
    """Says how many rows a batch should have."""

    def count(self, batch: Batch) -> int:
        """Return how many rows a batch should have.

        Raises:
            NotEvaluatedError: If that isn't known.
            SettingsError: If who says it is set up in a way that can't work.
            BrokenWorldError: If who says it can't be reached.
        """
        ...
