"""Make one model of a batch by the team's own SQL."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.attempt import run_of
from airflow_dataops.core import ticket
from airflow_dataops.core.lineage import BatchFacet, FieldRef, Lineage, file_dataset
from airflow_dataops.core.models import staged_as
from airflow_dataops.operators.begin import no_connection
from airflow_dataops.operators.stage import StageOperator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.sdk import Context, XComArg

    from airflow_dataops.core.lineage import DatasetRef
    from airflow_dataops.core.rows.relation import Modelled
    from airflow_dataops.core.ticket import Ticket


class ModelOperator(StageOperator):
    """Run one SELECT over tables of a database and over other models, and stage what it returns there.

    In the SQL, `{{ ref("stg_orders") }}` stands for the rows of another model,
    `{{ source("raw", "orders") }}` for a table of the database, and `{{ partition }}` for the partition's
    label, quoted. The file is rendered by us, in a sandbox, and not by Airflow.

    Args:
        begun: What `BeginOperator` returned.
        sql: The file that holds the SELECT, in the dialect of the database.
        conn_id: The Airflow connection of the database.
        refs: Name of a model that this one reads -> what the `ModelOperator` returned that made it.
        model: What others call this one; by default the file's name without its ending.
    """

    template_fields: Sequence[str] = ("begun", "sql", "conn_id", "refs", "model")
    ui_color = "#e3f0e4"

    def __init__(
        self,
        *,
        begun: Ticket | XComArg,
        sql: str,
        conn_id: str,
        refs: Mapping[str, Ticket | XComArg] | None = None,
        model: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.begun = begun
        self.sql = sql
        self.conn_id = conn_id
        self.refs = dict(refs or {})
        self.model = model or PurePath(sql).stem

    def work(self, context: Context) -> Ticket:
        """Return the model's rows."""
        from airflow_dataops.bridge.hooks import warehouse
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.bridge.tables import by_server
        from airflow_dataops.bridge.zones import zone_dataset
        from airflow_dataops.documents.yaml.text import read_text
        from airflow_dataops.usecases.batches.model import model
        from airflow_dataops.wiring import databases, zoning

        begun, run = ticket.beginning(self.begun), run_of(context)
        batch, database = begun.batch, warehouse(self.conn_id)
        if database is None:
            raise no_connection()
        refs = {name: ticket.staged(handed) for name, handed in self.refs.items()}
        made, staged = model(
            self.model,
            beginning=begun,
            text=read_text(self.file(self.sql)),
            refs=refs,
            place=self.sql,
            into=zoning.zones(settings(), database).staging(batch, run, staged_as(self.model)),
            models=databases.models(database),
        )
        read = {
            **{name: zone_dataset("staging", batch, stage=ref.maker) for name, ref in refs.items()},
            **{name: by_server(file_dataset(databases.address(database, name))) for name in made.tables},
        }
        wrote = zone_dataset("staging", batch, stage=staged.maker, rows=made.rows, fields=_fields(made, read))
        self.lineage = Lineage(
            BatchFacet(batch=batch, run=run), inputs=tuple(read.values()), outputs=(wrote,)
        )
        self.say(batch, run, f"made {made.rows} rows of the model {self.model}")
        return ticket.written(staged)


def _fields(made: Modelled, read: Mapping[str, DatasetRef]) -> tuple[tuple[str, tuple[FieldRef, ...]], ...]:
    """Return each column of a model, and the columns of what it read that it is computed from."""
    return tuple(
        (column, tuple(FieldRef(read[name].namespace, read[name].name, field) for name, field in drawn))
        for column, drawn in made.lineage.items()
    )
