"""Airflow's connections -> places."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

from airflow_dataops.bridge.sqlite_file import check_file
from airflow_dataops.errors import BrokenWorldError, DataOpsError, SettingsError
from airflow_dataops.wiring import databases

if TYPE_CHECKING:
    from airflow.providers.postgres.hooks.postgres import PostgresHook
    from psycopg import Connection

    from airflow_dataops.warehouse.database import Connection as AnyConnection
    from airflow_dataops.warehouse.database import Database
    from airflow_dataops.warehouse.postgres import Warehouse

POSTGRES = frozenset({"postgres", "postgresql"})
"""Types of a connection that lead to PostgreSQL."""

FOLDERS = frozenset({"fs", "generic", ""})
"""Types of a connection that may say where a folder is."""

SQLITE = "sqlite"

OTHER_DRIVERS = {
    "mysql": "Install it where tasks run; or install mysql-connector-python, and give the connection the "
    'extra {"client": "mysql-connector-python"}.',
}
"""Type of a connection -> what to do where the driver is missing that it names, or would take by default."""

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
    kind = _kind(conn_id, uri="postgres://user:password@host/database")
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


def database(conn_id: str) -> Warehouse | Database:
    """Return the database of a connection, whose tables are judged where they are.

    The connection is opened by Airflow's own hook for its type.

    Raises:
        SettingsError: If there is no such connection, or nothing here judges tables of its type.
    """
    kind = _kind(conn_id, uri="type://user:password@host/database")
    if kind in POSTGRES:
        return cast("Warehouse", warehouse(conn_id))
    if kind not in (known := databases.kinds()):
        raise SettingsError(
            f"the connection `{conn_id}` is of the type `{kind}`, whose tables can't be judged",
            where="conn_id",
            hint=f"Use one of the type {', '.join(sorted(('postgres', *known)))}; or give the rows as files.",
        )
    from airflow_dataops.warehouse.database import Database

    return Database(conn_id, kind, lambda: _opened_by_hook(conn_id, kind))


def _kind(conn_id: str, *, uri: str) -> str:
    """Return the type of a connection.

    Raises:
        SettingsError: If there is no such connection.
    """
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return str(BaseHook.get_connection(conn_id).conn_type)
    except AirflowNotFoundException:
        raise SettingsError(
            f"there is no connection `{conn_id}`",
            where="conn_id",
            hint=f"Make it: airflow connections add {conn_id} --conn-uri {uri}",
        ) from None


def _opened_by_hook(conn_id: str, kind: str) -> AnyConnection:
    """Open a connection, and name nothing of it when that fails: its parts may be secret.

    Raises:
        SettingsError: If no hook for its type is installed, the hook opens none, the server refuses the
            login or has no such database, or there is no such file.
        BrokenWorldError: If it can't be opened.
    """
    from airflow.sdk import BaseHook

    where = f"connection `{conn_id}`"
    try:
        hook = BaseHook.get_hook(conn_id)
    except Exception:  # noqa: BLE001 - what Airflow raises where a provider is missing differs by its state
        raise SettingsError(
            f"Airflow has no hook for connections of the type `{kind}`",
            where=where,
            hint=f"Install `apache-airflow-providers-{kind}` where tasks run.",
        ) from None
    if kind == SQLITE:
        check_file(hook.get_uri(), where=where)
    try:
        opened = hook.get_conn()
    except Exception as error:  # noqa: BLE001 - each hook and each driver has errors of its own
        if isinstance(error.__context__, ImportError):
            missing = error.__context__.name
        else:
            raise databases.unconnected(kind, error, where=where) from None
    else:
        return cast("AnyConnection", opened)
    raise SettingsError(
        f"the driver `{missing}` is not installed",
        where=where,
        hint=OTHER_DRIVERS.get(kind, "Install it where tasks run."),
    )


def _opened(hook: PostgresHook) -> Connection:
    """Open a connection, and name nothing of it when that fails: its parts may be secret."""
    import psycopg

    from airflow_dataops.warehouse.postgres import unopened

    try:
        opened = hook.get_conn()
    except DataOpsError:
        raise
    except psycopg.Error as error:
        raise unopened(error, where=f"connection `{hook.get_conn_id()}`") from None
    except Exception as error:  # noqa: BLE001 - a hook asks other services, too, and their errors name secrets
        raise BrokenWorldError(
            f"connecting failed ({type(error).__name__})", where=f"connection `{hook.get_conn_id()}`"
        ) from None
    return cast("Connection", opened)
