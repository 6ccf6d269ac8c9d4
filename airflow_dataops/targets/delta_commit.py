"""Commits of a Delta table: what one carries, and that many at a time all come through."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from airflow_dataops.core import naming

if TYPE_CHECKING:
    from collections.abc import Callable

    from deltalake import CommitProperties, DeltaTable

    from airflow_dataops.core.batch import Batch

T = TypeVar("T")

PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds to wait before trying a commit again that another one came before."""


def tried(commit: Callable[[], T], *, overtaken: Callable[[], T | None] = lambda: None) -> T:
    """Commit, again and again while others commit before; what `overtaken` finds then makes it needless."""
    from deltalake.exceptions import CommitFailedError

    for pause in PAUSES:
        try:
            return commit()
        except CommitFailedError:
            time.sleep(pause)
        done = overtaken()
        if done is not None:
            return done
    return commit()


def carried(table: DeltaTable, batch: Batch, *, content: str, labels: dict[str, str]) -> CommitProperties:
    """Return what a commit carries, and the number of the batch's publish."""
    from deltalake import CommitProperties, Transaction

    return CommitProperties(
        custom_metadata=labels | {naming.COMMIT_BATCH: batch.key, naming.COMMIT_CONTENT: content},
        app_transactions=[Transaction(batch.key, (table.transaction_version(batch.key) or 0) + 1)],
    )
