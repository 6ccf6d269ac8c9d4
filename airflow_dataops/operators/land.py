"""Land a drop."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from airflow_dataops.bridge.attempt import batch_of, run_of
from airflow_dataops.bridge.failure import failing_as_airflow
from airflow_dataops.core import ticket
from airflow_dataops.core.landing import Delivery, Dialect, Format, OnDuplicate, OnMissing
from airflow_dataops.core.lineage import BatchFacet, Lineage, file_dataset
from airflow_dataops.errors import BadDataError, SettingsError
from airflow_dataops.operators.stage import StageOperator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from airflow.sdk import Context

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.landing import Arrival
    from airflow_dataops.core.ticket import Ticket
    from airflow_dataops.usecases.ports.source import Source
    from airflow_dataops.warehouse.postgres import Warehouse


C = TypeVar("C", bound=StrEnum)


class LandOperator(StageOperator):
    """Make the immutable raw copy of a drop, with its manifest.

    The same bytes for the same partition are a replay: the raw copy is reused. The same bytes that had landed
    for another partition are a duplicate.

    Args:
        product: The data product.
        dataset: Its dataset.
        folder: The folder in which drops are left, or its address in object storage.
        path: The drop's name below it; `{partition}` stands for the partition's label, and `*` and `?` for
            any characters, where a drop is several files.
        ready: The path of the file that says that the drop is whole, such as `{partition}/_SUCCESS`; empty
            where no file says so.
        table: A table in the database of `conn_id`, as schema.table, instead of files.
        partition_column: The column of the table that holds the partition's label; empty where a delivery is
            the whole table.
        conn_id: An Airflow connection: of type File (path), to which `folder` is then relative, or of the
            object storage, or of the database.
        team: Whose product it is; the DAG bundle by default.
        partition: The partition; by default the run's partition key, or else the label of its data interval.
        grain: How much time one partition covers: hour, day, month or year.
        timezone: Where the product's days begin.
        format: csv, jsonl or parquet; of files.
        delimiter: One character.
        encoding: The drop's encoding.
        quote: The character around fields that hold delimiters or line ends; empty for none.
        header: Whether each file starts with the names of its columns.
        paths: Column -> where its value is in a JSON record.
        delivery: `increment`, or `snapshot`: then an unchanged drop is no duplicate.
        on_missing: `fail`, `skip`, or `wait` (deferred; it looks once before, and is retried at least once).
        on_duplicate: `report`, `skip` or `fail`.
        poke_interval: Seconds between looks while waiting.
        timeout: Seconds to wait, from the start of the DAG run.
    """

    template_fields: Sequence[str] = (
        "product",
        "dataset",
        "folder",
        "path",
        "ready",
        "table",
        "partition_column",
        "conn_id",
        "team",
        "partition",
        "grain",
        "timezone",
        "format",
        "delimiter",
        "encoding",
        "quote",
        "header",
        "paths",
        "delivery",
        "on_missing",
        "on_duplicate",
        "poke_interval",
        "timeout",
    )

    def __init__(
        self,
        *,
        product: str,
        dataset: str,
        folder: str = "",
        path: str = "",
        ready: str = "",
        table: str = "",
        partition_column: str = "",
        conn_id: str = "",
        team: str = "",
        partition: str = "",
        grain: str = "day",
        timezone: str = "UTC",
        format: str = Format.CSV.value,  # noqa: A002 - the word that everybody uses for it
        delimiter: str = ",",
        encoding: str = "utf-8",
        quote: str = '"',
        header: bool = True,
        paths: dict[str, str] | None = None,
        delivery: str = Delivery.INCREMENT.value,
        on_missing: str = OnMissing.FAIL.value,
        on_duplicate: str = OnDuplicate.REPORT.value,
        poke_interval: float = 60.0,
        timeout: float = 6 * 3600.0,
        **kwargs: Any,
    ) -> None:
        # Airflow 3.3 can mark a deferred task as failed when its trigger fires at once; a retry heals that.
        if on_missing == OnMissing.WAIT.value:
            kwargs["retries"] = max(1, kwargs.get("retries") or 0)
        super().__init__(**kwargs)
        self.product = product
        self.dataset = dataset
        self.folder = folder
        self.path = path
        self.ready = ready
        self.table = table
        self.partition_column = partition_column
        self.conn_id = conn_id
        self.team = team
        self.partition = partition
        self.grain = grain
        self.timezone = timezone
        self.format = format
        self.delimiter = delimiter
        self.encoding = encoding
        self.quote = quote
        self.header = header
        self.paths = paths
        self.delivery = delivery
        self.on_missing = on_missing
        self.on_duplicate = on_duplicate
        self.poke_interval = poke_interval
        self.timeout = timeout

    def work(self, context: Context) -> Ticket:
        """Land the drop; skip, fail or wait where there is none."""
        from airflow_dataops.bridge.hooks import drops_folder, warehouse
        from airflow_dataops.bridge.settings import settings
        from airflow_dataops.usecases.batches.land import land
        from airflow_dataops.wiring import clocks, stores, zoning

        batch, run = self._batch(context), run_of(context)
        at, database = settings(), warehouse(self.conn_id) if self.table else None
        folder = "" if self.table else drops_folder(self.conn_id, self._folder())
        source = self._source(folder, database)
        arrival = land(
            batch,
            run=run,
            dialect=self._dialect(),
            delivery=_choice(Delivery, "delivery", self.delivery),
            on_missing=_choice(OnMissing, "on_missing", self.on_missing),
            on_duplicate=_choice(OnDuplicate, "on_duplicate", self.on_duplicate),
            source=source,
            zones=zoning.zones(at, database),
            store=stores.store(at),
            clock=clocks.clock(),
        )
        if arrival is None:
            return self._without(batch, source, folder=folder, context=context)
        self._tell(arrival, run)
        return ticket.written(arrival.landing)

    def resume(self, context: Context, event: dict[str, Any]) -> Ticket:
        """Go on after the wait: land what has arrived, or fail because nothing has.

        Raises:
            AirflowFailException: If nothing has arrived in time.
            AirflowException: If it couldn't be looked for.
        """
        from airflow_dataops.errors import BrokenWorldError

        with failing_as_airflow():
            if event["status"] == "broken":
                raise BrokenWorldError(event["message"])
            if event["status"] == "late":
                self.on_missing = OnMissing.FAIL.value
            return self.work(context)

    def _folder(self) -> str:
        """Return the folder as the connection takes it, or, without one, absolute."""
        return self.folder if self.conn_id or "://" in self.folder else self.file(self.folder)

    def _source(self, folder: str, database: Warehouse | None) -> Source:
        from airflow_dataops.bridge.object_storage import drops
        from airflow_dataops.wiring import sources

        if database is not None:
            return sources.table_source(database, self.table, self.partition_column)
        return drops(folder, self.path, conn_id=self.conn_id, ready=self.ready)

    def _dialect(self) -> Dialect:
        return Dialect(
            delimiter=self.delimiter,
            encoding=self.encoding,
            format=Format.TABLE if self.table else _choice(Format, "format", self.format),
            quote=self.quote,
            header=self.header,
            paths=tuple((self.paths or {}).items()),
        )

    def _without(self, batch: Batch, source: Source, *, folder: str, context: Context) -> Ticket:
        from airflow.sdk.exceptions import AirflowSkipException

        expected = source.expected(batch)
        match _choice(OnMissing, "on_missing", self.on_missing):
            case OnMissing.SKIP:
                raise AirflowSkipException(f"{batch}: no drop at {expected}; on_missing is `skip`")
            case OnMissing.WAIT:
                from airflow_dataops.triggers.drop import DropTrigger

                started: datetime = context["dag_run"].start_date or context["ti"].start_date
                deadline = started + timedelta(seconds=float(self.timeout))
                self.say(
                    batch, run_of(context), f"no drop yet at {expected}; waiting until {deadline:%F %T %Z}"
                )
                self.defer(
                    trigger=DropTrigger(
                        folder=folder,
                        path=self.path,
                        conn_id=self.conn_id,
                        ready=self.ready,
                        team=batch.team,
                        product=batch.product,
                        dataset=batch.dataset,
                        partition=batch.partition,
                        poke_interval=float(self.poke_interval),
                        deadline=deadline.isoformat(),
                    ),
                    method_name="resume",
                )
            case _:
                raise BadDataError(
                    "no drop has arrived for this interval",
                    where=f"{batch} at {expected}",
                    hint="Ask the producer, then clear this task; or set on_missing to `wait` or `skip`.",
                )
        raise AssertionError  # pragma: no cover - defer() raises

    def _tell(self, arrival: Arrival, run: Run) -> None:
        from airflow.sdk.exceptions import AirflowSkipException

        from airflow_dataops.bridge import stats
        from airflow_dataops.bridge.tables import by_server
        from airflow_dataops.bridge.zones import zone_dataset

        landing = arrival.landing
        batch = landing.batch
        self.lineage = Lineage(
            BatchFacet(batch=batch, run=run, manifest=landing.sha256),
            inputs=(by_server(file_dataset(landing.origin, rows=landing.rows)),),
            outputs=(zone_dataset("raw", batch, rows=landing.rows),),
        )
        stats.of_landing(product=batch.product, rows=landing.rows, size=landing.bytes)
        how = "found the raw copy of" if arrival.replayed else "landed"
        self.say(
            batch, run, f"{how} {landing.rows} rows, {landing.bytes} bytes, sha256 {landing.sha256[:12]}…"
        )
        if arrival.duplicate_of is None:
            return
        told = f"{batch}: the same bytes had landed for {batch.product}/{arrival.duplicate_of}"
        match _choice(OnDuplicate, "on_duplicate", self.on_duplicate):
            case OnDuplicate.SKIP:
                raise AirflowSkipException(f"{told}; on_duplicate is `skip`")
            case OnDuplicate.FAIL:
                raise BadDataError(
                    f"the same bytes had landed for partition {arrival.duplicate_of}",
                    where=str(batch),
                    hint="Ask the producer for the right drop, then clear this task.",
                )
            case _:
                self.log.warning("%s; on_duplicate is `report`, so the batch goes on", told)

    def _batch(self, context: Context) -> Batch:
        return batch_of(
            context,
            product=self.product,
            dataset=self.dataset,
            team=self.team,
            partition=self.partition,
            grain=self.grain,
            timezone=self.timezone,
        )


def _choice(kind: type[C], knob: str, given: str) -> C:
    try:
        return kind(given)
    except ValueError:
        raise SettingsError(f"`{knob}` can't be `{given}`", hint=f"Use one of {', '.join(kind)}.") from None
