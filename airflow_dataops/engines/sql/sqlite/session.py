"""A session in SQLite: it reads one state of the database, and knows our functions."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from airflow_dataops.engines.sql.sqlite.functions import register
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.warehouse.database import Connection

OLDEST = (3, 35)
"""It computes a step of a SELECT once, however many others use it (its release notes)."""

MAIN = "main"
"""What SQLite calls the database of the connection itself."""

SCHEMAS = "SELECT name FROM pragma_database_list WHERE name = ? COLLATE NOCASE"


@contextmanager
def settled(connection: Connection) -> Iterator[None]:
    """Read one state of the database, write nothing, and know our functions for as long as a block lasts.

    Raises:
        SettingsError: If SQLite is too old.
    """
    opened = prepared(connection)
    opened.execute("PRAGMA query_only = ON")
    with one_state(opened):
        yield


def prepared(connection: Connection) -> sqlite3.Connection:
    """Return a connection that knows our functions, and begins no transaction by itself.

    Raises:
        SettingsError: If SQLite is too old.
    """
    if sqlite3.sqlite_version_info < OLDEST:
        raise SettingsError(
            f"Python has SQLite {sqlite3.sqlite_version} here",
            hint=f"Run tasks with a Python that has {'.'.join(map(str, OLDEST))} or later.",
        )
    opened = cast("sqlite3.Connection", connection)
    opened.isolation_level = None
    opened.row_factory = None
    opened.text_factory = str
    register(opened)
    return opened


@contextmanager
def one_state(opened: sqlite3.Connection) -> Iterator[None]:
    """Begin a transaction; what is not committed when the block ends is undone."""
    opened.execute("BEGIN")
    try:
        yield
    finally:
        if opened.in_transaction:
            opened.execute("ROLLBACK")
