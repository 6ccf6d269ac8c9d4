"""Settings -> adapters: the one place that names them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.relation import Framed, Landed, LandedPart
from airflow_dataops.core.time_limit import USUAL
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.rows.others import Published
    from airflow_dataops.core.rows.relation import Arrived, Streaming
    from airflow_dataops.core.time_limit import TimeLimit
    from airflow_dataops.documents.pipeline import Definition
    from airflow_dataops.engines.pandera.parting import PanderaParter
    from airflow_dataops.engines.sql.beside import Reader
    from airflow_dataops.engines.sql.rooms import Rooms
    from airflow_dataops.engines.sql.texts import DuckTexts
    from airflow_dataops.errors import DataOpsError, Problem
    from airflow_dataops.store.outbox import Outbox
    from airflow_dataops.usecases.alert_ports import Alerts
    from airflow_dataops.usecases.deliver import Addresses
    from airflow_dataops.usecases.ports import (
        Clock,
        Engine,
        History,
        Models,
        Profiler,
        Retention,
        Source,
        Stock,
        Store,
        Storeroom,
        Target,
        Upkeep,
        Zones,
    )
    from airflow_dataops.usecases.seen_ports import RowCounter
    from airflow_dataops.usecases.signal_ports import Faults
    from airflow_dataops.usecases.slo_ports import ServiceLevels, Timetable
    from airflow_dataops.warehouse.database import Database
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
        alerts_path: The file that says who is told of what; empty for none.
        time_limit: How long one statement of people may take in DuckDB.
    """

    store_url: str
    zones_path: str
    lake_path: str
    memory_limit: str = "2GB"
    auto_migrate: bool = False
    alerts_path: str = ""
    time_limit: TimeLimit = USUAL


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


def alert_rules(settings: Settings) -> tuple[Rules, tuple[Problem, ...]]:
    """Return who is told of what, and what is wrong with the file that says so.

    Where the file is wrong, all goes to the log of the task. Whoever calls this says the problems there, too.
    """
    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.errors import DocumentError

    if not settings.alerts_path:
        return Rules(), ()
    from airflow_dataops.documents.alerts import read_alerts

    try:
        rules, _ = read_alerts(settings.alerts_path)
    except DocumentError as error:
        return Rules(), error.problems
    return rules, ()


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


def framed(frame: object, *, name: str) -> Framed:
    """Return the rows of a frame of polars or pandas.

    Args:
        frame: The frame.
        name: What its rows are traced back to.

    Raises:
        SettingsError: If the extra `local` is not installed.
        NotEvaluatedError: If it is no frame that can be judged.
    """
    try:
        from airflow_dataops.engines.frame.framing import framed
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from None
    return framed(frame, name=name)


def write_key_lines(text: str, *, to: str, spared: Iterable[str]) -> None:
    """Write the file that names failing rows.

    Args:
        text: Its lines.
        to: The file.
        spared: Files that are never replaced.

    Raises:
        SettingsError: If something lies there that no earlier run wrote.
        BrokenWorldError: If it can't be written.
    """
    from airflow_dataops.engines.sql.key_lines import write_key_lines

    write_key_lines(text, to=to, spared=spared)


def check_key_lines(to: str, *, spared: Iterable[str]) -> None:
    """Refuse such a file, before a row is read, that will not be written.

    Raises:
        SettingsError: If something lies there that no earlier run wrote, or its folder isn't there.
        BrokenWorldError: If it can't be looked at.
    """
    from airflow_dataops.engines.sql.key_lines import check_key_lines

    check_key_lines(to, spared=spared)


def check_bad_rows(to: str, *, spared: Iterable[str]) -> None:
    """Refuse a file of bad rows in whose place something lies that no earlier run wrote.

    Args:
        to: The file.
        spared: Files that are never replaced.

    Raises:
        SettingsError: If it is refused, or the extra `local` is not installed.
        BrokenWorldError: If it can't be looked at.
    """
    try:
        from airflow_dataops.engines.sql.bad_rows import check_bad_rows
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from None
    check_bad_rows(to, spared=spared)


def write_report(texts: Mapping[str, str], *, folder: str, partner: str, batch: Batch) -> dict[str, str]:
    """Write a report for a partner in several formats, and return suffix -> file.

    Raises:
        BrokenWorldError: If it can't be written.
    """
    from airflow_dataops.zones.report_folder import write_report

    return write_report(texts, folder=folder, partner=partner, batch=batch)


def models(warehouse: Warehouse) -> Models:
    """Return a database as what makes models out of its tables."""
    from airflow_dataops.engines.sql.postgres.models import PostgresModels

    return PostgresModels(warehouse)


