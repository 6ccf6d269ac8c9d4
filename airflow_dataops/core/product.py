"""A data product's pipeline as a value; the keys of its file are known in `documents/pipeline/` alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta  # noqa: TC003 - what reads a product back from JSON asks for it

from airflow_dataops.core.landing import Delivery, Dialect, OnDuplicate, OnMissing
from airflow_dataops.core.models import Model  # noqa: TC001 - as above
from airflow_dataops.core.promise import Promise
from airflow_dataops.core.slo.expected import Expected
from airflow_dataops.core.slo.policy import Policy  # noqa: TC001 - as above


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
        schema: A pandera schema that the landed rows must keep as well, as `module:Object` or
            `./file.py:Object`; or empty.
        dialect: How a drop is written.
        delivery: What a drop holds.
        on_missing: What to do when there is none.
        on_duplicate: What to do when the same bytes had arrived for another partition.
        poke_interval: How often to look again while waiting.
        timeout: How long to wait.
    """

    folder: str = ""
    path: str = ""
    contract: str = ""
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

    type: str = ""
    table: str = ""
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
        depends_on: The products after whose publications it runs.
    """

    schedule: str | None = None
    timezone: str = "UTC"
    start_date: datetime | None = None
    end_date: datetime | None = None
    catchup: bool = False
    max_active_runs: int = 16
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """Airflow's own words about every task, passed on as they are.

    Args:
        retries: How often a broken world is tried again.
        retry_delay: How long between tries.
        pool: The pool in which tasks have a slot; empty for Airflow's default.
        priority_weight: Which tasks go first where slots are few: those with more.
        queue: The queue of workers; empty for Airflow's default.
    """

    retries: int = 2
    retry_delay: timedelta = timedelta(minutes=1)
    pool: str = ""
    priority_weight: int = 1
    queue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A data product, as a template makes a DAG of it: plain values, which are JSON as well.

    Paths begin at the folder of the DAG's file, so that a checkout elsewhere has the same DAG.

    Args:
        name: The product's name, and the id of its DAG.
        template: The template and its version, such as `batch@1`.
        folder: The way from the DAG file's folder to the product's; empty where it is the same.
        team: Whose it is; empty means the DAG bundle.
        contract: The product's own contract; empty for a template that promises nothing.
        source: Where drops come from; empty for a template that lands none.
        target: Where it is published; empty for a template that publishes nothing.
        transform: The file of the team's SQL; empty when there is none.
        models: The team's models that make the product, each after those that it reads, so that the last one
            is published; none where there are no models.
        schema: A pandera schema that the product must keep as well, as `module:Object` or
            `./file.py:Object`; or empty.
        lookups: What a dataset is called that rules look at besides the batch -> the address of its table.
        looked_up: The products that publish these tables, as far as it is known -> their datasets.
        schedule: When it runs.
        tasks: How its tasks run.
        callbacks: Airflow's `on_…_callback` -> the import paths of what is called.
        dag_params: Airflow's `params` of the DAG, plain JSON types.
        params: The template's parameters, plain JSON types, checked by the template.
        owner: Airflow's owner; the contract's team by default.
        tags: Airflow's tags.
        description: One line for the DAG list.
        consumes: The products whose rows it reads -> their datasets; empty where that isn't known.
        expected: What is expected of it, and when, where its schedule doesn't say it.
        policies: What happens when one of its budgets runs low.
        files: File that its tasks read -> the first 12 digits of its sha256.
    """

    name: str
    template: str
    folder: str = ""
    team: str = ""
    contract: Promise = field(default_factory=Promise)
    source: Source = field(default_factory=Source)
    target: Target = field(default_factory=Target)
    transform: str = ""
    models: tuple[Model, ...] = ()
    schema: str = ""
    lookups: dict[str, str] = field(default_factory=dict)
    looked_up: dict[str, str] = field(default_factory=dict)
    schedule: Schedule = field(default_factory=Schedule)
    tasks: Tasks = field(default_factory=Tasks)
    callbacks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dag_params: dict[str, object] = field(default_factory=dict)
    params: dict[str, object] = field(default_factory=dict)
    owner: str = ""
    tags: tuple[str, ...] = ()
    description: str = ""
    consumes: dict[str, str] = field(default_factory=dict)
    expected: Expected = field(default_factory=Expected)
    policies: tuple[Policy, ...] = ()
    files: dict[str, str] = field(default_factory=dict)

    @property
    def warehouse(self) -> str:
        """The connection of the database in which all stages work; or empty, where rows lie in files."""
        if self.models:
            return self.target.conn_id
        return self.source.conn_id if self.source.table else ""
