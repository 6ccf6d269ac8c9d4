"""What is said of a batch to OpenLineage, as values; `bridge/lineage.py` writes them in its terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.checks.verdict import Outcome
    from airflow_dataops.core.contract.model import Column, Dataset


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A column of a dataset, as OpenLineage names it.

    Args:
        namespace: The dataset's.
        name: The dataset's.
        field: The column.
    """

    namespace: str
    name: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetRef:
    """A dataset as OpenLineage names it, and what is known of it.

    Args:
        namespace: `file` for a local path.
        name: The path.
        columns: Its columns, where a contract names them.
        outcomes: Verdicts on its rows.
        rows: How many rows were read or written.
        version: The version written, where the target has versions.
        lineage: Column -> the columns of `of` that it is computed from.
        of: The dataset that `lineage` speaks of.
        of_namespace: Its namespace; empty means that it is this one's.
        fields: Column -> the columns of any datasets that it is computed from, where there are several.
    """

    namespace: str
    name: str
    columns: tuple[Column, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    rows: int | None = None
    version: int | None = None
    lineage: tuple[tuple[str, tuple[str, ...]], ...] = ()
    of: str = ""
    of_namespace: str = ""
    fields: tuple[tuple[str, tuple[FieldRef, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFacet:
    """Our run facet: which batch a run worked on.

    Args:
        batch: The batch.
        run: The attempt.
        contract: name@version, or empty.
        manifest: sha256 of the raw copy, or empty.
        quarantined: Rows sent to quarantine by this task, or None.
    """

    batch: Batch
    run: Run
    contract: str = ""
    manifest: str = ""
    quarantined: int | None = None


@dataclass(frozen=True, slots=True)
class Lineage:
    """What one task read and wrote.

    Args:
        facet: Which batch.
        inputs: What it read.
        outputs: What it wrote.
    """

    facet: BatchFacet
    inputs: tuple[DatasetRef, ...] = ()
    outputs: tuple[DatasetRef, ...] = ()


def file_dataset(path: str, **known: object) -> DatasetRef:
    """Return a local path, or an address in object storage or a database, as a dataset.

    Source: OpenLineage, "Naming". A local path is a name in the namespace `file`; `s3://bucket/key` is the
    name `key` in `s3://bucket`. Which partition of a table is meant is no part of its name.
    """
    scheme, separator, rest = path.removeprefix("file://").partition("://")
    if not separator:
        return DatasetRef(namespace="file", name=scheme, **known)  # type: ignore[arg-type]
    container, _, name = rest.partition("/")
    if scheme == "postgres":
        name, _, _ = name.partition("?")
    return DatasetRef(namespace=f"{scheme}://{container}", name=name, **known)  # type: ignore[arg-type]


def unchanged(dataset: Dataset) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the lineage of a step that passes every column on as it is."""
    return tuple((column.name, (column.name,)) for column in dataset.columns)