def stock_at(address: str, database: Callable[[str], Warehouse | None]) -> Stock:
    """Return what looks at raw copies and quarantines, by the address of one.

    Args:
        address: A path, or `postgres://conn_id/schema.table`.
        database: Opens the database of a connection.

    Raises:
        SettingsError: If there is no such connection.
    """
    conn_id, _ = in_database(address)
    warehouse = database(conn_id) if conn_id else None
    if warehouse is not None:
        from airflow_dataops.zones.postgres_stock import PostgresStock

        return PostgresStock(warehouse)
    from airflow_dataops.zones.stock import LocalStock

    return LocalStock()


def storerooms(
    settings: Settings, addresses: Iterable[str], database: Callable[[str], Warehouse | None]
) -> Mapping[str, Callable[[], Storeroom]]:
    """Return where zones are -> what opens them: the local ones, and those in databases.

    Args:
        settings: The deployment's settings.
        addresses: Addresses of raw copies: whose databases are looked at.
        database: Opens the database of a connection.
    """

    def local() -> Storeroom:
        from airflow_dataops.zones.storeroom import LocalStoreroom

        return LocalStoreroom(settings.zones_path)

    def of(conn_id: str) -> Callable[[], Storeroom]:
        def opened() -> Storeroom:
            from airflow_dataops.zones.postgres_storeroom import PostgresStoreroom

            return PostgresStoreroom(_opened(conn_id, database))

        return opened

    found = sorted({conn_id for conn_id, _ in map(in_database, addresses) if conn_id})
    return {settings.zones_path: local, **{f"postgres://{conn_id}": of(conn_id) for conn_id in found}}


def upkeep_at(settings: Settings, address: str, database: Callable[[str], Warehouse | None]) -> Upkeep:
    """Return a published table as whoever looks after it sees it, by the address that its publications have.

    Args:
        settings: The deployment's settings.
        address: A path, or `postgres://conn_id/schema.table`.
        database: Opens the database of a connection.

    Raises:
        SettingsError: If there is no such connection, or what the table needs is not installed.
    """
    conn_id, table = in_database(address)
    if conn_id:
        from airflow_dataops.targets.postgres_upkeep import PostgresUpkeep

        return PostgresUpkeep(_opened(conn_id, database), table)
    try:
        from airflow_dataops.targets.delta_upkeep import DeltaUpkeep
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from None
    return DeltaUpkeep(str(Path(settings.lake_path) / address))


def _opened(conn_id: str, database: Callable[[str], Warehouse | None]) -> Warehouse:
    opened = database(conn_id)
    if opened is None:
        raise SettingsError(f"no database of the connection `{conn_id}` can be opened here")
    return opened


def store(settings: Settings) -> Store:
    """Return the store."""
    from airflow_dataops.store.sql import SqlStore

    return SqlStore(settings.store_url, auto_migrate=settings.auto_migrate)


def table_counter(
    database: Warehouse | Database, table: str, *, partition_column: str, count_column: str
) -> RowCounter:
    """Return what asks a control table how many rows a batch should have.

    Args:
        database: The database.
        table: The table, as schema.table or the table alone.
        partition_column: Its column that holds the partition's label.
        count_column: Its column that holds the number.

    Raises:
        SettingsError: If it is no such name.
    """
    from airflow_dataops.engines.sql.row_count import DatabaseCounter, of_table

    asked = of_table(table, partition_column=partition_column, count_column=count_column)
    return DatabaseCounter(database, asked)


def query_counter(database: Warehouse | Database, file: str) -> RowCounter:
    """Return what asks a database with a team's own SELECT how many rows a batch should have.

    Args:
        database: The database.
        file: The file with the SELECT.

    Raises:
        DocumentError: If it can't be read.
    """
    from airflow_dataops.documents.text import read_text
    from airflow_dataops.engines.sql.row_count import DatabaseCounter, of_query

    return DatabaseCounter(database, of_query(read_text(file), place=file))


def outbox(folder: Path) -> Outbox:
    """Return what is on its way to the store, in a folder of this machine."""
    from airflow_dataops.store.outbox import Outbox

    return Outbox(folder)


def addresses(settings: Settings) -> Addresses:
    """Return where that goes which is on its way to the store."""
    from airflow_dataops.usecases.deliver import Addresses

    return Addresses(levels=service_levels(settings), store=store(settings), reports=alerts(settings))


def history(settings: Settings) -> History:
    """Return the store as what remembers how rules fared."""
    from airflow_dataops.store.sql import SqlStore

    return SqlStore(settings.store_url, auto_migrate=settings.auto_migrate)


def retention(settings: Settings) -> Retention:
    """Return the store as what forgets."""
    from airflow_dataops.store.sql import SqlStore

    return SqlStore(settings.store_url, auto_migrate=settings.auto_migrate)


