"""A data product's pipeline as a value; the keys of its file are known in `documents/pipeline.py` alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Delivery, Dialect, OnDuplicate, OnMissing

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.contract.model import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where drops come from.

    Args:
        folder: The folder of the drops: absolute, relative to the connection's path, or an address in object
            storage.
        path: The drop's name below it; `{partition}` stands for the partition's label, and `*` and `?` for
            any characters, where a drop is several files.
        ready: The path below the folder of the file that says that a drop is whole; empty where no file does.
        contract: The file of the contract that the landing must keep.
        conn_id: An Airflow connection: of type File (path), which says where the folder is, or of the object
            storage, or of the database of the table; or empty.
        table: A table in the database of the connection, as schema.table, instead of files; or empty.
        partition_column: The column of the table that holds the partition's label; empty where a delivery is
            the whole table.
        schema: A pandera schema that the landed rows must keep as well, as `module:Object`; or empty.
        dialect: How a drop is written.
        delivery: What a drop holds.
        on_missing: What to do when there is none.
        on_duplicate: What to do when the same bytes had arrived for another partition.
        poke_interval: How often to look again while waiting.
        timeout: How long to wait.
    """

    folder: str
    path: str
    contract: str
    ready: str = ""
    conn_id: str = ""
    table: str = ""
    partition_column: str = ""
    schema: str = ""
    dialect: Dialect = field(default_factory=Dialect)
    delivery: Delivery = Delivery.INCREMENT
    on_missing: OnMissing = OnMissing.FAIL
    on_duplicate: OnDuplicate = OnDuplicate.REPORT
    poke_interval: timedelta = timedelta(minutes=1)
    timeout: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the product is published.

    Args:
        type: `delta` or `postgres`.
        table: The path of the Delta table, relative to the lake or absolute; or schema.table.
        conn_id: The connection of a `postgres` target.
    """

    type: str
    table: str
    conn_id: str = ""

    @property
    def address(self) -> str:
        """Where the table is, as one string: a path, or `postgres://conn_id/schema.table`."""
        return f"{self.type}://{self.conn_id}/{self.table}" if self.conn_id else self.table


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Airflow's own words about when the pipeline runs, passed on as they are.

    Args:
        schedule: A cron expression or a preset, or None.
        timezone: An IANA name: where the product's days begin.
        start_date: First instant, aware.
        end_date: Last instant, aware, or None.
        catchup: Whether missed intervals run.
        max_active_runs: How many runs at once.
        retries: How often a broken world is tried again.
        retry_delay: How long between tries.
    """

    schedule: str | None = None
    timezone: str = "UTC"
    start_date: datetime | None = None
    end_date: datetime | None = None
    catchup: bool = False
    max_active_runs: int = 16
    retries: int = 2
    retry_delay: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One pipeline file, with the contracts beside it.

    Args:
        name: The product's name, and the id of its DAG.
        team: Whose it is; empty means the DAG bundle.
        folder: Its folder, absolute.
        template: Such as `batch`.
        template_version: Such as 1.
        source: Where drops come from.
        target: Where it is published.
        contract: The product's own contract.
        contract_path: The file of it, absolute.
        transform: The file of the team's SQL, absolute; empty when there is none.
        schema: A pandera schema that the product must keep as well, as `module:Object`; or empty.
        lookups: What a dataset is called that rules look at besides the batch -> the address of its table.
        schedule: When it runs.
        params: The template's parameters, plain JSON types, checked by the template.
        owner: Airflow's owner; the contract's team by default.
        tags: Airflow's tags.
        description: One line for the DAG list.
        place: The pipeline file.
        places: Key of the pipeline file, such as `params.grain` -> file:line:column.
    """

    name: str
    team: str
    folder: str
    template: str
    template_version: int
    source: Source
    target: Target
    contract: Contract
    contract_path: str
    transform: str
    schedule: Schedule
    params: dict[str, object]
    owner: str = ""
    tags: tuple[str, ...] = ()
    description: str = ""
    place: str = ""
    places: dict[str, str] = field(default_factory=dict)
    schema: str = ""
    lookups: dict[str, str] = field(default_factory=dict)

    @property
    def warehouse(self) -> str:
        """The connection of the database in which all stages work: source and target share it; or empty."""
        return self.source.conn_id if self.source.table else ""
