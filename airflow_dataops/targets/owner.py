"""Whose a published table is: it holds the batches of one team, product and dataset, and of nobody else.

A partition is known in the table by its label alone, so the labels of two owners would replace one another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.naming import COMMIT_BATCH, TABLE_OWNER
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from deltalake import DeltaTable

    from airflow_dataops.core.batch import Batch


def refuse_other_owner(owner: str | None, batch: Batch, *, where: str, key: str) -> None:
    """Refuse a table that belongs to another owner than the batch does.

    Args:
        owner: Whose the table is; None where it is nobody's.
        batch: The batch that is looked for, or about to be published.
        where: The table's place, for the message.
        key: The key of the pipeline file that names the table.

    Raises:
        SettingsError: If it does.
    """
    if owner not in {None, batch.owner}:
        raise SettingsError(
            f"the table belongs to {owner}, and can't hold {batch.owner} as well",
            where=where,
            hint=f"Give this product a `{key}` of its own.",
        )


def owner_of_batch(key: str) -> str:
    """Return whose a batch is, from its key."""
    return key.rpartition("/")[0]


def owner_of_delta(table: DeltaTable) -> str | None:
    """Return the owner that was written into a Delta table when it was created.

    A table that something else created has none there; then it is whose batch was published last, if any was.
    """
    owner = table.metadata().configuration.get(TABLE_OWNER)
    if owner is not None:
        return str(owner)
    keys = (entry.get(COMMIT_BATCH) for entry in table.history())
    newest = next((str(key) for key in keys if key is not None), None)
    return None if newest is None else owner_of_batch(newest)
