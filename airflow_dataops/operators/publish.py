"""Publish an audited batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.attempt import run_of
from airflow_dataops.core import ticket
from airflow_dataops.core.lineage import BatchFacet, Lineage, file_dataset, unchanged
from airflow_dataops.core.naming import Stage
from airflow_dataops.operators.stage import StageOperator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context, XComArg

    from airflow_dataops.core.ticket import Ticket


class PublishOperator(StageOperator):
    """Replace the batch's partition of the published table, in one commit.

    Where the same content is already the newest of its partition, nothing is committed.

    Args:
        staged: What `AuditOperator` returned.
        contract: The file of the product's contract.
        table: The path of the Delta table, relative to `[dataops] lake_path` or absolute; or schema.table.
        target: The kind of target: `delta` or `postgres`.
        dataset: The dataset in the contract; not needed when it has one only.
        conn_id: The Airflow connection of a `postgres` target.
    """

    template_fields: Sequence[str] = ("staged", "contract", "table", "target", "dataset", "conn_id")

    def __init__(
        self,
        *,
        staged: Ticket | XComArg,
        contract: str,
        table: str,
        target: str = "delta",
        dataset: str = "",
        conn_id: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.staged = staged
        self.contract = contract
        self.table = table
        self.target = target
        self.dataset = dataset
        self.conn_id = conn_id

    def work(self, context: Context) -> Ticket:
        """Return the publication."""
        from airflow_dataops.bridge import stats
        from airflow_dataops.bridge.hooks import warehouse
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.bridge.tables import by_server
        from airflow_dataops.bridge.zones import zone_dataset
        from airflow_dataops.documents.promised import promised
        from airflow_dataops.usecases.batches.publish import publish
        from airflow_dataops.wiring import clocks, stores, targets

        staged, run, at = ticket.staged(self.staged), run_of(context), settings()
        contract, dataset = promised(self.file(self.contract), self.dataset)
        publication = publish(
            staged,
            contract=contract,
            dataset=dataset,
            run=run,
            target=targets.target(at, self.target, self.table, warehouse(self.conn_id)),
            store=stores.store(at),
            clock=clocks.clock(),
            actions=stores.service_levels(at),
        )
        batch = publication.batch
        read = zone_dataset("staging", batch, stage=Stage.AUDIT, rows=staged.rows)
        table = file_dataset(
            publication.target,
            columns=dataset.columns,
            rows=publication.rows,
            version=publication.version,
            lineage=unchanged(dataset),
            of=read.name,
            of_namespace=read.namespace,
        )
        facet = BatchFacet(batch=batch, run=run, contract=contract.reference, manifest=staged.landing.sha256)
        self.lineage = Lineage(facet, inputs=(read,), outputs=(by_server(table),))
        stats.of_publication(publication)
        how = (
            "published" if publication.run_id == run.run_id else "found the same content, published earlier:"
        )
        self.say(batch, run, f"{how} {publication.rows} rows as version {publication.version}")
        return ticket.written(publication)
