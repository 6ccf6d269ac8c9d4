"""Which versions of a published table are kept, and which may go.

Kept is the newest version of each partition, what is young, and what retention asks for. Retention counts the
versions that the store remembers: a version that it forgot may go; one that it can't know yet stays.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.retention import since

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.publication import Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of one partition, as the history of its table has it.

    Args:
        batch: The key of the batch.
        version: The table's own number.
        content: Digest of the rows.
        at: When it was committed, aware.
    """

    batch: str
    version: int
    content: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Keeping:
    """Which versions retention asks for.

    Args:
        newest: So many of each partition, at least 1.
        younger: And those that are younger than this.
    """

    newest: int
    younger: timedelta


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to become of the versions of one table.

    Args:
        kept: Those that stay as they are.
        gone: Those that nobody needs any more.
    """

    kept: tuple[Version, ...]
    gone: tuple[Version, ...]


def kept_publications(
    publications: Iterable[Publication], keeping: Keeping, *, now: datetime
) -> frozenset[Publication]:
    """Return the publications whose versions retention asks for; the newest of a partition is among them.

    Args:
        publications: What the store remembers, of any number of tables.
        keeping: What is asked for.
        now: The present, aware.
    """
    of: dict[tuple[Batch, str], list[Publication]] = defaultdict(list)
    for publication in publications:
        of[publication.batch, publication.target].append(publication)
    young = since(now, keeping.younger)
    return frozenset(
        one
        for versions in of.values()
        for place, one in enumerate(sorted(versions, key=_age, reverse=True))
        if place < max(keeping.newest, 1) or one.at >= young
    )


def judge(
    history: Sequence[Version], publications: Iterable[Publication], keeping: Keeping, *, now: datetime
) -> Judged:
    """Return what is to become of the versions of one table.

    Args:
        history: Every version that the table's history has.
        publications: What the store remembers of this table.
        keeping: What is asked for.
        now: The present, aware.
    """
    remembered = tuple(publications)
    asked = {_told(one) for one in kept_publications(remembered, keeping, now=now)}
    known = {_told(one) for one in remembered}
    of: dict[str, list[Version]] = defaultdict(list)
    for version in history:
        of[version.batch].append(version)
    kept: list[Version] = []
    gone: list[Version] = []
    young = since(now, keeping.younger)
    for versions in of.values():
        newest = max(one.version for one in versions)
        told = max((one.version for one in versions if _seen(one) in known), default=-1)
        for one in versions:
            stays = (
                one.version == newest
                or one.at >= young
                or one.version > told  # the store was not told of it yet, or is older than the table
                or _seen(one) in asked
            )
            (kept if stays else gone).append(one)
    return Judged(tuple(sorted(kept, key=_number)), tuple(sorted(gone, key=_number)))


def _told(publication: Publication) -> tuple[str, int, str]:
    """Return a version as the store was told of it."""
    return publication.batch.key, publication.version, publication.content


def _seen(version: Version) -> tuple[str, int, str]:
    """Return a version as the table has it."""
    return version.batch, version.version, version.content


def _age(publication: Publication) -> tuple[datetime, int]:
    return publication.at, publication.version


def _number(version: Version) -> int:
    return version.version
