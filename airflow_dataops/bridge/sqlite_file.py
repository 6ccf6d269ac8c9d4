"""The file that a connection of Airflow's type Sqlite leads to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from airflow_dataops.errors import SettingsError

SCHEME = "sqlite:///"


def check_file(uri: str, *, where: str) -> None:
    """Refuse a file that isn't there: SQLite would make it, and it would be an empty database.

    Args:
        uri: The URI of the connection, as Airflow's hook has it.
        where: The connection.

    Raises:
        SettingsError: If there is no such file.
    """
    file = uri.removeprefix(SCHEME)
    path, _, query = file.partition("?")
    mode = "" if "mode=" in query else f"{'&' if query else '?'}mode=rw"
    try:
        with closing(sqlite3.connect(f"file:{file}{mode}", uri=True)):
            return
    except sqlite3.Error:
        if Path(path).exists():
            return  # the hook says what is wrong with it
    raise SettingsError(
        f"there is no file `{path}`",
        where=where,
        hint="Check the path that the connection has as its host: an absolute one has two slashes before it.",
    )
