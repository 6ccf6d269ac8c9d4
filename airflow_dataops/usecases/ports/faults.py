"""Who remembers what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.slo.run import RunOutcome
    from airflow_dataops.core.verification import Verification
    from airflow_dataops.usecases.ports.service_levels import Owner


class Faults(Protocol):
    """Remembers what went wrong, and what was delivered: of all products at once, none of which is named."""

    def refused(self, *, since: datetime) -> tuple[Verification, ...]:
        """Return the verdicts of an instant or later that let nothing pass, oldest first.

        Each has those of its outcomes alone that are not passed.

        Args:
            since: The instant, aware.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...

    def failed(self, *, since: datetime) -> tuple[RunOutcome, ...]:
        """Return the runs that ended at an instant or later, and failed in the end, oldest first.

        Args:
            since: The instant, aware.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...

    def lost(self, *, since: datetime) -> tuple[tuple[Publication, int], ...]:
        """Return publications with fewer rows than the audit of the same run let pass, and how many passed.

        Args:
            since: Those of this instant or later, aware; the newest of each batch.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...

    def published(self, *, since: datetime, of: Collection[Owner]) -> Mapping[Batch, datetime]:
        """Return the batches of some products that were published since an instant -> when, the last time.

        Args:
            since: The instant, aware.
            of: Team and product of each.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...
