"""What the world really holds: the zones, and what readers see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.publication import Commit


MISSING = "is missing"
"""What is wrong with what isn't there at all."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """What could not be looked at.

    Args:
        why: The reason, as one line.
    """

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a target really holds.

    Args:
        counts: Label of each partition -> rows that readers see.
        heads: Batch -> its newest commit, or None when there is none.
    """

    counts: Mapping[str, int]
    heads: Mapping[Batch, Commit | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the world really holds.

    Args:
        targets: Address of a target -> what is there.
        faults: Address of a raw copy -> what is wrong with it, as the end of a sentence; empty when nothing.
        quarantines: Address of a quarantine -> its rows, or None when it is not there.
        removed: Addresses of raw copies and quarantines that retention removed: no leak when they are gone.
    """

    targets: Mapping[str, Published | Unknown]
    faults: Mapping[str, str | Unknown]
    quarantines: Mapping[str, int | Unknown | None]
    removed: Collection[str] = field(default_factory=frozenset)

    def is_removed(self, address: str, fault: str) -> bool:
        """Say whether something is missing because retention removed it."""
        return address in self.removed and fault == MISSING
