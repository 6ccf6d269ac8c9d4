"""Audit a staged batch."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.attempt import run_of
from airflow_dataops.core import ticket
from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.spec import Unique
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.contract.model import Scope
from airflow_dataops.core.lineage import unchanged
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.rows.others import others
from airflow_dataops.core.rows.relation import Split, Staged
from airflow_dataops.operators.stage import StageOperator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.sdk import Context, XComArg

    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.core.staged import StagedBatch
    from airflow_dataops.core.ticket import Ticket
    from airflow_dataops.core.verification import Verification

REJECTED = "audit_rejected"
"""The staged file of the rows that an audit refused; it stays until the batch is announced."""


class AuditOperator(StageOperator):
    """Judge the staged partition against the product's own contract: what is published is what was promised.

    Nothing is quarantined here: one row that breaks a rule fails the batch.

    Args:
        staged: What `VerifyOperator`, `TransformOperator` or `ModelOperator` returned.
        contract: The file of the product's contract.
        dataset: The dataset in it; not needed when it has one only.
        schema: A pandera schema that the rows must keep as well, as `module:Object`: a module beside the
            contract, or one that can be imported.
        conn_id: The Airflow connection of the database in which the batch lies, where it is made of tables;
            empty where it lies in files.
        lookups: What a dataset is called that rules look at besides the batch, as the contract's
            relationships lead to it -> its published table: a path, or `postgres://conn_id/schema.table`.
        published: The published table of the product itself, for rules that look at all of it; the
            partition of the batch is left out.
    """

    template_fields: Sequence[str] = (
        *("staged", "contract", "dataset", "schema", "conn_id"),
        *("lookups", "published"),
    )

    def __init__(
        self,
        *,
        staged: Ticket | XComArg,
        contract: str,
        dataset: str = "",
        schema: str = "",
        conn_id: str = "",
        lookups: Mapping[str, str] | None = None,
        published: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.staged = staged
        self.contract = contract
        self.dataset = dataset
        self.schema = schema
        self.conn_id = conn_id
        self.lookups = dict(lookups or {})
        self.published = published

    def work(self, context: Context) -> Ticket:
        """Return the audited rows: the contract's columns and types, in its order."""
        from airflow_dataops.bridge.hooks import warehouse
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.bridge.tables import looked_up
        from airflow_dataops.bridge.zones import zone_dataset
        from airflow_dataops.documents.promised import promised
        from airflow_dataops.usecases.batches.verify import verify
        from airflow_dataops.wiring import clocks, engines, stores, zoning

        staged, run, at = ticket.staged(self.staged), run_of(context), settings()
        contract, dataset = promised(self.file(self.contract), self.dataset)
        database = warehouse(self.conn_id)
        landing, zones = staged.landing, zoning.zones(at, database)
        batch = landing.batch
        verification, audited = verify(
            Staged(staged.uri),
            contract=contract,
            dataset=dataset,
            schema=self.schema_file(self.schema, contract=self.contract),
            landing=landing,
            stage=Stage.AUDIT,
            split=Split(zones.staging(batch, run, Stage.AUDIT), zones.staging(batch, run, REJECTED)),
            others=others(
                contract, dataset, lookups=self.lookups, published=self.published, but=batch.partition
            ),
            ceiling=Fraction(0),
            run=run,
            engine=engines.engine(at, database, database=warehouse),
            store=stores.store(at),
            clock=clocks.clock(),
        )
        read = zone_dataset(
            "staging",
            batch,
            stage=staged.maker,
            columns=dataset.columns,
            outcomes=verification.outcomes,
            rows=verification.rows,
        )
        wrote = zone_dataset(
            "staging",
            batch,
            stage=Stage.AUDIT,
            columns=dataset.columns,
            rows=audited.rows,
            lineage=unchanged(dataset),
            of=read.name,
        )
        self.conclude(
            verification,
            origin=landing.origin,
            manifest=landing.sha256,
            run=run,
            inputs=(read, *looked_up(self.lookups, at.lake_path)),
            outputs=(wrote,),
            hint=_hint(verification, dataset, staged=staged),
            runbook=contract.runbook,
        )
        return ticket.written(audited)


def _hint(verification: Verification, dataset: Dataset, *, staged: StagedBatch) -> str:
    """Return what to do about a batch that the audit stopped.

    Args:
        verification: What it came to.
        dataset: What was promised.
        staged: What was audited.
    """
    failed = {outcome.rule for outcome in verification.outcomes if outcome.status is Status.FAILED}
    keys = {
        check.id
        for check in derive(dataset)
        if check.scope is Scope.TABLE and isinstance(check.promise, Unique)
    }
    steps = []
    if failed & keys:
        what = "the models" if staged.model else "the drop"
        steps.append(
            f"{', '.join(sorted(failed & keys))}: a key of the batch is published already by another "
            f"partition, or is in the batch twice; have {what} or that partition mended, then clear the run."
        )
    if failed - keys or not failed:
        steps.append(
            "Mend the transformation or the contract, then clear the run from `transform` on."
            if staged.stage is Stage.TRANSFORM
            else "Have the drop mended, or the contract, then clear the run."
        )
    return " ".join(steps)
