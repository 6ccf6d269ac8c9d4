"""Which raw copies, staged rows and quarantines may go once they are old, and which raw copies stay.

The raw copy stays of every publication whose version is kept, and of every batch that was worked on since. So
do the raw copies of a product that the store knows nothing of: it may be the wrong store.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.verification import Verification


class Zone(StrEnum):
    """Where rows lie that readers don't see."""

    RAW = "raw"
    STAGING = "staging"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One thing that lies in a zone, and goes or stays as a whole.

    Args:
        zone: In which.
        place: Where: a path, or the address of a table.
        at: When it was written last, aware.
        bytes: Its size.
        batch: What it is of, where that is known; of a raw copy it always is.
        sha256: The digest of a raw copy.
    """

    zone: Zone
    place: str
    at: datetime
    bytes: int
    batch: Batch | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Clearance:
    """What is to become of what is old.

    Args:
        gone: What nobody needs any more.
        unknown: Raw copies of products that the store knows nothing of; they stay.
    """

    gone: tuple[Stored, ...]
    unknown: tuple[Stored, ...]


@dataclass(frozen=True, slots=True)
class Needed:
    """Which raw copies stay.

    Args:
        copies: Those of a batch with a digest.
        batches: All of these batches.
        owners: Products that the store knows, as `Batch.owner`; copies of others stay.
    """

    copies: frozenset[tuple[Batch, str]]
    batches: frozenset[Batch]
    owners: frozenset[str]


def needed(
    kept: Collection[Publication],
    verifications: Iterable[Verification],
    *,
    known: Iterable[Batch],
    before: datetime,
) -> Needed:
    """Return which raw copies stay, whatever their age.

    Args:
        kept: The publications whose versions are kept.
        verifications: What the store remembers of verdicts.
        known: Every batch that the store remembers something of.
        before: Batches that were worked on since then stay.
    """
    return Needed(
        frozenset((one.batch, one.manifest) for one in kept),
        frozenset(one.batch for one in verifications if one.at >= before),
        frozenset(batch.owner for batch in known),
    )


def clearance(stored: Iterable[Stored], needed: Needed, *, before: Mapping[Zone, datetime]) -> Clearance:
    """Return what may go of what lies in the zones.

    Args:
        stored: What lies there.
        needed: Which raw copies stay.
        before: Zone -> what is older than this instant is old.
    """
    old = [one for one in stored if one.at < before[one.zone]]
    unknown = tuple(one for one in old if one.batch is not None and one.batch.owner not in needed.owners)
    gone = (one for one in old if one not in unknown and not _stays(one, needed))
    return Clearance(tuple(gone), unknown)


def _stays(one: Stored, needed: Needed) -> bool:
    if one.zone is not Zone.RAW:
        return False
    return (one.batch, one.sha256) in needed.copies or one.batch in needed.batches
