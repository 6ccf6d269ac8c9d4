"""Who remembers how rules fared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from airflow_dataops.core.verification import Verification


class History(Protocol):
    """Remembers how the rules of a dataset fared."""

    def until(self, verification: Verification, *, most: int) -> tuple[Verification, ...]:
        """Return the newest verifications of a dataset at a stage up to one of them, oldest first.

        Each has those of its outcomes alone that are not passed.

        Args:
            verification: The last one, as it was recorded.
            most: How many, at most.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...
