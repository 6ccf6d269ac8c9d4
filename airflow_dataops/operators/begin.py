"""Begin a batch for which nothing lands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.attempt import batch_of, run_of
from airflow_dataops.core import ticket
from airflow_dataops.core.lineage import BatchFacet, Lineage, file_dataset
from airflow_dataops.errors import SettingsError
from airflow_dataops.operators.stage import StageOperator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from airflow_dataops.core.ticket import Ticket


class BeginOperator(StageOperator):
    """See that the tables are there of which a batch is made, and say which batch it is; no row is read.

    Args:
        product: The data product.
        dataset: Its dataset.
        tables: The tables that the batch's models read, as schema.table.
        conn_id: The Airflow connection of the database that has them.
        team: Whose product it is; the DAG bundle by default.
        partition: The partition; by default the run's partition key, or else the label of its data interval.
        grain: How much time one partition covers: hour, day, month or year.
        timezone: Where the product's days begin.
    """

    template_fields: Sequence[str] = (
        *("product", "dataset", "tables", "conn_id"),
        *("team", "partition", "grain", "timezone"),
    )

    def __init__(
        self,
        *,
        product: str,
        dataset: str,
        tables: Sequence[str],
        conn_id: str,
        team: str = "",
        partition: str = "",
        grain: str = "day",
        timezone: str = "UTC",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.product = product
        self.dataset = dataset
        self.tables = list(tables)
        self.conn_id = conn_id
        self.team = team
        self.partition = partition
        self.grain = grain
        self.timezone = timezone

    def work(self, context: Context) -> Ticket:
        """Return how the batch begins."""
        from airflow_dataops.bridge.hooks import warehouse
        from airflow_dataops.bridge.tables import by_server
        from airflow_dataops.usecases.batches.begin import begin
        from airflow_dataops.wiring import databases

        run = run_of(context)
        batch = batch_of(
            context,
            product=self.product,
            dataset=self.dataset,
            team=self.team,
            partition=self.partition,
            grain=self.grain,
            timezone=self.timezone,
        )
        database = warehouse(self.conn_id)
        if database is None:
            raise no_connection()
        begun = begin(batch, tables=self.tables, run=run, models=databases.models(database))
        read = (by_server(file_dataset(databases.address(database, table))) for table in begun.tables)
        self.lineage = Lineage(BatchFacet(batch=batch, run=run), inputs=tuple(read))
        self.say(batch, run, f"begins with {', '.join(begun.tables) or 'no table'}")
        return ticket.written(begun)


def no_connection() -> SettingsError:
    """Return the error of a stage that works in a database, and is told none."""
    return SettingsError(
        "`conn_id` is empty", hint="Name the Airflow connection of the database that has the tables."
    )
