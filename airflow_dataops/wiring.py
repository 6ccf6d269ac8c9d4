"""Settings -> adapters: the one place that names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airflow_dataops.core.product import Product
    from airflow_dataops.core.rows.others import Published
    from airflow_dataops.engines.pandera.parting import PanderaParter
    from airflow_dataops.engines.sql.beside import Reader
    from airflow_dataops.engines.sql.stream import Streaming
    from airflow_dataops.errors import Problem
    from airflow_dataops.usecases.ports import (
        Clock,
        Engine,
        History,
        Profiler,
        Retention,
        Source,
        Stock,
        Store,
        Target,
        Zones,
    )
    from airflow_dataops.warehouse.postgres import Warehouse
    from airflow_dataops.zones.local import LocalZones


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a deployment is set up.

    Args:
        store_url: SQLAlchemy URL of the store.
        zones_path: Folder of the raw, staging and quarantine zones.
        lake_path: Folder of the published tables.
        memory_limit: What DuckDB may use before it spills, such as `2GB`.
        auto_migrate: Whether the first use of the store brings its tables to this version's revision.
    """

    store_url: str
    zones_path: str
    lake_path: str
    memory_limit: str = "2GB"
    auto_migrate: bool = False


def local_settings(airflow_home: Path) -> Settings:
    """Return the settings of a deployment that sets nothing: state is in `dataops/` of the Airflow home."""
    root = airflow_home / "dataops"
    return Settings(
        store_url=f"sqlite:///{root / 'store.db'}",
        zones_path=str(root / "zones"),
        lake_path=str(root / "lake"),
    )


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)


def clock() -> Clock:
    """Return the machine's clock."""
    return SystemClock()


def source(folder: str, path: str, ready: str = "") -> Source:
    """Return a folder of drops; `ready` is the file that says that a drop is whole, or empty."""
    from airflow_dataops.zones.folder import FolderSource

    return FolderSource(folder, path, ready)


def table_source(warehouse: Warehouse, table: str, partition_column: str) -> Source:
    """Return a table of a database as a source."""
    from airflow_dataops.zones.table import TableSource

    return TableSource(warehouse, table, partition_column=partition_column)


def zones(settings: Settings, warehouse: Warehouse | None = None) -> Zones:
    """Return the zones on the local disk, or in a database."""
    if warehouse is not None:
        from airflow_dataops.zones.postgres import PostgresZones

        return PostgresZones(warehouse)
    from airflow_dataops.zones.local import LocalZones

    return LocalZones(settings.zones_path)


def local_zones(settings: Settings) -> LocalZones:
    """Return the zones on the local disk, for rows that are frames before they are files."""
    from airflow_dataops.zones.local import LocalZones

    return LocalZones(settings.zones_path)


def parter() -> PanderaParter:
    """Return what tells rows apart by pandera schemas.

    Raises:
        SettingsError: If the extra `local` is not installed.
    """
    try:
        from airflow_dataops.engines.pandera.parting import PanderaParter
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from None
    return PanderaParter()


def write_frame(frame: object, *, to: str) -> None:
    """Write the rows of a frame of polars or pandas into a Parquet file.

    Raises:
        SettingsError: If the extra `local` is not installed.
        NotEvaluatedError: If it is no frame that can be judged.
        BrokenWorldError: If the file can't be written.
    """
    try:
        from airflow_dataops.engines.frame.writing import write_frame
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from None
    write_frame(frame, to=to)


def stock_at(address: str, database: Callable[[str], Warehouse | None]) -> Stock:
    """Return what looks at raw copies and quarantines, by the address of one.

    Args:
        address: A path, or `postgres://conn_id/schema.table`.
        database: Opens the database of a connection.

    Raises:
        SettingsError: If there is no such connection.
    """
    conn_id, _ = _in_database(address)
    warehouse = database(conn_id) if conn_id else None
    if warehouse is not None:
        from airflow_dataops.zones.postgres_stock import PostgresStock

        return PostgresStock(warehouse)
    from airflow_dataops.zones.stock import LocalStock

    return LocalStock()


def store(settings: Settings) -> Store:
    """Return the store."""
    from airflow_dataops.store.sql import SqlStore

    return SqlStore(settings.store_url, auto_migrate=settings.auto_migrate)


def history(settings: Settings) -> History:
    """Return the store as what remembers how rules fared."""
    from airflow_dataops.store.sql import SqlStore

    return SqlStore(settings.store_url, auto_migrate=settings.auto_migrate)


def retention(settings: Settings) -> Retention:
    """Return the store as what forgets."""
    from airflow_dataops.store.sql import SqlStore

    return SqlStore(settings.store_url, auto_migrate=settings.auto_migrate)


def migrate(settings: Settings) -> tuple[str | None, str]:
    """Bring the store's tables to this version's revision; return the revision it had, and the one it has.

    Raises:
        BrokenWorldError: If the store can't be written.
        SettingsError: If the URL can't hold a store, or its tables are not those of its revision.
    """
    from airflow_dataops.store.schema import migrate

    return migrate(settings.store_url)


def no_database(_: str) -> None:
    """Open no database: where no connection can be looked up."""


