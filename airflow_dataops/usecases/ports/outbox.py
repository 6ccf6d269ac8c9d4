"""Who holds facts on their way to the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.alerts.reported import Reported
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.run import Retry, RunOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

Posted = Declaration | RunOutcome | Retry | Reported
"""What is told to the store by processes that may not wait for it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A fact on its way to the store.

    Args:
        name: What it is called among the others.
        fact: The fact; None where it can't be read.
    """

    name: str
    fact: Posted | None


class Outbox(Protocol):
    """Holds facts on their way to the store, as whoever delivers them sees it."""

    def letters(self, *, most: int) -> tuple[Letter, ...]:
        """Return the facts that were put down first, in that order; what can't be read has None for a fact.

        Raises:
            BrokenWorldError: If they can't be looked at.
        """
        ...

    def delivered(self, letters: Sequence[Letter]) -> None:
        """Take away what the store has. What is gone already is fine."""
        ...

    def refuse(self, letter: Letter) -> str:
        """Set a letter aside that can't be read or that the store won't take; return where it is now."""
        ...

    def alone(self) -> AbstractContextManager[bool]:
        """Deliver alone: give False while another process does."""
        ...
