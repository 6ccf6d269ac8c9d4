"""Who remembers facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import SliEvent
from airflow_dataops.core.verification import Verification

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Batch

Fact = Landing | Verification | Publication | SliEvent | Observation | AuditRecord
"""What the store remembers. A fact replaces the one with the same identity, so that a re-run changes
nothing."""

F = TypeVar("F", bound=Fact)


class Store(Protocol):
    """Remembers facts."""

    def record(self, *facts: Fact) -> None:
        """Write facts in one transaction; each replaces the one with the same identity.

        Raises:
            BrokenWorldError: If the store can't be written.
        """
        ...

    def facts(self, kind: type[F], **where: str) -> tuple[F, ...]:
        """Return the facts of a kind, oldest first.

        Args:
            kind: Landing, Verification, Publication, SliEvent, Observation or AuditRecord.
            where: team, product, dataset, partition, and, for landings, sha256: each must be equal.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...

    def newest(self, **where: str) -> tuple[Batch, ...]:
        """Return of each dataset the batch that was judged last, in the order of team, product, dataset.

        Args:
            where: team, product, dataset, partition: each must be equal.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...

    def broken(self, **where: str) -> tuple[Verification, ...]:
        """Return verifications, oldest first, each with those of its outcomes alone that are not passed.

        Of a long history the passed ones are by far the most.

        Args:
            where: As of `facts`.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...
