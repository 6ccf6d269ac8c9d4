"""The history of a Delta table, as far as it is of one batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core import naming
from airflow_dataops.core.publication import Commit

if TYPE_CHECKING:
    from deltalake import DeltaTable

    from airflow_dataops.core.batch import Batch

FIRST_SLICE = 64
WIDER = 4
"""History is read newest first: so many commits, then so many times as many."""


def newest(table: DeltaTable, batch: Batch) -> Commit | None:
    """Return the newest commit of a batch; a batch that was never published costs no reading of history."""
    if table.transaction_version(batch.key) is None:
        return None
    limit = FIRST_SLICE
    while True:
        for entry in table.history(limit):
            if entry.get(naming.COMMIT_BATCH) == batch.key:
                return Commit(version=entry["version"], content=entry[naming.COMMIT_CONTENT])
        if limit > table.version():
            return None
        limit *= WIDER


def commit_of(table: DeltaTable, batch: Batch, version: int) -> Commit | None:
    """Return the commit of a batch that made a version, or None where no commit or another batch's did."""
    if not 0 <= version <= table.version():
        return None
    entry = table.history(table.version() - version + 1)[-1]
    if entry["version"] != version or entry.get(naming.COMMIT_BATCH) != batch.key:
        return None
    return Commit(version=version, content=entry[naming.COMMIT_CONTENT])
