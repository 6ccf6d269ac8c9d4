"""Where data is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.core.publication import Commit
    from airflow_dataops.core.rows.relation import Staged


class Target(Protocol):
    """Where data is published."""

    @property
    def uri(self) -> str:
        """Where readers find the table."""
        ...

    def head(self, batch: Batch) -> Commit | None:
        """Return the newest commit of a batch, or None.

        Raises:
            BrokenWorldError: If the target can't be read.
        """
        ...

    def publish(
        self, batch: Batch, rows: Staged, *, dataset: Dataset, content: str, labels: dict[str, str]
    ) -> Commit:
        """Replace the batch's partition by the rows, in one commit.

        The commit carries the batch's key, the content and the labels. Readers see the old or the new
        partition, nothing between. Rows that lie in the target's own database are copied there.

        Raises:
            BadDataError: If the table's columns are not the dataset's.
            BrokenWorldError: If the commit fails.
        """
        ...

    def counts(self) -> Mapping[str, int]:
        """Return the label of each partition -> how many rows readers see in it. Empty without a table.

        Raises:
            BrokenWorldError: If the target can't be read.
        """
        ...


class Versioned(Protocol):
    """Keeps each version of each partition."""

    def restore(self, batch: Batch, version: int, *, labels: dict[str, str]) -> Commit:
        """Make an older version of the batch's partition the newest, as a new commit of its own.

        Other partitions stay as they are. The commit carries the batch's key, the older version's content and
        the labels.

        Raises:
            SettingsError: If the target has no such version of that partition.
            BrokenWorldError: If the commit fails.
        """
        ...
