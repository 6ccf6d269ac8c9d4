"""Announce a publication."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.attempt import run_of
from airflow_dataops.core import ticket
from airflow_dataops.core.naming import QUALITY_RESULT
from airflow_dataops.operators.stage import StageOperator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context, XComArg

    from airflow_dataops.core.ticket import Ticket


class AnnounceOperator(StageOperator):
    """Tell readers of the new version: service level events, and the outlet asset's event with a summary.

    Give it the product's asset as its outlet. It is the last task, so that the event is withheld when
    anything before it failed or was skipped. Airflow starts by an event with a partition what runs by
    partition, by one without whatever else runs after the asset: so partitions have an outlet of their own.

    Args:
        publication: What `PublishOperator` returned.
        landing: What `LandOperator` or `GateOperator` returned; or `BeginOperator`, where nothing lands.
        conn_id: The Airflow connection of the database in which the batch lies, where it is made of tables;
            empty where it lies in files.
        by_partition: The name of the outlet whose event has the partition as its key; empty for none.
    """

    template_fields: Sequence[str] = ("publication", "landing", "conn_id", "by_partition")

    def __init__(
        self,
        *,
        publication: Ticket | XComArg,
        landing: Ticket | XComArg,
        conn_id: str = "",
        by_partition: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.publication = publication
        self.landing = landing
        self.conn_id = conn_id
        self.by_partition = by_partition

    def work(self, context: Context) -> Ticket:
        """Return the summary that the asset event carries."""
        from airflow.sdk import Asset

        from airflow_dataops.bridge import stats
        from airflow_dataops.bridge.hooks import warehouse
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.usecases.batches.announce import announce
        from airflow_dataops.wiring import stores, zoning

        publication, landing = ticket.publication(self.publication), ticket.origin(self.landing)
        run, at = run_of(context), settings()
        events, quality = announce(
            publication,
            landing=landing,
            run=run,
            store=stores.store(at),
            zones=zoning.zones(at, warehouse(self.conn_id)),
        )
        stats.of_service_levels(events)
        levels = {event.sli.value: None if event.value is None else float(event.value) for event in events}
        summary: Ticket = {
            "partition": publication.batch.partition,
            "version": publication.version,
            "rows": publication.rows,
            "contract": publication.contract,
            "service_levels": levels,
        }
        for outlet in self.outlets:
            if isinstance(outlet, Asset):
                extra: dict[str, Any] = {"dataops": summary, QUALITY_RESULT: quality.summary()}
                context["outlet_events"][outlet].extra = extra
                if outlet.name == self.by_partition:
                    context["outlet_events"][outlet].add_partitions(publication.batch.partition)
        told = ", ".join(f"{name} {value}" for name, value in levels.items())
        self.say(publication.batch, run, f"announced version {publication.version}: {told}")
        return summary
