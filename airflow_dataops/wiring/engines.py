"""What reads and judges rows."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.wiring.databases import in_database, no_database
from airflow_dataops.wiring.extras import extra_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from airflow_dataops.core.rows.others import Published
    from airflow_dataops.core.rows.relation import Streaming
    from airflow_dataops.engines.pandera.parting import PanderaParter
    from airflow_dataops.engines.sql.duckdb.beside import Reader
    from airflow_dataops.engines.sql.duckdb.rooms import Rooms
    from airflow_dataops.engines.sql.duckdb.texts import DuckTexts
    from airflow_dataops.usecases.ports.engine import Engine
    from airflow_dataops.usecases.ports.profiler import Profiler
    from airflow_dataops.warehouse.database import Database
    from airflow_dataops.warehouse.postgres import Warehouse
    from airflow_dataops.wiring.settings import Settings


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
        from airflow_dataops.engines.sql.duckdb.engine import DuckEngine
    except ModuleNotFoundError as error:
        raise extra_missing(error) from None
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
        from airflow_dataops.engines.sql.duckdb.rooms import rooms
        from airflow_dataops.engines.sql.duckdb.texts import DuckTexts
    except ModuleNotFoundError as error:
        raise extra_missing(error) from None
    opened = rooms(memory_limit=settings.memory_limit, temp_directory=_spill(settings), folder=folder)
    with opened as tests, tests.room() as room:
        yield engine(settings, tests=tests), DuckTexts(room)


def profiler(settings: Settings) -> Profiler:
    """Return DuckDB as what looks at files of which nothing is known.

    Raises:
        SettingsError: If the extra `local` is not installed.
    """
    try:
        from airflow_dataops.engines.sql.duckdb.profiling import DuckProfiler
    except ModuleNotFoundError as error:
        raise extra_missing(error) from None
    return DuckProfiler(memory_limit=settings.memory_limit, temp_directory=_spill(settings))


def parter() -> PanderaParter:
    """Return what tells rows apart by pandera schemas.

    Raises:
        SettingsError: If the extra `local` is not installed.
    """
    try:
        from airflow_dataops.engines.pandera.parting import PanderaParter
    except ModuleNotFoundError as error:
        raise extra_missing(error) from None
    return PanderaParter()


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


def _spill(settings: Settings) -> str:
    """Return the folder of what doesn't fit into memory."""
    return str(Path(settings.zones_path) / "spill")
