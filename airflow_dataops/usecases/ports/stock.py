"""The zones, as whoever looks at them sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.landing import Landing
    from airflow_dataops.core.quarantine_report import BadLine


class Stock(Protocol):
    """What the zones really hold."""

    def fault(self, landing: Landing) -> str:
        """Return what is wrong with a raw copy, as the end of a sentence; empty when it is there and whole.

        Raises:
            BrokenWorldError: If it can't be looked at.
        """
        ...

    def rows(self, quarantine: str) -> int | None:
        """Return how many rows a quarantine holds, or None when there is none at its place.

        Raises:
            BrokenWorldError: If it can't be looked at.
        """
        ...

    def lines(self, quarantine: str, most: int) -> Mapping[str, tuple[BadLine, ...]]:
        """Return id of a rule -> where the first records are that broke it, of those in a quarantine.

        Records of a table lie at no line.

        Args:
            quarantine: Where it is.
            most: How many of each rule, at most.

        Raises:
            BrokenWorldError: If it can't be looked at.
        """
        ...
