"""A batch as one partition of a Delta table: its condition, its files, its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from airflow_dataops.core import naming
from airflow_dataops.targets.history import newest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deltalake import DeltaTable

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.publication import Commit

COUNTS = f"SELECT {naming.PARTITION_COLUMN}, count(*) FROM published GROUP BY {naming.PARTITION_COLUMN}"  # noqa: S608
"""Counts the rows of each partition."""

LABEL = f"partition.{naming.PARTITION_COLUMN}"
"""What deltalake calls the label of the partition of a file."""


def predicate(batch: Batch) -> str:
    """Return the condition for the batch's partition; a literal needs nothing but its quotes doubled."""
    literal = batch.partition.replace("'", "''")
    return f"{naming.PARTITION_COLUMN} = '{literal}'"


def files_of(table: DeltaTable, *labels: str) -> Iterator[str]:
    """Yield the files of some partitions, or of all, as they are called below the table's folder."""
    files = table.get_add_actions(flatten=True)
    named = zip(*(files.column(name).to_pylist() for name in ("path", LABEL)), strict=True)
    # The protocol has them as parts of an address, in which the names of folders are quoted once more.
    return (unquote(path) for path, label in named if not labels or label in labels)


def counts(table: DeltaTable) -> Mapping[str, int]:
    """Return the label of each partition -> how many rows readers see in it, where there is any."""
    from deltalake import QueryBuilder

    found = QueryBuilder().register("published", table).execute(COUNTS).read_all()
    labels, rows = (found.column(position).to_pylist() for position in (0, 1))
    return dict(zip(labels, rows, strict=True))


def whole_head(table: DeltaTable, batch: Batch) -> Commit | None:
    """Return the newest commit of a batch if readers see as many rows as it wrote: others may write there."""
    found = newest(table, batch)
    if found is None or found.rows in {None, _visible(table, batch)}:
        return None if found is None else found.commit
    return None


def _visible(table: DeltaTable, batch: Batch) -> int:
    from deltalake import QueryBuilder

    count = f"SELECT count(*) FROM published WHERE {predicate(batch)}"  # noqa: S608 - our own literal
    rows = QueryBuilder().register("published", table).execute(count).read_all()
    return int(rows.column(0).to_pylist()[0])
