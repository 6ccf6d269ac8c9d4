"""Airflow's connections -> places."""

from __future__ import annotations

from pathlib import Path

from airflow_dataops.errors import SettingsError

WHERE = "conn_id of the source"


def drops_folder(conn_id: str, folder: str) -> str:
    """Return the folder of the drops.

    Args:
        conn_id: A connection of Airflow's type File (path), as `FileSensor` takes it; empty for none.
        folder: The folder, below the connection's path where there is one.

    Raises:
        SettingsError: If there is no such connection, or it names no path.
    """
    if not conn_id:
        return folder
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        connection = BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        raise SettingsError(
            f"there is no connection `{conn_id}`",
            where=WHERE,
            hint=f"Make it: airflow connections add {conn_id} --conn-type fs --conn-extra "
            """'{"path": "/…"}'.""",
        ) from None
    path = connection.extra_dejson.get("path")
    if not path:
        raise SettingsError(
            f"the connection `{conn_id}` names no path",
            where=WHERE,
            hint='Give it the extra {"path": "/…"}, as connections of type File (path) have it.',
        )
    return str(Path(path) / folder)
