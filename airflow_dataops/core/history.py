"""What the store remembers of a product, and which of it belongs to the last attempt at a partition."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from airflow_dataops.core.naming import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.landing import Landing
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.slo.sli import SliEvent
    from airflow_dataops.core.verification import Verification

F = TypeVar("F", "Landing", "Verification", "Publication", "SliEvent")

JUDGES = (Stage.LAND, Stage.GATE, Stage.VERIFY, Stage.TRANSFORM, Stage.AUDIT, Stage.CHECK)
"""The stages that leave a verdict, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the store remembers of a product, each kind oldest first."""

    landings: Sequence[Landing] = ()
    verifications: Sequence[Verification] = ()
    publications: Sequence[Publication] = ()
    events: Sequence[SliEvent] = ()


def by_batch(facts: Iterable[F]) -> dict[Batch, list[F]]:
    """Return the facts of each batch, in their order; an unknown batch has none."""
    found: dict[Batch, list[F]] = defaultdict(list)
    for fact in facts:
        found[fact.batch].append(fact)
    return found


def current_landing(landings: Sequence[Landing], publication: Publication | None) -> Landing | None:
    """Return the raw copy that came after the publication or that it was made from, or else the newest.

    Args:
        landings: Those of one batch, oldest first.
        publication: Its newest publication.
    """
    newest = landings[-1] if landings else None
    if newest is None or publication is None or newest.landed_at > publication.at:
        return newest
    return next((landing for landing in landings if landing.sha256 == publication.manifest), newest)


def current_verdicts(
    verifications: Sequence[Verification], landing: Landing | None
) -> tuple[Verification, ...]:
    """Return the verdicts on a raw copy, in the order of the stages.

    One that is older than the raw copy, or than the verdict of an earlier stage, is of another attempt.
    Without a raw copy nothing comes before the audit, so that its newest verdict is the one that counts.

    Args:
        verifications: Those of one batch.
        landing: Its current raw copy; None where none is known.
    """
    found: list[Verification] = []
    since = None if landing is None else landing.landed_at
    if landing is None:
        audits = (one for one in verifications if one.stage is Stage.AUDIT)
        newest = max(audits, key=lambda one: one.at, default=None)
        verifications = [one for one in verifications if one.stage is not Stage.AUDIT or one is newest]
    for stage in JUDGES:
        for verdict in verifications:
            if verdict.stage is stage and (since is None or verdict.at >= since):
                found.append(verdict)
                since = verdict.at
    return tuple(found)
