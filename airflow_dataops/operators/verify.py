"""Verify a landing."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.attempt import run_of
from airflow_dataops.core import ticket
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.rows.others import others
from airflow_dataops.core.rows.relation import Split, landed
from airflow_dataops.errors import SettingsError
from airflow_dataops.operators.stage import StageOperator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.sdk import Context, XComArg

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.ticket import Ticket


class VerifyOperator(StageOperator):
    """Judge every row of a landing: stage the good ones, quarantine the bad ones with their rules' ids.

    Args:
        landing: What `LandOperator` or `GateOperator` returned.
        contract: The file of the contract that the landing must keep.
        dataset: The dataset in it; not needed when it has one only.
        schema: A pandera schema that the rows must keep as well, as `module:Object`: a module beside the
            contract, or one that can be imported.
        max_quarantined: Share of the rows, 0 to 1, above which the batch fails instead of being split.
        conn_id: The Airflow connection of the database in which the batch lies, where its source is a table;
            empty where it lies in files.
        lookups: What a dataset is called that rules look at besides the batch, as the contract's
            relationships lead to it -> its published table: a path, or `postgres://conn_id/schema.table`.
        expected_rows: Who says how many rows the batch should have, as `expected.rows` of a pipeline file
            names them (`bridge/expected_rows.py`); None where nobody does.
    """

    template_fields: Sequence[str] = (
        "landing",
        "contract",
        "dataset",
        "schema",
        "max_quarantined",
        "conn_id",
        "lookups",
        "expected_rows",
    )

    def __init__(
        self,
        *,
        landing: Ticket | XComArg,
        contract: str,
        dataset: str = "",
        schema: str = "",
        max_quarantined: float | str = 0.2,
        conn_id: str = "",
        lookups: Mapping[str, str] | None = None,
        expected_rows: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.landing = landing
        self.contract = contract
        self.dataset = dataset
        self.schema = schema
        self.max_quarantined = max_quarantined
        self.conn_id = conn_id
        self.lookups = dict(lookups or {})
        self.expected_rows = expected_rows

    def work(self, context: Context) -> Ticket:
        """Return the good rows, or fail with the rules that were broken."""
        from airflow_dataops.bridge.hooks import warehouse
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.bridge.tables import looked_up
        from airflow_dataops.bridge.zones import zone_dataset
        from airflow_dataops.documents.promised import promised
        from airflow_dataops.usecases.batches.verify import verify
        from airflow_dataops.wiring import clocks, engines, stores, zoning

        landing, run, at = ticket.landing(self.landing), run_of(context), settings()
        contract, dataset = promised(self.file(self.contract), self.dataset)
        database = warehouse(self.conn_id)
        batch, zones = landing.batch, zoning.zones(at, database)
        good = zones.staging(batch, run, Stage.VERIFY)
        expected = self._expected(batch, run)
        split = Split(good, zones.quarantine(batch, landing), digest=False)
        verification, staged = verify(
            landed(landing),
            contract=contract,
            dataset=dataset,
            schema=self.schema_file(self.schema, contract=self.contract),
            landing=landing,
            stage=Stage.VERIFY,
            split=split,
            others=others(contract, dataset, lookups=self.lookups),
            ceiling=share(self.max_quarantined),
            expected=expected,
            run=run,
            engine=engines.engine(at, database, database=warehouse),
            store=stores.store(at),
            clock=clocks.clock(),
        )
        read = zone_dataset(
            "raw", batch, columns=dataset.columns, outcomes=verification.outcomes, rows=verification.rows
        )
        wrote = (
            zone_dataset("staging", batch, stage=Stage.VERIFY, columns=dataset.columns, rows=staged.rows),
            zone_dataset("quarantine", batch, rows=verification.bad),
        )
        self.conclude(
            verification,
            origin=landing.origin,
            manifest=landing.sha256,
            run=run,
            inputs=(read, *looked_up(self.lookups, at.lake_path)),
            outputs=wrote,
            hint="Look at the quarantine, ask the producer for a better drop, then clear the run.",
            runbook=contract.runbook,
        )
        return ticket.written(staged)

    def _expected(self, batch: Batch, run: Run) -> int | None:
        """Return how many rows the batch should have. Where nobody knows, that is said, and nothing fails."""
        if not self.expected_rows:
            return None
        from airflow_dataops.bridge.expected_rows import Counter
        from airflow_dataops.usecases.batches.expect_rows import expect_rows

        expected, why = expect_rows(batch, counter=Counter(self.expected_rows, self.file))
        if expected is None:
            self.say(batch, run, f"completeness is not known: {why}")
        return expected


def share(given: float | str) -> Fraction:
    """Return a share as an exact fraction, from its text.

    Raises:
        SettingsError: If it is not a number from 0 to 1.
    """
    try:
        found = Fraction(str(given))
    except (ValueError, ZeroDivisionError):
        found = Fraction(-1)
    if not 0 <= found <= 1:
        raise SettingsError(
            f"`max_quarantined` can't be `{given}`", hint="Use a share from 0 to 1, such as 0.2."
        )
    return found
