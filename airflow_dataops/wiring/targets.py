"""Where products are published: for those that publish, and those that look after it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError
from airflow_dataops.wiring.databases import database_of, in_database
from airflow_dataops.wiring.extras import extra_missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.usecases.ports.target import Target
    from airflow_dataops.usecases.ports.upkeep import Upkeep
    from airflow_dataops.warehouse.postgres import Warehouse
    from airflow_dataops.wiring.settings import Settings


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
        raise extra_missing(error) from None
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

        return PostgresUpkeep(database_of(conn_id, database), table)
    try:
        from airflow_dataops.targets.delta_upkeep import DeltaUpkeep
    except ModuleNotFoundError as error:
        raise extra_missing(error) from None
    return DeltaUpkeep(str(Path(settings.lake_path) / address))
