"""Databases of connections: which can be used, what their tables are called, and what they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.errors import DataOpsError
    from airflow_dataops.usecases.ports.models import Models
    from airflow_dataops.warehouse.database import Database
    from airflow_dataops.warehouse.postgres import Warehouse


def kinds() -> tuple[str, ...]:
    """Return the types of connections, besides PostgreSQL's, whose tables can be judged where they are."""
    from airflow_dataops.engines.sql.hooked.systems import kinds

    return kinds()


def no_database(_: str) -> None:
    """Open no database: where no connection can be looked up."""


def database_of(conn_id: str, database: Callable[[str], Warehouse | None]) -> Warehouse:
    """Return the database of a connection, without which nothing goes on.

    Args:
        conn_id: The connection.
        database: Opens the database of a connection.

    Raises:
        SettingsError: If there is no such connection.
    """
    opened = database(conn_id)
    if opened is None:
        raise SettingsError(f"no database of the connection `{conn_id}` can be opened here")
    return opened


def in_database(address: str) -> tuple[str, str]:
    """Return the connection and the table of an address; both are empty for a path."""
    scheme, _, place = address.partition("://")
    conn_id, _, table = place.partition("/")
    return (conn_id, table) if scheme == "postgres" else ("", "")


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


def models(warehouse: Warehouse) -> Models:
    """Return a database as what makes models out of its tables."""
    from airflow_dataops.engines.sql.postgres.models import PostgresModels

    return PostgresModels(warehouse)
