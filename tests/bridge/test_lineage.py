from __future__ import annotations

from airflow_dataops.bridge.lineage import operator_lineage
from airflow_dataops.core.batch import Batch, Run
from airflow_dataops.core.lineage import BatchFacet, DatasetRef, Lineage

BATCH = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")


def test_a_column_comes_from_a_dataset_of_another_namespace() -> None:
    """A table in a database is made of a file; the column's lineage must lead to the file."""
    table = DatasetRef(
        namespace="postgres://db:5432",
        name="shop.mart.orders",
        lineage=(("id", ("id",)),),
        of="/zones/staging",
        of_namespace="file",
    )
    facet = BatchFacet(batch=BATCH, run=Run(run_id="r", dag_id="orders"))

    found = operator_lineage(Lineage(facet, outputs=(table,)))

    (source,) = found.outputs[0].facets["columnLineage"].fields["id"].inputFields
    assert ("file", "/zones/staging", "id") == (source.namespace, source.name, source.field)
