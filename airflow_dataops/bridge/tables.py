"""Tables of PostgreSQL as lineage names them: by their server, not by what the connection to it is called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
