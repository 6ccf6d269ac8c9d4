"""SQLite, by Python's own module for it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, cast

from sqlglot import exp

from airflow_dataops.engines.sql.hooked.system import System
from airflow_dataops.engines.sql.sqlite.functions import Unread, compiled
from airflow_dataops.engines.sql.sqlite.inside import inside
from airflow_dataops.engines.sql.sqlite.parting import PARTING
from airflow_dataops.engines.sql.sqlite.reading import SPELLING
from airflow_dataops.engines.sql.sqlite.session import MAIN, SCHEMAS, settled
from airflow_dataops.engines.sql.sqlite.words import call, equal
from airflow_dataops.engines.sql.sqlite.written import written

if TYPE_CHECKING:
    from airflow_dataops.warehouse.database import Connection, TableName

HEALS = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_SCHEMA,
    }
)
"""Codes of what another try may heal (https://www.sqlite.org/rescode.html)."""

DAMAGED = "The file is no database of SQLite, or it is damaged: PRAGMA integrity_check says where."
NO_TEXT = "A text in the table is no UTF-8: make a view without the column, or mend the text."

REMEDIES: dict[int, str] = dict.fromkeys((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB), DAMAGED)
"""Codes of what no other try heals -> what to do."""

UNDECODED = ("Could not decode to UTF-8", "user-defined function raised exception")
"""How Python's module begins its words for a text that it can't hand over; our functions raise nothing."""

PRIMARY = 0xFF
"""The bits of a code that say what it is; the others say more of it."""

COLUMNS = "SELECT name, type FROM pragma_table_xinfo(?, ?) WHERE hidden <> 1 ORDER BY cid"
"""Columns of a table, generated ones among them."""


def columns(connection: Connection, table: TableName) -> dict[str, str] | None:
    """Return the columns of a table or a view and the types that they are declared as."""
    opened = cast("sqlite3.Connection", connection)
    if not opened.execute(SCHEMAS, (table.schema or MAIN,)).fetchall():
        return None
    return dict(opened.execute(COLUMNS, (table.name, table.schema or MAIN)).fetchall()) or None


def heals(error: Exception) -> bool:
    """Say whether another try may heal an error."""
    return getattr(error, "sqlite_errorcode", 0) & PRIMARY in HEALS


def remedy(error: Exception) -> str:
    """Return what to do about an error that no other try heals; empty where that isn't known."""
    if str(error).startswith(UNDECODED):
        return NO_TEXT
    return REMEDIES.get(getattr(error, "sqlite_errorcode", 0) & PRIMARY, "")


def compiles(_: Connection, pattern: str) -> bool:
    """Say whether a pattern is one that RE2 reads."""
    try:
        compiled(pattern)
    except Unread:
        return False
    return True


def _is_blob(column: exp.Expr, _: str) -> exp.Expr:
    return equal(call("typeof", column), exp.Literal.string("blob"))


SQLITE = System(
    title="SQLite",
    dialect="sqlite",
    spelling=SPELLING,
    written=written,
    columns=columns,
    settled=settled,
    errors=(sqlite3.Error,),
    heals=heals,
    remedy=remedy,
    compiles=compiles,
    reader="RE2",
    unread=_is_blob,
    unread_as="a BLOB",
    inside=inside,
    home=MAIN,
    parting=PARTING,
)
