"""The raw, staging and quarantine zones: for those that fill them, look at them and clear them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.wiring.databases import database_of, in_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from airflow_dataops.usecases.ports.stock import Stock
    from airflow_dataops.usecases.ports.storeroom import Storeroom
    from airflow_dataops.usecases.ports.zones import Zones
    from airflow_dataops.warehouse.postgres import Warehouse
    from airflow_dataops.wiring.settings import Settings
    from airflow_dataops.zones.local import LocalZones


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

            return PostgresStoreroom(database_of(conn_id, database))

        return opened

    found = sorted({conn_id for conn_id, _ in map(in_database, addresses) if conn_id})
    return {settings.zones_path: local, **{f"postgres://{conn_id}": of(conn_id) for conn_id in found}}
