"""What tasks have in common that hold rows of their own against a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.attempt import asset_of, batch_of, folder_of, run_of
from airflow_dataops.core.batch import correlation_id, segment
from airflow_dataops.core.checks.selection import asked_for
from airflow_dataops.core.drop_path import PARTITION
from airflow_dataops.core.fail_on import FailOn, fail_on
from airflow_dataops.core.naming import QUALITY_RESULT
from airflow_dataops.core.quality_result import quality_of
from airflow_dataops.core.rows.failing_row import MOST, json_lines, most_of, sentence
from airflow_dataops.core.rows.lookup import addresses
from airflow_dataops.core.verification import remedy
from airflow_dataops.operators.stage import StageOperator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.sdk import Context

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.checks.selection import Selection
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.lineage import DatasetRef
    from airflow_dataops.core.rows.failing_row import FailingRows
    from airflow_dataops.core.ticket import Ticket
    from airflow_dataops.core.verification import Verification


class VerdictOperator(StageOperator):
    """Holds rows against a contract, records the verdict, tells it, and fails by it.

    Args:
        contract: The file of the contract; a relative path begins at the folder of the DAG file.
        dataset: The dataset in it; not needed when it has one only.
        rules: Ids of the rules to judge; empty for all.
        dimensions: Dimensions of the rules to judge, such as `completeness`; empty for all.
        lookups: What a dataset is called that rules look at besides -> where its table is: a path, or
            `postgres://conn_id/schema.table`; or a mapping with `path`, or with `conn_id` and `table`. Or a
            list of such mappings, each with its `dataset`, as in a pipeline file.
        scheduled: Whether rules that have a schedule of their own are judged, too.
        fail_on: `error`; `warn`, to fail also where a rule only warns; or `never`. A rule that can't be
            evaluated fails the task in each case.
        keys: The file of JSON lines that names the rows that broke a rule, by their primary key, line and
            file; `{partition}` in it stands for the partition's label. Empty for none. What lies there is
            replaced only if an earlier run wrote it.
        most_keys: How many rows it names, at most.
        product: The data product; by default the only asset among the outlets, or else the contract's name.
        team: Whose product it is; the DAG bundle by default.
        partition: What the rows are of; by default the run's partition key, or else the label of its data
            interval, or else its id.
        grain: How much time one partition covers: hour, day, month or year.
        timezone: Where the product's days begin.
    """

    template_fields: Sequence[str] = (
        "contract",
        "dataset",
        "rules",
        "dimensions",
        "lookups",
        "scheduled",
        "fail_on",
        "keys",
        "most_keys",
        "product",
        "team",
        "partition",
        "grain",
        "timezone",
    )

    def __init__(
        self,
        *,
        contract: str,
        dataset: str = "",
        rules: Sequence[str] = (),
        dimensions: Sequence[str] = (),
        lookups: Mapping[str, Any] | Sequence[Mapping[str, str]] | None = None,
        scheduled: bool = False,
        fail_on: str = FailOn.ERROR.value,
        keys: str = "",
        most_keys: int | str = MOST,
        product: str = "",
        team: str = "",
        partition: str = "",
        grain: str = "day",
        timezone: str = "UTC",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        asked_for(rules, dimensions, rendered=False)
        self.contract = contract
        self.dataset = dataset
        self.rules = rules
        self.dimensions = dimensions
        self.lookups = addresses(lookups)
        self.scheduled = scheduled
        self.fail_on = fail_on
        self.keys = keys
        self.most_keys = most_keys
        self.product = product
        self.team = team
        self.partition = partition
        self.grain = grain
        self.timezone = timezone

    def work(self, context: Context) -> Ticket:
        """Return the summary of the verdict: counts, ids of rules, places; never a row."""
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.documents.promised import promised
        from airflow_dataops.usecases.contracts.record_check import record_check
        from airflow_dataops.wiring import stores

        run, choice = run_of(context), fail_on(self.fail_on)
        contract, dataset = promised(str(folder_of(self) / self.contract), self.dataset)
        batch = batch_of(
            context,
            product=self.product or asset_of(self) or contract.name,
            dataset=dataset.name,
            team=self.team,
            partition=self.partition,
            grain=self.grain,
            timezone=self.timezone,
            undated=True,
        )
        found, failing = self.judge(context, contract=contract, dataset=dataset, batch=batch, run=run)
        record_check(found, selection=self.selection(), run=run, store=stores.store(settings()))
        if self.keys:
            self._name_failing(failing, dataset, batch, run)
        summary = self._summary(found, run)
        self._announce(summary, context)
        self.conclude(
            found,
            origin=self.origin(batch),
            run=run,
            inputs=self.read(found, dataset),
            hint=remedy(found),
            runbook=contract.runbook,
            choice=choice,
        )
        return summary

    def judge(
        self, context: Context, *, contract: Contract, dataset: Dataset, batch: Batch, run: Run
    ) -> tuple[Verification, FailingRows | None]:
        """Return the verdict on the rows, and which of them broke a rule; None where none is to be named."""
        raise NotImplementedError

    def origin(self, batch: Batch) -> str:
        """Return where the rows of a batch are, for messages."""
        raise NotImplementedError

    def read(self, found: Verification, dataset: Dataset) -> tuple[DatasetRef, ...]:
        """Return what was read, as lineage names it."""
        raise NotImplementedError

    def files(self, batch: Batch) -> tuple[str, ...]:  # noqa: ARG002 - rows elsewhere are in no file
        """Return the files on this machine that the rows are in, which nothing is written over."""
        return ()

    def selection(self) -> Selection:
        """Return which rules are asked for."""
        return asked_for(self.rules, self.dimensions)

    def most_named(self) -> int:
        """Return how many rows that broke a rule are named, at most.

        Raises:
            SettingsError: If that is no number.
        """
        return most_of(self.most_keys, name="most_keys") if self.keys else 0

    def _name_failing(self, failing: FailingRows | None, dataset: Dataset, batch: Batch, run: Run) -> None:
        """Write which rows broke a rule, and tell how many; where none was judged, nothing is written."""
        from airflow_dataops.wiring import handouts

        place = str(folder_of(self) / self.keys.replace(PARTITION, segment(batch.partition)))
        if failing is not None:
            spared = (str(folder_of(self) / self.contract), *self.files(batch))
            handouts.write_key_lines(json_lines(failing, dataset), to=place, spared=spared)
        self.say(batch, run, sentence((failing,), place=place, setting="most_keys"))

    def _summary(self, found: Verification, run: Run) -> Ticket:
        quality = quality_of(found, table=self.origin(found.batch), run_uid=correlation_id(found.batch, run))
        return {
            "partition": found.batch.partition,
            "contract": found.contract,
            "rows": found.rows,
            "good": found.good,
            "bad": found.bad,
            "quarantine": found.quarantine,
            "quality": quality.summary(),
        }

    def _announce(self, summary: Ticket, context: Context) -> None:
        """Put the verdict on the events of the outlet assets, which are sent if the task succeeds."""
        from airflow.sdk import Asset

        extra = {
            "dataops": {key: value for key, value in summary.items() if key != "quality"},
            QUALITY_RESULT: summary["quality"],
        }
        for outlet in self.outlets:
            if isinstance(outlet, Asset):
                context["outlet_events"][outlet].extra = extra
