"""The zones, as whoever clears them sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.clearance import Stored


class Storeroom(Protocol):
    """Where zones are, as whoever clears them sees it."""

    def stored(self) -> Iterator[Stored]:
        """Yield everything that lies in the zones.

        Raises:
            BrokenWorldError: If they can't be looked at.
        """
        ...

    def remove(self, stored: Stored) -> None:
        """Remove something. What is gone already is fine.

        Raises:
            BrokenWorldError: If it can't be removed.
        """
        ...
