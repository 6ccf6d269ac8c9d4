"""Airflow's connections -> places."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

from airflow_dataops.errors import BrokenWorldError, DataOpsError, SettingsError

if TYPE_CHECKING:
    from airflow.providers.postgres.hooks.postgres import PostgresHook
    from psycopg import Connection

    from airflow_dataops.warehouse.postgres import Warehouse

POSTGRES = frozenset({"postgres", "postgresql"})
"""Types of a connection that lead to PostgreSQL."""

FOLDERS = frozenset({"fs", "generic", ""})
"""Types of a connection that may say where a folder is."""

WHERE = "conn_id of the source"


def as_server() -> None:
    """Let a command of Airflow's own program find the connections that are kept in Airflow's database.

    A process that doesn't say so is taken for a task, which may not ask the database (Airflow 3.3,
    `ensure_secrets_loaded`). Airflow's own commands for connections say it in this way.
    """
    os.environ["_AIRFLOW_PROCESS_CONTEXT"] = "server"


def drops_folder(conn_id: str, folder: str) -> str:
    """Return the folder of the drops, or its address in object storage.

    Args:
        conn_id: A connection of Airflow's type File (path), as `FileSensor` takes it, or of the object
            storage; empty for none.
        folder: The folder, below the connection's path where there is one; or the address.

    Raises:
        SettingsError: If there is no such connection, or it doesn't lead to a folder.
    """
    if not conn_id:
        return folder
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    stored = "://" in folder
    try:
        connection = BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        options = "--conn-type aws …" if stored else """--conn-type fs --conn-extra '{"path": "/…"}'"""
        raise SettingsError(
            f"there is no connection `{conn_id}`",
            where=WHERE,
            hint=f"Make it: airflow connections add {conn_id} {options}.",
        ) from None
    if stored:
        return folder
    path = connection.extra_dejson.get("path")
    if path:
        return str(Path(path) / folder)
    if connection.conn_type not in FOLDERS:
        raise SettingsError(
            f"the connection `{conn_id}` is of the type `{connection.conn_type}`, the folder no address",
            where=WHERE,
            hint="Write `folder` as an address, such as s3://bucket/prefix.",
        )
    raise SettingsError(
        f"the connection `{conn_id}` names no path",
        where=WHERE,
        hint='Give it the extra {"path": "/…"}, as connections of type File (path) have it.',
    )


def warehouse(conn_id: str) -> Warehouse | None:
    """Return the database of a connection of Airflow's type Postgres, or None where no connection is named.

    The connection is opened by Airflow's own hook, so it understands all that a connection may say.

    Raises:
        SettingsError: If there is no such connection, it is of another type, or the extra is not installed.
    """
    if not conn_id:
        return None
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        kind = BaseHook.get_connection(conn_id).conn_type
    except AirflowNotFoundException:
        raise SettingsError(
            f"there is no connection `{conn_id}`",
            where="conn_id",
            hint=f"Make it: airflow connections add {conn_id} --conn-uri postgres://user:password@host/database",
        ) from None
    if kind not in POSTGRES:
        raise SettingsError(
            f"the connection `{conn_id}` is of the type `{kind}`",
            where="conn_id",
            hint="A warehouse is a connection of the type `postgres`.",
        )
    try:
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        from airflow_dataops.warehouse.postgres import Warehouse
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"the module `{error.name}` is not installed",
            hint="Install `airflow-provider-dataops[postgres]` where tasks run.",
        ) from None
    return Warehouse(conn_id, lambda: _opened(PostgresHook(postgres_conn_id=conn_id)))


def _opened(hook: PostgresHook) -> Connection:
    """Open a connection, and name nothing of it when that fails: its parts may be secret."""
    import psycopg

    from airflow_dataops.warehouse.postgres import ours

    try:
        opened = hook.get_conn()
    except DataOpsError:
        raise
    except psycopg.Error as error:
        raise ours(error, doing="connecting", where=f"connection `{hook.get_conn_id()}`") from None
    except Exception as error:  # noqa: BLE001 - a hook asks other services, too, and their errors name secrets
        raise BrokenWorldError(
            f"connecting failed ({type(error).__name__})", where=f"connection `{hook.get_conn_id()}`"
        ) from None
    return cast("Connection", opened)