def service_levels(settings: Settings) -> ServiceLevels:
    """Return the store as what remembers service levels."""
    from airflow_dataops.store.service_levels import SqlServiceLevels

    return SqlServiceLevels(settings.store_url, auto_migrate=settings.auto_migrate)


def alerts(settings: Settings) -> Alerts:
    """Return the store as what remembers alerts."""
    from airflow_dataops.store.alerts import SqlAlerts

    return SqlAlerts(settings.store_url, auto_migrate=settings.auto_migrate)


def faults(settings: Settings) -> Faults:
    """Return the store as what remembers what went wrong."""
    from airflow_dataops.store.faults import SqlFaults

    return SqlFaults(settings.store_url, auto_migrate=settings.auto_migrate)


def timetable() -> Timetable:
    """Return what knows when a cron expression is due."""
    from airflow_dataops.documents.timetable import CronTimetable

    return CronTimetable()


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


def kinds() -> tuple[str, ...]:
    """Return the types of connections, besides PostgreSQL's, whose tables can be judged where they are."""
    from airflow_dataops.engines.sql.hooked.systems import kinds

    return kinds()


def unconnected(kind: str, error: Exception, *, where: str) -> DataOpsError:
    """Return our error for one that a hook raises when it connects.

    Args:
        kind: The type of the connection.
        error: The error, of which the type alone is told.
        where: The connection.
    """
    from airflow_dataops.engines.sql.hooked.systems import system_of
    from airflow_dataops.warehouse.refusal import unconnected

    return unconnected(system_of(kind).refusal(error), error, where=where)


def address(database: Warehouse | Database, table: str) -> str:
    """Return where a table of a database is, as one string without any secret.

    Args:
        database: The database.
        table: Its name, as people write it.

    Raises:
        SettingsError: If it is no such name.
    """
    from airflow_dataops.warehouse.database import Database, table_name

    if isinstance(database, Database):
        return database.address(table_name(table))
    from airflow_dataops.warehouse.postgres import table as postgres_table

    return database.address(postgres_table(table))


def engine(
    settings: Settings,
    warehouse: Warehouse | Database | None = None,
    *,
    database: Callable[[str], Warehouse | None] = no_database,
    tests: Rooms | None = None,
) -> Engine:
    """Return DuckDB, in memory, spilling beside the zones; or the database in which the rows lie.

    Args:
        settings: The deployment's settings.
        warehouse: The database in which the rows lie, if they do.
        database: Opens the database of a connection: rules may look at tables there.
        tests: The one DuckDB of tests, where transformations are tests: messages may quote their rows.

    Raises:
        SettingsError: If the extra `local` is not installed.
    """
    if warehouse is not None:
        return _in_place(warehouse)
    try:
        from airflow_dataops.engines.pandera.tool import PanderaTool
        from airflow_dataops.engines.sql.duck import DuckEngine
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from None
    tools = {"pandera": PanderaTool()}  # pandera itself is loaded by the first rule that needs it
    return DuckEngine(
        memory_limit=settings.memory_limit,
        temp_directory=_spill(settings),
        tools=tools,
        published=_published(settings, database),
        tests=tests,
        time_limit=settings.time_limit,
    )


@contextmanager
def bench(settings: Settings, folder: str) -> Iterator[tuple[Engine, DuckTexts]]:
    """Open what runs the SQL of tests, and what gives their rows their types and shows them.

    Args:
        settings: The deployment's settings.
        folder: Where all of their files lie, absolute.

    Raises:
        SettingsError: If the extra `local` is not installed.
    """
    try:
        from airflow_dataops.engines.sql.rooms import rooms
        from airflow_dataops.engines.sql.texts import DuckTexts
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from None
    opened = rooms(memory_limit=settings.memory_limit, temp_directory=_spill(settings), folder=folder)
    with opened as tests, tests.room() as room:
        yield engine(settings, tests=tests), DuckTexts(room)


def _in_place(database: Warehouse | Database) -> Engine:
    from airflow_dataops.warehouse.database import Database

    if isinstance(database, Database):
        from airflow_dataops.engines.sql.hooked.engine import HookedEngine
        from airflow_dataops.engines.sql.hooked.systems import system_of

        return HookedEngine(database, system_of(database.kind))
    from airflow_dataops.engines.sql.postgres.engine import PostgresEngine

    return PostgresEngine(database)


def _published(settings: Settings, database: Callable[[str], Warehouse | None]) -> Reader:
    """Return what reads published tables, by their address."""

    def rows(published: Published, columns: tuple[str, ...]) -> Iterable[Streaming] | None:
        conn_id, table = in_database(published.uri)
        warehouse = database(conn_id) if conn_id else None
        if warehouse is not None:
            from airflow_dataops.warehouse.published import database_rows

            return database_rows(warehouse, table, columns=columns, but=published.but)
        from airflow_dataops.targets.published import delta_rows

        uri = published.uri if "://" in published.uri else str(Path(settings.lake_path) / published.uri)
        return delta_rows(uri, columns=columns, but=published.but)

    return rows