def engine(
    settings: Settings,
    warehouse: Warehouse | None = None,
    *,
    database: Callable[[str], Warehouse | None] = no_database,
) -> Engine:
    """Return DuckDB, in memory, spilling beside the zones; or the database in which the rows lie.

    Args:
        settings: The deployment's settings.
        warehouse: The database in which the rows lie, if they do.
        database: Opens the database of a connection: rules may look at tables there.

    Raises:
        SettingsError: If the extra `local` is not installed.
    """
    if warehouse is not None:
        from airflow_dataops.engines.sql.postgres.engine import PostgresEngine

        return PostgresEngine(warehouse)
    try:
        from airflow_dataops.engines.pandera.tool import PanderaTool
        from airflow_dataops.engines.sql.duck import DuckEngine
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from None
    spill = Path(settings.zones_path) / "spill"
    tools = {"pandera": PanderaTool()}  # pandera itself is loaded by the first rule that needs it
    return DuckEngine(
        memory_limit=settings.memory_limit,
        temp_directory=str(spill),
        tools=tools,
        published=_published(settings, database),
    )


def _published(settings: Settings, database: Callable[[str], Warehouse | None]) -> Reader:
    """Return what reads published tables, by their address."""

    def rows(published: Published, columns: tuple[str, ...]) -> Iterable[Streaming] | None:
        conn_id, table = _in_database(published.uri)
        warehouse = database(conn_id) if conn_id else None
        if warehouse is not None:
            from airflow_dataops.warehouse.published import database_rows

            return database_rows(warehouse, table, columns=columns, but=published.but)
        from airflow_dataops.targets.published import delta_rows

        uri = published.uri if "://" in published.uri else str(Path(settings.lake_path) / published.uri)
        return delta_rows(uri, columns=columns, but=published.but)

    return rows


def delta_files(uri: str) -> tuple[str, ...]:
    """Return the files of the newest version of a local Delta table.

    Raises:
        SettingsError: If the extra `local` is not installed, there is no such table, or its files alone don't
            say what readers see.
        BrokenWorldError: If it can't be read.
    """
    try:
        import deltalake  # noqa: F401 - what reads the table
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from None
    from airflow_dataops.targets import published

    return published.delta_files(uri)


def profiler(settings: Settings) -> Profiler:
    """Return DuckDB as what looks at files of which nothing is known.

    Raises:
        SettingsError: If the extra `local` is not installed.
    """
    try:
        from airflow_dataops.engines.sql.profiling import DuckProfiler
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from None
    spill = Path(settings.zones_path) / "spill"
    return DuckProfiler(memory_limit=settings.memory_limit, temp_directory=str(spill))


def target(settings: Settings, kind: str, table: str, warehouse: Warehouse | None = None) -> Target:
    """Return where a product is published.

    Args:
        settings: The deployment's settings.
        kind: `delta` or `postgres`.
        table: The path of the Delta table, relative to the lake or absolute; or schema.table.
        warehouse: The database of a `postgres` target.

    Raises:
        SettingsError: If there is no such target, or what it needs is not installed.
    """
    if kind == "postgres" and warehouse is not None:
        from airflow_dataops.targets.postgres import PostgresTarget

        return PostgresTarget(warehouse, table)
    if kind != "delta":
        raise SettingsError(
            f"there is no target `{kind}`", hint="Use `type: delta`, or `type: postgres` with a `conn_id`."
        )
    try:
        from airflow_dataops.targets.delta import DeltaTarget
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from None
    return DeltaTarget(str(Path(settings.lake_path) / table))


def target_at(settings: Settings, address: str, database: Callable[[str], Warehouse | None]) -> Target:
    """Return the target of a publication, by the address that the publication has.

    Args:
        settings: The deployment's settings.
        address: A path, or `postgres://conn_id/schema.table`.
        database: Opens the database of a connection.

    Raises:
        SettingsError: If there is no such connection, or what the target needs is not installed.
    """
    conn_id, table = _in_database(address)
    if conn_id:
        return target(settings, "postgres", table, database(conn_id))
    return target(settings, "delta", address)


def _in_database(address: str) -> tuple[str, str]:
    """Return the connection and the table of an address; both are empty for a path."""
    scheme, _, place = address.partition("://")
    conn_id, _, table = place.partition("/")
    return (conn_id, table) if scheme == "postgres" else ("", "")


def check_transform(product: Product) -> tuple[Problem, ...]:
    """Return what is wrong with a product's SQL, as far as that can be told without rows.

    Args:
        product: A product whose files are right; one without a transform has no such problem.

    Raises:
        DocumentError: If a file can't be read any more.
    """
    if not product.transform:
        return ()
    from airflow_dataops.documents.odcs import read_contract
    from airflow_dataops.documents.text import read_text
    from airflow_dataops.engines.sql.proofreading import proofread
    from airflow_dataops.engines.sql.reading import sql_type
    from airflow_dataops.warehouse.column_type import postgres_type

    contract, _ = read_contract(product.source.contract)
    type_of, dialect = (postgres_type, "postgres") if product.warehouse else (sql_type, "duckdb")
    columns = {column.name: type_of(column.type) for column in contract.datasets[0].columns}
    place = Path(product.transform)
    if place.is_relative_to(product.folder):  # then it is named as the pipeline file is
        place = Path(product.place).parent / place.relative_to(product.folder)
    text = read_text(product.transform)
    problem = proofread(text, columns=columns, place=str(place), dialect=dialect)
    return () if problem is None else (problem,)


def _extra_missing(error: ModuleNotFoundError) -> SettingsError:
    return SettingsError(
        f"the module `{error.name}` is not installed",
        hint="Install `airflow-provider-dataops[local]` where tasks run.",
    )
