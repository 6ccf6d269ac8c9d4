"""An engine for tables on a shelf. A shelf is a file of SQLite here, so that the example runs everywhere."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from airflow_dataops.engines.sql.hooked.system import System
from airflow_dataops.engines.sql.sqlite.functions import Unread, compiled, register
from airflow_dataops.engines.sql.sqlite.reading import SPELLING
from airflow_dataops.engines.sql.sqlite.written import written
from airflow_dataops.warehouse.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.warehouse.database import Connection, TableName


def columns(connection: Connection, table: TableName) -> dict[str, str] | None:
    """Return name -> type of the columns of a table; None where there is no such table."""
    shelf = cast("sqlite3.Connection", connection)
    found = shelf.execute("SELECT name, type FROM pragma_table_info(?)", (table.name,)).fetchall()
    return dict(found) or None


@contextmanager
def settled(connection: Connection) -> Iterator[None]:
    """Read one state of the rows, and write nothing, for as long as the block lasts."""
    shelf = cast("sqlite3.Connection", connection)
    shelf.isolation_level = None
    register(shelf)  # what the spelling calls
    shelf.execute("PRAGMA query_only = ON")
    shelf.execute("BEGIN")
    try:
        yield
    finally:
        shelf.execute("ROLLBACK")


def compiles(_: Connection, pattern: str) -> bool:
    """Say whether a pattern can be read."""
    try:
        compiled(pattern)
    except Unread:
        return False
    return True


def heals(error: Exception) -> bool:
    """Say whether another try may go well: somebody else writes just now."""
    return getattr(error, "sqlite_errorcode", 0) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def refusal(error: Exception) -> Refusal | None:
    """Say why a shelf can't be opened, where that is known."""
    missing = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_CANTOPEN
    return Refusal.DATABASE if missing else None


def system() -> System:
    """Return what a shelf is: the entry point leads here."""
    return System(
        title="a shelf",
        dialect="sqlite",
        spelling=SPELLING,
        written=written,
        columns=columns,
        settled=settled,
        errors=(sqlite3.Error,),
        heals=heals,
        compiles=compiles,
        reader="RE2",
        home="main",
        refusal=refusal,
    )
