"""Wait until the rows of a table or of files keep their contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.sdk import BaseSensorOperator, PokeReturnValue

from airflow_dataops.bridge.attempt import asset_of, batch_of, folder_of, name_of, run_of
from airflow_dataops.bridge.failure import failing_as_airflow
from airflow_dataops.core.checks.selection import asked_for
from airflow_dataops.core.rows.lookup import addresses
from airflow_dataops.core.verification import advice, sentence
from airflow_dataops.errors import BrokenWorldError, NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.sdk import Context, ObjectStoragePath

    from airflow_dataops.core.ticket import Ticket
    from airflow_dataops.core.verification import Verification


class ContractSensor(BaseSensorOperator):
    """Judge the rows of a table or of files again and again, until there are some and they keep the contract.

    It is for data that somebody else fills bit by bit. What is missing, or breaks the contract, may be mended
    by the next look, so it is no failure before the time is up; neither is a world that is broken for a
    while. No rows are none that keep it. A rule that can't be evaluated fails the task at once. The verdict
    is recorded when the wait ends.

    While it waits it holds no worker: rows are judged by a worker, and never by the triggerer. Such a task
    gets at least one retry; the end of the wait is not retried.

    Args:
        contract: The file of the contract; a relative path begins at the folder of the DAG file.
        dataset: The dataset in it; not needed when it has one only.
        conn_id: The connection of the database; or one of the type File (path), or of the object storage.
        table: The table, as schema.table.
        partition_clause: The SQL condition of those of its rows that are looked at; empty for all.
        path: The file, its last parts with `*` and `?` where it is several; or its address in object storage.
            A relative path begins at the folder of the DAG file. `{partition}` stands for the partition.
        format: csv, jsonl or parquet; empty where the file's name tells.
        delimiter: One character; of CSV.
        encoding: Of CSV and JSON lines.
        quote: The character around fields that hold delimiters or line ends; empty for none.
        header: Whether each file starts with the names of its columns.
        paths: Column -> where its value is in a JSON record.
        rules: Ids of the rules to wait for; empty for all.
        dimensions: Dimensions of the rules to wait for, such as `completeness`; empty for all.
        lookups: What a dataset is called that rules look at besides -> where its table is: a path, or
            `postgres://conn_id/schema.table`; or a mapping with `path`, or with `conn_id` and `table`. Or a
            list of such mappings, each with its `dataset`, as in a pipeline file.
        scheduled: Whether rules that have a schedule of their own are judged, too.
        product: The data product; by default the only asset among the outlets, or else the contract's name.
        team: Whose product it is; the DAG bundle by default.
        partition: What the rows are of; by default the run's partition key, or else the label of its data
            interval, or else its id.
        grain: How much time one partition covers: hour, day, month or year.
        timezone: Where the product's days begin.
        deferrable: Whether the task is deferred while it waits; if not, it waits as `mode` says.
    """

    template_fields: Sequence[str] = (
        *("contract", "dataset", "conn_id", "table", "partition_clause", "path"),
        *("format", "delimiter", "encoding", "quote", "header", "paths"),
        *("rules", "dimensions", "lookups", "scheduled", "product", "team", "partition", "grain", "timezone"),
    )
    ui_color = "#e8f1f5"

    def __init__(
        self,
        *,
        contract: str,
        dataset: str = "",
        conn_id: str = "",
        table: str = "",
        partition_clause: str = "",
        path: str | ObjectStoragePath = "",
        format: str = "",  # noqa: A002 - the word that everybody uses for it
        delimiter: str = ",",
        encoding: str = "utf-8",
        quote: str = '"',
        header: bool = True,
        paths: dict[str, str] | None = None,
        rules: Sequence[str] = (),
        dimensions: Sequence[str] = (),
        lookups: Mapping[str, Any] | Sequence[Mapping[str, str]] | None = None,
        scheduled: bool = False,
        product: str = "",
        team: str = "",
        partition: str = "",
        grain: str = "day",
        timezone: str = "UTC",
        deferrable: bool = True,
        **kwargs: Any,
    ) -> None:
        # Airflow 3.3 can mark a deferred task as failed when its trigger fires at once; a retry heals that.
        if deferrable:
            kwargs["retries"] = max(1, kwargs.get("retries") or 0)
        super().__init__(**kwargs)
        asked_for(rules, dimensions, rendered=False)
        self.contract = contract
        self.dataset = dataset
        self.conn_id = conn_id
        self.table = table
        self.partition_clause = partition_clause
        self.path = path
        self.format = format
        self.delimiter = delimiter
        self.encoding = encoding
        self.quote = quote
        self.header = header
        self.paths = paths
        self.rules = rules
        self.dimensions = dimensions
        self.lookups = addresses(lookups)
        self.scheduled = scheduled
        self.product = product
        self.team = team
        self.partition = partition
        self.grain = grain
        self.timezone = timezone
        self.deferrable = deferrable
        self.said = ""
        self.found: Verification | None = None

    def poke(self, context: Context) -> PokeReturnValue:
        """Judge the rows once.

        Raises:
            AirflowFailException: If a rule can't be evaluated, or something is named that isn't there.
        """
        with failing_as_airflow():
            try:
                self.found = None
                self.found = found = self._look(context)
                if not _keeps(found):
                    self.said = _told(found)
                    self.log.info("Not yet: %s", self.said)
                    return PokeReturnValue(is_done=False)
                self._record(found)
            except BrokenWorldError as error:
                self.said = str(error)
                self.log.warning("Not yet: %s", error)
                return PokeReturnValue(is_done=False)
        return PokeReturnValue(is_done=True, xcom_value=_summary(found))

    def execute(self, context: Context) -> Ticket:
        """Judge, and wait where the rows don't keep the contract; return the counts of those that do."""
        from airflow.sdk.exceptions import AirflowSensorTimeout, AirflowSkipException

        if not self.deferrable:
            try:
                found: Ticket = super().execute(context)
            except AirflowSensorTimeout:
                self._close()
                raise AirflowSensorTimeout(f"The time is up: {self.said}") from None
            except AirflowSkipException:
                self._close()
                raise
            return found
        return self._wait(context, until=datetime.now(UTC) + timedelta(seconds=self.timeout))

    def resume(self, context: Context, event: dict[str, Any]) -> Ticket:
        """Look again after a wait.

        Raises:
            AirflowSensorTimeout: If the time is up.
            AirflowFailException: If a rule can't be evaluated, or something is named that isn't there.
            AirflowException: If the time is up, and rows or the store can't be reached.
        """
        return self._wait(context, until=datetime.fromisoformat(event["until"]))

    def _wait(self, context: Context, *, until: datetime) -> Ticket:
        from airflow.sdk.exceptions import AirflowSensorTimeout

        if datetime.now(UTC) < until:
            looked = self.poke(context)
            return dict(looked.xcom_value or {}) if looked else self._later(until)
        with failing_as_airflow():
            found = self._look(context)
            self._record(found)
        if not _keeps(found):
            raise AirflowSensorTimeout(f"The time is up: {_told(found)}")
        return _summary(found)

    def _later(self, until: datetime) -> NoReturn:
        from airflow_dataops.triggers.later import LaterTrigger

        moment = min(datetime.now(UTC) + timedelta(seconds=self.poke_interval), until)
        self.defer(
            trigger=LaterTrigger(moment=moment.isoformat(), until=until.isoformat()), method_name="resume"
        )
        raise AssertionError  # pragma: no cover - defer() raises

    def _look(self, context: Context) -> Verification:
        from airflow_dataops.bridge.checking import checked
        from airflow_dataops.bridge.rows import rows_of
        from airflow_dataops.documents.promised import promised

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
        found, _ = checked(
            rows_of(self),
            contract=contract,
            dataset=dataset,
            selection=asked_for(self.rules, self.dimensions),
            batch=batch,
            run=run_of(context),
            name=name_of(context),
            lookups=self.lookups,
            scheduled=self.scheduled,
        )
        if found.errors:
            where = f"{rows_of(self).origin(batch)} ({batch}, {contract.reference})"
            raise NotEvaluatedError(sentence(found), where=where, hint=advice(found))
        return found

    def _close(self) -> None:
        """Record the last verdict of a wait that no one comes back to, as far as there is one."""
        if self.found is not None:
            with failing_as_airflow():
                self._record(self.found)

    def _record(self, found: Verification) -> None:
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.wiring import stores

        stores.store(settings()).record(found)


def _keeps(found: Verification) -> bool:
    return found.passes and found.rows > 0


def _told(found: Verification) -> str:
    return f"{found.batch}: {sentence(found)}"


def _summary(found: Verification) -> Ticket:
    return {"partition": found.batch.partition, "contract": found.contract, "rows": found.rows}
