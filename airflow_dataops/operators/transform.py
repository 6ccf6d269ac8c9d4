"""Transform a verified batch by the team's own SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.attempt import run_of
from airflow_dataops.core import ticket
from airflow_dataops.core.lineage import BatchFacet, Lineage
from airflow_dataops.core.naming import Stage
from airflow_dataops.operators.stage import StageOperator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context, XComArg

    from airflow_dataops.core.ticket import Ticket


class TransformOperator(StageOperator):
    """Run one SELECT over the good rows of a landing, and stage what it returns.

    In the SQL, `{{ source }}` stands for the good rows and `{{ partition }}` for the partition's label,
    quoted. The file is rendered by us, in a sandbox, and not by Airflow.

    Args:
        staged: What `VerifyOperator` returned.
        sql: The file that holds the SELECT, in DuckDB's dialect, or that of the database of the batch.
        source: What the good rows are called in the SQL, for whoever reads its plan.
        conn_id: The Airflow connection of the database in which the batch lies, where its source is a table;
            empty where it lies in files.
    """

    template_fields: Sequence[str] = ("staged", "sql", "source", "conn_id")

    def __init__(
        self,
        *,
        staged: Ticket | XComArg,
        sql: str,
        source: str = "landing",
        conn_id: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.staged = staged
        self.sql = sql
        self.source = source
        self.conn_id = conn_id

    def work(self, context: Context) -> Ticket:
        """Return the transformed rows."""
        from airflow_dataops.bridge.hooks import warehouse
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.bridge.zones import zone_dataset
        from airflow_dataops.documents.yaml.text import read_text
        from airflow_dataops.usecases.batches.transform import transform
        from airflow_dataops.wiring import engines, zoning

        staged, run, at = ticket.staged(self.staged), run_of(context), settings()
        batch, database = staged.landing.batch, warehouse(self.conn_id)
        made, transformed = transform(
            staged,
            sql=read_text(self.file(self.sql)),
            source=self.source,
            place=self.sql,
            into=zoning.zones(at, database).staging(batch, run, Stage.TRANSFORM),
            engine=engines.engine(at, database),
        )
        read = zone_dataset("staging", batch, stage=Stage.VERIFY, rows=staged.rows)
        wrote = zone_dataset(
            "staging",
            batch,
            stage=Stage.TRANSFORM,
            rows=made.rows,
            lineage=tuple(made.lineage.items()),
            of=read.name,
        )
        facet = BatchFacet(batch=batch, run=run, manifest=staged.landing.sha256)
        self.lineage = Lineage(facet, inputs=(read,), outputs=(wrote,))
        self.say(batch, run, f"{staged.rows} rows became {made.rows}")
        return ticket.written(transformed)
