"""Lineage values -> OpenLineage's facets. Called by the OpenLineage provider alone, where it is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.core.batch import correlation_id
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.lineage import FieldRef

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage
    from openlineage.client.event_v2 import InputDataset, OutputDataset
    from openlineage.client.facet_v2 import RunFacet

    from airflow_dataops.core.lineage import BatchFacet, DatasetRef, Lineage

PRODUCER = "urn:airflow-dataops:airflow-provider-dataops"
"""`_producer` of our facet; its `_schemaURL` is in `bridge/facet.py` (docs/reference/lineage.md)."""

BATCH_FACET = "dataops_batch"
"""The key of our run facet."""


def operator_lineage(lineage: Lineage | None) -> OperatorLineage[Any, Any] | None:
    """Return what a task read and wrote in OpenLineage's terms, or None when it did neither."""
    if lineage is None:
        return None
    from airflow.providers.openlineage.extractors import OperatorLineage

    return OperatorLineage(
        inputs=[_input(dataset) for dataset in lineage.inputs],
        outputs=[_output(dataset) for dataset in lineage.outputs],
        run_facets={BATCH_FACET: _batch(lineage.facet)},
    )


def _input(dataset: DatasetRef) -> InputDataset:
    from openlineage.client.event_v2 import InputDataset
    from openlineage.client.facet_v2 import (
        data_quality_assertions_dataset as assertions,
    )
    from openlineage.client.facet_v2 import (
        data_quality_metrics_input_dataset as metrics,
    )

    facets: dict[str, Any] = {}
    if dataset.outcomes:
        facets["dataQualityAssertions"] = assertions.DataQualityAssertionsDatasetFacet(
            assertions=[
                assertions.Assertion(
                    assertion=outcome.rule,
                    success=outcome.status is Status.PASSED,
                    column=outcome.column or None,
                )
                for outcome in dataset.outcomes
                if outcome.status is not Status.SKIPPED
            ]
        )
    if dataset.rows is not None:
        facets["dataQualityMetrics"] = metrics.DataQualityMetricsInputDatasetFacet(
            columnMetrics={}, rowCount=dataset.rows
        )
    return InputDataset(
        namespace=dataset.namespace, name=dataset.name, facets=_common(dataset), inputFacets=facets
    )


def _output(dataset: DatasetRef) -> OutputDataset:
    from openlineage.client.event_v2 import OutputDataset
    from openlineage.client.facet_v2 import output_statistics_output_dataset as statistics

    facets: dict[str, Any] = {}
    if dataset.rows is not None:
        facets["outputStatistics"] = statistics.OutputStatisticsOutputDatasetFacet(rowCount=dataset.rows)
    return OutputDataset(
        namespace=dataset.namespace, name=dataset.name, facets=_common(dataset), outputFacets=facets
    )


def _common(dataset: DatasetRef) -> dict[str, Any]:
    from openlineage.client.facet_v2 import column_lineage_dataset, dataset_version_dataset, schema_dataset

    facets: dict[str, Any] = {}
    if dataset.columns:
        facets["schema"] = schema_dataset.SchemaDatasetFacet(
            fields=[
                schema_dataset.SchemaDatasetFacetFields(
                    name=column.name, type=str(column.type), description=column.description or None
                )
                for column in dataset.columns
            ]
        )
    if dataset.version is not None:
        facets["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(
            datasetVersion=str(dataset.version)
        )
    if drawn := _drawn(dataset):
        facets["columnLineage"] = column_lineage_dataset.ColumnLineageDatasetFacet(
            fields={
                column: column_lineage_dataset.Fields(
                    inputFields=[
                        column_lineage_dataset.InputField(
                            namespace=field.namespace, name=field.name, field=field.field
                        )
                        for field in fields
                    ]
                )
                for column, fields in drawn
            }
        )
    return facets


def _drawn(dataset: DatasetRef) -> tuple[tuple[str, tuple[FieldRef, ...]], ...]:
    """Return column -> the columns that it is computed from, of one dataset or of several."""
    namespace = dataset.of_namespace or dataset.namespace
    of_one = (
        (column, tuple(FieldRef(namespace, dataset.of, field) for field in fields))
        for column, fields in dataset.lineage
    )
    return (*of_one, *dataset.fields)


def _batch(facet: BatchFacet) -> RunFacet:
    from airflow_dataops.bridge.facet import DataOpsBatchRunFacet

    return DataOpsBatchRunFacet(
        team=facet.batch.team,
        product=facet.batch.product,
        dataset=facet.batch.dataset,
        partition=facet.batch.partition,
        correlationId=correlation_id(facet.batch, facet.run),
        contract=facet.contract,
        manifest=facet.manifest,
        quarantinedRows=facet.quarantined,
        producer=PRODUCER,
    )
