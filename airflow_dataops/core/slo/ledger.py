"""What each expected event came to: the lines that a budget is counted from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - what reads a ledger back from JSON asks for it
from enum import StrEnum
from fractions import Fraction  # noqa: TC003 - as above


class Mark(StrEnum):
    """How an entry came about."""

    SEEN = "seen"
    MISSING = "missing"
    REPAIRED = "repaired"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one expected event came to. Until it is due it has no entry.

    Args:
        partition: The label of the partition, the id of a run, or the start of a slice.
        at: When it counted, aware: when it was due, or was seen first where nothing makes it due. It stays,
            so that a repair takes back what was burnt where it was burnt.
        good: Good events: a share of `total`, exactly.
        total: All events; 0 where it is excluded.
        mark: How it came about.
    """

    partition: str
    at: datetime
    good: Fraction
    total: Fraction
    mark: Mark = Mark.SEEN

    @property
    def bad(self) -> Fraction:
        """Bad events."""
        return self.total - self.good
