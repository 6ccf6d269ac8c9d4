"""What all stages of a batch have in common."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from airflow_dataops.bridge.attempt import folder_of
from airflow_dataops.bridge.failure import failing_as_airflow
from airflow_dataops.bridge.incident_link import IncidentLink
from airflow_dataops.bridge.traces import attributes, span
from airflow_dataops.core.batch import PARTS, correlation_id
from airflow_dataops.core.checks.selection import LEFT
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.fail_on import FailOn, stopping
from airflow_dataops.core.lineage import BatchFacet, Lineage
from airflow_dataops.core.verification import advice, sentence, told
from airflow_dataops.errors import BadDataError, BrokenWorldError, NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from airflow.providers.openlineage.extractors import OperatorLineage
    from airflow.sdk import BaseOperatorLink, Context
    from airflow.sdk.types import RuntimeTaskInstanceProtocol as TaskInstance

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.checks.streak import Streaks
    from airflow_dataops.core.lineage import DatasetRef
    from airflow_dataops.core.ticket import Ticket
    from airflow_dataops.core.verification import Verification


class StageOperator(BaseOperator):
    """One stage of one batch: it fails in one of three ways, and says what it read and wrote.

    A stage takes the ticket of the stage before it and returns its own: plain JSON with counts, digests and
    places, never a row.
    """

    template_fields: Sequence[str] = ()
    operator_extra_links: Collection[BaseOperatorLink] = (IncidentLink(),)
    ui_color = "#e8f1f5"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lineage: Lineage | None = None

    def execute(self, context: Context) -> Ticket:
        """Do the stage's work.

        Raises:
            AirflowFailException: For bad data, a wrong file, and what could not be evaluated: not tried
                again.
            AirflowException: For a broken world: tried again.
        """
        self.operator_extra_links = type(self).operator_extra_links
        with failing_as_airflow(), span(f"dataops.{self.stage}") as made:
            try:
                ticket = self.work(context)
            finally:
                if self.lineage is not None:
                    facet = self.lineage.facet
                    attributes(made, **{part: getattr(facet.batch, part) for part in PARTS})
                    attributes(made, correlation_id=correlation_id(facet.batch, facet.run))
        # Airflow keeps an XCom for every link of every task: one that went well has no incident.
        self.operator_extra_links = ()
        return ticket

    @property
    def stage(self) -> str:
        """What traces call it: `PublishOperator` is `publish`, `VerifyContractOperator` `verify_contract`."""
        name = type(self).__name__.removesuffix("Operator")
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()

    def work(self, context: Context) -> Ticket:
        """Do the stage's work, and return its ticket."""
        raise NotImplementedError

    def file(self, given: str) -> str:
        """Return a file or folder of the product: what isn't absolute begins at the DAG file's folder."""
        return str(folder_of(self) / given)

    def schema_file(self, given: str, *, contract: str) -> str:
        """Return where a pandera schema lies: in a named file, beside the contract, or to be imported.

        Args:
            given: `./file.py:Object` or `module:Object`, or empty.
            contract: The contract that the rows must keep.
        """
        from airflow_dataops.documents.implementation import located

        if given.startswith("."):
            file, _, name = given.rpartition(":")
            return f"{self.file(file)}:{name}"
        return located(given, Path(self.file(contract)).parent)

    def say(self, batch: Batch, run: Run, what: str) -> None:
        """Write one log line that carries the batch's correlation id."""
        self.log.info("[%s] %s", correlation_id(batch, run), what)

    def conclude(
        self,
        verification: Verification,
        *,
        origin: str,
        manifest: str = "",
        run: Run,
        inputs: tuple[DatasetRef, ...],
        outputs: tuple[DatasetRef, ...] = (),
        hint: str,
        runbook: str = "",
        choice: FailOn = FailOn.ERROR,
    ) -> None:
        """Tell what a verification came to, in lineage, stats and log, and refuse a batch that doesn't pass.

        Args:
            verification: What it came to.
            origin: Where the rows came from.
            manifest: The sha256 of their raw copy, where there is one.
            run: The attempt.
            inputs: What was read.
            outputs: What was written.
            hint: What to do where the batch may not go on.
            runbook: The URL of what the contract says is to be done then, or empty.
            choice: Which verdicts fail the task.

        Raises:
            NotEvaluatedError: If a rule could not be evaluated.
            BadDataError: If the batch may not go on.
        """
        from airflow_dataops.bridge import stats

        batch = verification.batch
        facet = BatchFacet(
            batch=batch,
            run=run,
            contract=verification.contract,
            manifest=manifest,
            quarantined=verification.bad,
        )
        self.lineage = Lineage(facet, inputs=inputs, outputs=outputs if verification.passes else ())
        stats.of_verification(verification)
        streaks = self._streaks(verification)
        unasked = [o for o in verification.outcomes if o.status is Status.SKIPPED and o.observed == LEFT]
        if unasked:
            many = "1 rule was" if len(unasked) == 1 else f"{len(unasked)} rules were"
            self.say(batch, run, f"{many} not asked for, and {'is' if len(unasked) == 1 else 'are'} skipped")
        for outcome in verification.outcomes:
            if outcome.status is not Status.PASSED and outcome not in unasked:
                self.say(batch, run, told(outcome, streaks.get(outcome.rule)))
        for rule, streak in streaks.items():
            if streak.mended:
                self.say(batch, run, f"{rule}: {streak}")
        where = f"{origin} ({batch}, {verification.contract})"
        book = f" Runbook: {runbook}" if runbook else ""
        if verification.errors:
            hint = f"{advice(verification)}{book}"
            raise NotEvaluatedError(sentence(verification, streaks), where=where, hint=hint)
        stopped = stopping(verification, choice)
        if stopped:
            said = sentence(replace(verification, blocks=stopped), streaks)
            raise BadDataError(said, where=where, hint=f"{hint}{book}")
        self.say(batch, run, sentence(verification, streaks))

    def _streaks(self, verification: Verification) -> Streaks:
        """Return for how long rules have not been kept; nothing where the store can't be asked just now."""
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.usecases.contracts.trace import trace
        from airflow_dataops.wiring import stores

        try:
            return trace(verification, history=stores.history(settings()))
        except BrokenWorldError as error:
            # The verdict is recorded and stands: it must not be lost for what is told beside it.
            self.log.warning("what is new and what isn't can't be told: %s", error)
            return {}

    def get_openlineage_facets_on_complete(self, _: TaskInstance) -> OperatorLineage[Any, Any] | None:
        """Return what the task read and wrote: the OpenLineage provider asks, also when the task failed."""
        from airflow_dataops.bridge.lineage import operator_lineage

        return operator_lineage(self.lineage)