def delta_rows(uri: str, *, storage: Mapping[str, str] | None = None) -> Arrived | None:
    """Return what readers see in the newest version of a Delta table; None where there is no file of it.

    Args:
        uri: The table: a folder, or an address in object storage.
        storage: What is told of the storage, secrets among it.

    Raises:
        SettingsError: If the extra `local` is not installed, or it is no Delta table.
        BrokenWorldError: If it can't be read.
    """
    try:
        import deltalake  # noqa: F401 - what reads the table
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from None
    from airflow_dataops.targets.published import DeltaRows, delta_table, plain_files

    table = delta_table(uri, storage=storage)
    if table is None:
        return None
    files = plain_files(table)
    if files is not None:
        parts = tuple(LandedPart(file, PurePosixPath(file).name) for file in files)
        return Landed(uri, parts, Dialect(format=Format.PARQUET)) if parts else None
    rows = DeltaRows(table)
    return Framed(uri, rows.columns, rows, ordered=False)


def profiler(settings: Settings) -> Profiler:
    """Return DuckDB as what looks at files of which nothing is known.

    Raises:
        SettingsError: If the extra `local` is not installed.
    """
    try:
        from airflow_dataops.engines.sql.profiling import DuckProfiler
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from None
    return DuckProfiler(memory_limit=settings.memory_limit, temp_directory=_spill(settings))


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
    conn_id, table = in_database(address)
    if conn_id:
        return target(settings, "postgres", table, database(conn_id))
    return target(settings, "delta", address)


def in_database(address: str) -> tuple[str, str]:
    """Return the connection and the table of an address; both are empty for a path."""
    scheme, _, place = address.partition("://")
    conn_id, _, table = place.partition("/")
    return (conn_id, table) if scheme == "postgres" else ("", "")


def check_transform(definition: Definition) -> tuple[Problem, ...]:
    """Return what is wrong with a product's SQL, as far as that can be told without rows.

    Args:
        definition: A product whose files are right; one without a transform has no such problem.

    Raises:
        DocumentError: If a file can't be read any more.
    """
    product = definition.product
    if not product.transform or definition.landing is None:
        return ()
    from airflow_dataops.documents.text import read_text
    from airflow_dataops.engines.sql.proofreading import proofread
    from airflow_dataops.engines.sql.reading import sql_type
    from airflow_dataops.warehouse.column_type import postgres_type

    type_of, dialect = (postgres_type, "postgres") if product.warehouse else (sql_type, "duckdb")
    columns = {column.name: type_of(column.type) for column in definition.landing.datasets[0].columns}
    place = definition.path(product.transform)
    problem = proofread(read_text(place), columns=columns, place=place, dialect=dialect)
    return () if problem is None else (problem,)


def check_models(definition: Definition) -> tuple[Problem, ...]:
    """Return what is wrong with the SQL of a product's models, as far as that can be told without rows.

    Args:
        definition: A product whose files are right; one without models has no such problem.

    Raises:
        DocumentError: If a file can't be read any more.
    """
    product, contract = definition.product, definition.contract
    if not product.models or contract is None:
        return ()
    from airflow_dataops.documents.text import read_text
    from airflow_dataops.engines.sql.models import proofread_models

    places = {model.name: definition.path(model.file) for model in product.models}
    texts = {name: (place, read_text(place)) for name, place in places.items()}
    promised = [column.name for column in contract.datasets[0].columns]
    return tuple(proofread_models(product.models, texts=texts, promised=promised))


def check_portable(definition: Definition) -> Problem | None:
    """Return why the SQL of a product whose rows stay in a database can't be tried in DuckDB.

    None where the rows lie in files, and where the SQL means the same in both.

    Args:
        definition: A product whose SQL is right.

    Raises:
        DocumentError: If the file can't be read any more.
    """
    product = definition.product
    if not product.warehouse or definition.landing is None:
        return None
    from airflow_dataops.documents.text import read_text
    from airflow_dataops.engines.sql.portable import portable

    place = definition.path(product.transform)
    columns = {column.name: column.type for column in definition.landing.datasets[0].columns}
    return portable(read_text(place), columns=columns, place=place)


def _spill(settings: Settings) -> str:
    """Return the folder of what doesn't fit into memory."""
    return str(Path(settings.zones_path) / "spill")


def _extra_missing(error: ModuleNotFoundError) -> SettingsError:
    return SettingsError(
        f"the module `{error.name}` is not installed",
        hint="Install `airflow-provider-dataops[local]` where tasks run.",
    )
