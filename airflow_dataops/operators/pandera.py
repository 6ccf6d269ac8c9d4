"""Part a batch that is on its way by a pandera schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.attempt import run_of
from airflow_dataops.core import ticket
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.rows.relation import Split
from airflow_dataops.operators.stage import StageOperator
from airflow_dataops.operators.verify import share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context, XComArg

    from airflow_dataops.core.ticket import Ticket


class PanderaOperator(StageOperator):
    """Judge staged rows by a pandera schema: pass on the good ones, quarantine the bad ones with their rules.

    It stands between `VerifyOperator` or `TransformOperator` and `AuditOperator`, and works on files. Rows go
    on as they are: a schema that coerces is judged after coercion, and changes nothing.

    Args:
        staged: What `VerifyOperator`, `TransformOperator` or another `PanderaOperator` returned.
        schema: The schema, as `module:Object`.
        folder: The folder of the module; empty where it can be imported.
        max_quarantined: Share of the rows, 0 to 1, above which the batch fails instead of being split.
    """

    template_fields: Sequence[str] = ("staged", "schema", "folder", "max_quarantined")

    def __init__(
        self,
        *,
        staged: Ticket | XComArg,
        schema: str,
        folder: str = "",
        max_quarantined: float | str = 0.2,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.staged = staged
        self.schema = schema
        self.folder = folder
        self.max_quarantined = max_quarantined

    def work(self, context: Context) -> Ticket:
        """Return the good rows, or fail with the rules that were broken."""
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.bridge.zones import zone_dataset
        from airflow_dataops.documents.implementation import located
        from airflow_dataops.usecases.batches.part import part
        from airflow_dataops.wiring import clocks, engines, stores, zoning

        staged, run, at = ticket.staged(self.staged), run_of(context), settings()
        landing, zones = staged.landing, zoning.local_zones(at)
        batch = landing.batch
        split = Split(
            zones.staging(batch, run, f"{Stage.TRANSFORM}.{self.task_id}"),
            zones.rejected(batch, f"{landing.sha256}.{self.task_id}"),
        )
        verification, good = part(
            staged,
            schema=located(self.schema, self.folder) if self.folder else self.schema,
            split=split,
            ceiling=share(self.max_quarantined),
            run=run,
            parter=engines.parter(),
            store=stores.store(at),
            clock=clocks.clock(),
        )
        read = zone_dataset(
            "staging", batch, stage=staged.stage, outcomes=verification.outcomes, rows=verification.rows
        )
        wrote = (
            zone_dataset("staging", batch, stage=Stage.TRANSFORM, rows=good.rows),
            zone_dataset("quarantine", batch, rows=verification.bad),
        )
        self.conclude(
            verification,
            origin=landing.origin,
            manifest=landing.sha256,
            run=run,
            inputs=(read,),
            outputs=wrote,
            hint="Look at the quarantine, mend the rows or the schema, then clear this task.",
        )
        return ticket.written(good)
