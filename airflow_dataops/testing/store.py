"""A store for tests: yours, and those of this package."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.retention import KINDS, Forgotten, forgettable
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import SliEvent
from airflow_dataops.core.verification import Verification

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.usecases.ports.store import F, Fact

IDENTITY: dict[type[Any], tuple[str, ...]] = {
    Landing: ("sha256",),
    Verification: ("stage",),
    Publication: ("version",),
    SliEvent: ("sli",),
    Observation: ("sli", "subject"),
    AuditRecord: ("action", "subject"),
}
"""Kind of fact -> what beside its batch tells it from others."""

BATCH = ("team", "product", "dataset", "partition")


class MemoryStore:
    """A store that remembers as long as it lives. It answers as `SqlStore` does."""

    def __init__(self) -> None:
        self._facts: dict[tuple[object, ...], Fact] = {}

    def record(self, *facts: Fact) -> None:
        """Write facts, all or none; each replaces the one with the same identity.

        A landing that is recorded again keeps its first place, time and run; an audit record stays as it is.

        Raises:
            ValueError: If a time has no time zone.
        """
        after = dict(self._facts)
        for fact in facts:
            key = (type(fact), *_identity(fact))
            if _time(fact).utcoffset() is None:
                raise ValueError("the store takes no time without a time zone")
            after[key] = _kept(after.get(key), fact)
        self._facts = after

    def facts(self, kind: type[F], **where: str) -> tuple[F, ...]:
        """Return the facts of a kind, oldest first; those of the same instant by their identity.

        Args:
            kind: Landing, Verification, Publication, SliEvent, Observation or AuditRecord.
            where: team, product, dataset, partition, and, for landings, sha256: each must be equal.

        Raises:
            ValueError: If the store keeps no such facts, or can't look for them so.
        """
        _known(kind)
        allowed = (*BATCH, "sha256") if kind is Landing else BATCH
        unknown = sorted(set(where) - set(allowed))
        if unknown:
            raise ValueError(f"{kind.__name__} is not found by {unknown[0]!r}, only by {', '.join(allowed)}")
        found = [fact for fact in self._facts.values() if isinstance(fact, kind) and _matches(fact, where)]
        return tuple(sorted(found, key=lambda fact: (_time(fact), *_identity(fact))))

    def newest(self, **where: str) -> tuple[Batch, ...]:
        """Return of each dataset the batch that was judged last, in the order of team, product, dataset.

        Args:
            where: team, product, dataset, partition: each must be equal.

        Raises:
            ValueError: If the store can't look for verdicts so.
        """
        found = sorted(self.facts(Verification, **where), key=lambda one: (one.at, one.batch.partition))
        last = {(one.batch.team, one.batch.product, one.batch.dataset): one.batch for one in found}
        return tuple(last[owner] for owner in sorted(last))

    def broken(self, **where: str) -> tuple[Verification, ...]:
        """Return verifications, oldest first, each with those of its outcomes alone that are not passed.

        Args:
            where: team, product, dataset, partition: each must be equal.

        Raises:
            ValueError: If the store can't look for them so.
        """
        return tuple(
            replace(each, outcomes=tuple(o for o in each.outcomes if o.status is not Status.PASSED))
            for each in self.facts(Verification, **where)
        )

    def until(self, verification: Verification, *, most: int) -> tuple[Verification, ...]:
        """Return the newest verifications of a dataset at a stage up to one of them, oldest first.

        Each has those of its outcomes alone that are not passed.
        """
        batch = verification.batch
        known = self.broken(team=batch.team, product=batch.product, dataset=batch.dataset)
        found = [each for each in known if each.stage is verification.stage and each.at <= verification.at]
        return tuple(found[max(0, len(found) - most) :])

    def forget(self, before: datetime, *, audit_records: bool, dry_run: bool) -> Forgotten:
        """Remove what is older than an instant, except for what readers still see.

        Raises:
            ValueError: If the instant has no time zone.
        """
        if before.utcoffset() is None:
            raise ValueError("the store takes no time without a time zone")
        old = forgettable(self._facts.values(), before=before, audit_records=audit_records)
        if not dry_run:
            self._facts = {key: fact for key, fact in self._facts.items() if fact not in old}
        return Forgotten(**Counter(KINDS[type(fact)] for fact in old))


def _known(kind: type[Any]) -> tuple[str, ...]:
    if kind not in IDENTITY:
        raise ValueError(f"the store keeps no {kind.__name__}")
    return IDENTITY[kind]


def _identity(fact: Fact) -> tuple[Any, ...]:
    rest = _known(type(fact))
    batch = (getattr(fact.batch, name) for name in BATCH)
    return (*batch, *(getattr(fact, name) for name in rest))


def _time(fact: Fact) -> datetime:
    return fact.landed_at if isinstance(fact, Landing) else fact.at


def _matches(fact: Fact, where: dict[str, str]) -> bool:
    return all(
        getattr(fact if name == "sha256" else fact.batch, name) == value for name, value in where.items()
    )


def _kept(old: Fact | None, new: Fact) -> Fact:
    """Return what is remembered once a fact is recorded over an older one."""
    if isinstance(old, Landing) and isinstance(new, Landing):
        return replace(new, uri=old.uri, landed_at=old.landed_at, run_id=old.run_id)
    return old if old is not None and isinstance(new, (AuditRecord, Observation)) else new
