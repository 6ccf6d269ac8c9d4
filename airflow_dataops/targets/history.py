"""The history of a Delta table, as far as it is of one batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow_dataops.core import naming
from airflow_dataops.core.publication import Commit

if TYPE_CHECKING:
    from deltalake import DeltaTable

    from airflow_dataops.core.batch import Batch

FIRST_SLICE = 64
WIDER = 4
"""History is read newest first: so many commits, then so many times as many."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A commit of a batch in the history.

    Args:
        commit: The commit.
        rows: How many rows it wrote; None where it doesn't say so.
    """

    commit: Commit
    rows: int | None


def newest(table: DeltaTable, batch: Batch) -> Entry | None:
    """Return the newest commit of a batch; a batch that was never published costs no reading of history."""
    if table.transaction_version(batch.key) is None:
        return None
    limit = FIRST_SLICE
    while True:
        for entry in table.history(limit):
            if entry.get(naming.COMMIT_BATCH) == batch.key:
                return _entry(entry)
        if limit > table.version():
            return None
        limit *= WIDER


def commit_of(table: DeltaTable, batch: Batch, version: int) -> Entry | None:
    """Return the commit of a batch that made a version, or None where no commit or another batch's did."""
    if not 0 <= version <= table.version():
        return None
    entry = table.history(table.version() - version + 1)[-1]
    if entry["version"] != version or entry.get(naming.COMMIT_BATCH) != batch.key:
        return None
    return _entry(entry)


def _entry(found: dict[str, Any]) -> Entry:
    rows = found.get(naming.COMMIT_ROWS)
    at = found.get("timestamp")
    commit = Commit(
        version=found["version"],
        content=found[naming.COMMIT_CONTENT],
        at=None if at is None else datetime.fromtimestamp(at / 1000, UTC),
    )
    return Entry(commit, None if rows is None else int(rows))
