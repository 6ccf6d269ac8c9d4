"""Published tables as lineage names them: by their server, not by what the connection to it is called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.lineage import file_dataset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.lineage import DatasetRef

SCHEME = "postgres://"

PORT = 5432


def by_server(dataset: DatasetRef) -> DatasetRef:
    """Return a dataset under the name that every tool gives it, where it is a table of a connection.

    Source: OpenLineage, "Naming": the namespace `postgres://host:port`, the name `database.schema.table`.
    A dataset that is no table stays as it is.
    """
    if not dataset.namespace.startswith(SCHEME):
        return dataset
    from airflow.sdk import BaseHook

    connection = BaseHook.get_connection(dataset.namespace.removeprefix(SCHEME))
    return replace(
        dataset,
        namespace=f"{SCHEME}{connection.host or 'localhost'}:{connection.port or PORT}",
        name=".".join(part for part in (connection.schema, dataset.name) if part),
    )


def looked_up(lookups: Mapping[str, str], lake: str) -> tuple[DatasetRef, ...]:
    """Return the tables at which rules look besides a batch.

    Args:
        lookups: What another dataset is called -> the address of its table, as operators take it.
        lake: The folder at which paths of tables begin.
    """
    addresses = sorted({one if "://" in one else str(Path(lake) / one) for one in lookups.values()})
    return tuple(by_server(file_dataset(address)) for address in addresses)
