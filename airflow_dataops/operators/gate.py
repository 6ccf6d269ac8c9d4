"""Gate a landing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.attempt import run_of
from airflow_dataops.core import ticket
from airflow_dataops.core.contract.header import ExtraColumns
from airflow_dataops.errors import SettingsError
from airflow_dataops.operators.stage import StageOperator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context, XComArg

    from airflow_dataops.core.ticket import Ticket


class GateOperator(StageOperator):
    """Compare the header of a landing with its contract, before a row is read.

    Columns that are missing, renamed or repeated fail the batch; extra ones are reported or ignored, or fail
    it.

    Args:
        landing: What `LandOperator` returned.
        contract: The file of the contract that the landing must keep.
        dataset: The dataset in it; not needed when it has one only.
        extra_columns: `report`, `ignore` or `fail`.
        conn_id: The Airflow connection of the database in which the batch lies, where its source is a table;
            empty where it lies in files.
    """

    template_fields: Sequence[str] = ("landing", "contract", "dataset", "extra_columns", "conn_id")

    def __init__(
        self,
        *,
        landing: Ticket | XComArg,
        contract: str,
        dataset: str = "",
        extra_columns: str = "report",
        conn_id: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.landing = landing
        self.contract = contract
        self.dataset = dataset
        self.extra_columns = extra_columns
        self.conn_id = conn_id

    def work(self, context: Context) -> Ticket:
        """Return the landing when its header keeps the contract."""
        from airflow_dataops.bridge.hooks import warehouse
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.bridge.zones import zone_dataset
        from airflow_dataops.documents.promised import promised
        from airflow_dataops.usecases.batches.gate import gate
        from airflow_dataops.wiring import clocks, engines, stores

        landing, run, at = ticket.landing(self.landing), run_of(context), settings()
        contract, dataset = promised(self.file(self.contract), self.dataset)
        verification = gate(
            contract,
            dataset=dataset,
            landing=landing,
            extra=_extra(self.extra_columns),
            run=run,
            engine=engines.engine(at, warehouse(self.conn_id)),
            store=stores.store(at),
            clock=clocks.clock(),
        )
        self.conclude(
            verification,
            origin=landing.origin,
            manifest=landing.sha256,
            run=run,
            inputs=(
                zone_dataset("raw", landing.batch, columns=dataset.columns, outcomes=verification.outcomes),
            ),
            hint="Ask the producer for the columns of the contract, or change the contract.",
            runbook=contract.runbook,
        )
        return ticket.written(landing)


def _extra(given: str) -> ExtraColumns:
    """Read what to do with columns that the contract doesn't name.

    Raises:
        SettingsError: If it is none of the words.
    """
    try:
        return ExtraColumns(given)
    except ValueError:
        hint = f"Use one of {', '.join(ExtraColumns)}."
        raise SettingsError(f"`extra_columns` can't be `{given}`", hint=hint) from None
