"""What PostgreSQL can't hold, told before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError
from airflow_dataops.warehouse.postgres import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.contract.model import Dataset

MOST_COLUMNS = 1598
"""Columns of a dataset: a table has at most 1600, and two are ours
(https://www.postgresql.org/docs/current/limits.html)."""

SYSTEM = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
"""Names of columns that each table has already
(https://www.postgresql.org/docs/current/ddl-system-columns.html)."""


def refuse_unfit(batch: Batch, dataset: Dataset, *, where: str) -> None:
    """Refuse names that PostgreSQL doesn't take, and more columns than it has.

    Args:
        batch: The batch that is about to be published.
        dataset: Its dataset.
        where: The table, for the message.

    Raises:
        SettingsError: If there is any; it lists them all.
    """
    if "\0" in batch.partition:
        raise SettingsError(
            "the partition's label holds the character NUL, which PostgreSQL can't store",
            where=where,
            hint="Use another partition key.",
        )
    unfit = tuple(_unfit(dataset))
    if unfit:
        raise SettingsError(
            f"PostgreSQL can't hold {dataset.name}: {', '.join(unfit)}",
            where=where,
            hint="Rename them or take them out in the transformation, or publish to `type: delta`.",
        )


def _unfit(dataset: Dataset) -> Iterator[str]:
    if len(dataset.columns) > MOST_COLUMNS:
        yield f"{len(dataset.columns)} columns are more than {MOST_COLUMNS}"
    for column in dataset.columns:
        if "\0" in column.name:
            yield f"the name {column.name!r} holds the character NUL"
        elif len(column.name.encode()) > LONGEST_NAME:
            yield f"the name {column.name!r} is longer than {LONGEST_NAME} bytes"
        elif column.name in SYSTEM:
            yield f"{column.name!r} is the name of a column that each table has already"
