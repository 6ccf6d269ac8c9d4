"""Where a store is, how to connect to it, and what to say when that fails. No password leaves this file."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError, StatementError
from sqlalchemy.pool import NullPool

from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy import URL, Connection, Engine

    from airflow_dataops.errors import DataOpsError

OPTION = "[dataops] sql_alchemy_conn"

DIALECTS = ("sqlite", "postgresql")

BUSY_TIMEOUT = 30
"""Seconds that a writer waits for another one to finish, on SQLite."""

WRITES = "dataops_writes"
"""Execution option of a connection whose transactions write."""

REACH = f"Check that its server runs, and the host, database, user and password in {OPTION}."
"""What to do when a server gives no code: then there is no connection, or none any more."""

TRY = "Check that it can be reached, may be written and is not locked."
"""What to do about a code that `HINTS` doesn't know."""

HINTS: dict[str, tuple[type[DataOpsError], str]] = {
    "28": (SettingsError, f"Check the user and the password in {OPTION}."),
    "3D": (SettingsError, f"Make the database, or name another one in {OPTION}."),
    "3F": (SettingsError, "Make the schema, or let the role's search_path name another one."),
    "42501": (SettingsError, "Grant the role the rights that docs/reference/store.md lists."),
    "54000": (SettingsError, "Use shorter names: a database keeps no key of several thousand bytes."),
}
"""PostgreSQL's code, or its class -> whose fault it is, and what to do. Another try heals none of them."""


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """The place of a store.

    Args:
        url: Its URL, password and all.
    """

    url: URL

    def __str__(self) -> str:
        """Return the address as messages show it: without password and options, which may hold one."""
        return self.url.set(query={}).render_as_string(hide_password=True)

    def __repr__(self) -> str:
        """Return what `str` returns, as a value."""
        return f"Address({str(self)!r})"

    @property
    def file(self) -> Path | None:
        """The file of a SQLite store."""
        return Path(self.url.database or "") if self.url.get_backend_name() == "sqlite" else None


def address(url: str) -> Address:
    """Read a store's URL.

    Raises:
        SettingsError: If it is none, or names a database that can't hold a store.
    """
    try:
        parsed = make_url(url)
        dialect = parsed.get_dialect()()
    except (ArgumentError, ImportError, ValueError):
        raise SettingsError(
            "the store's URL can't be read, or its driver is not installed",
            where=OPTION,
            hint="Write it as sqlite:////absolute/path.db or postgresql+psycopg://user:password@host/database.",
        ) from None
    found = Address(parsed)
    if dialect.name not in DIALECTS:
        raise SettingsError(
            f"a store can't be kept in {dialect.name}", where=OPTION, hint=f"Use {' or '.join(DIALECTS)}."
        )
    if dialect.is_async:
        raise SettingsError(
            f"the driver of {found} is an asynchronous one",
            where=OPTION,
            hint="Use sqlite:// or postgresql+psycopg://.",
        )
    if found.file is not None and (parsed.database or ":memory:").startswith((":memory:", "file:")):
        raise SettingsError(
            "a SQLite store needs a file by its plain path",
            where=OPTION,
            hint="Write sqlite:////absolute/path.db.",
        )
    return found


def open_engine(place: Address, *, foreign_keys: bool = True) -> Engine:
    """Return an engine that keeps no connection, so that it survives a fork.

    On PostgreSQL each statement sees what is committed by then, whatever the database's default is.

    Args:
        place: The store.
        foreign_keys: Whether SQLite keeps foreign keys; a migration that rebuilds a table must not.

    Raises:
        SettingsError: If the database's driver is not installed.
    """
    options: dict[str, Any] = {"isolation_level": "READ COMMITTED"}
    if place.file is not None:
        options = {"connect_args": {"timeout": BUSY_TIMEOUT, "isolation_level": None}}
    try:
        engine = create_engine(place.url, poolclass=NullPool, hide_parameters=True, **options)
    except ImportError:
        raise SettingsError(
            f"the driver for {place} is not installed",
            where=OPTION,
            hint="Install airflow-provider-dataops[postgres].",
        ) from None
    if place.file is not None:
        _teach_sqlite(engine, foreign_keys=foreign_keys)
    return engine


def _teach_sqlite(engine: Engine, *, foreign_keys: bool) -> None:
    """Begin transactions ourselves: the driver begins late, and a reader can't wait to become a writer."""

    @event.listens_for(engine, "connect")
    def connect(connection: SqliteConnection, _record: object) -> None:
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def speaking_of(place: Address, doing: str) -> Iterator[None]:
    """Turn what a database raises into an error of ours, which holds neither its parameters nor its password.

    Args:
        place: The store.
        doing: What could not be done to it, such as `written`.

    Raises:
        BrokenWorldError: If the database fails.
        SettingsError: If it refuses us, or a text is none that every store keeps.
        ValueError: If a value is none that a store keeps.
    """
    try:
        yield
    except StatementError as error:
        if isinstance(error.orig, UnicodeError):
            raise _unwritable(place) from None
        if isinstance(error.orig, ValueError):
            raise ValueError(str(error.orig)) from None  # noqa: TRY004 - the value is wrong, not the type
        raise _ours(place, doing, error) from None
    except UnicodeError:
        raise _unwritable(place) from None
    except (SQLAlchemyError, OSError) as error:
        raise _ours(place, doing, error) from None


def _unwritable(place: Address) -> SettingsError:
    return SettingsError(
        f"a name can't be kept in the store at {place}, because it is no UTF-8, or holds a NUL character",
        hint="Rename the file or the folder.",
    )


def _ours(place: Address, doing: str, error: Exception) -> DataOpsError:
    """Return our error for a database's, without its text, which may quote what was being written."""
    cause = getattr(error, "orig", None)
    sqlite = getattr(cause, "sqlite_errorname", None)
    code = sqlite or getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    name = type(cause or error).__name__
    what = f"the store at {place} could not be {doing} ({f'{name}, {code}' if code else name})"
    if place.file is None and code is None:
        return BrokenWorldError(what, hint=REACH)
    known = None if sqlite else next((HINTS[key] for key in HINTS if str(code).startswith(key)), None)
    kind, hint = known or (BrokenWorldError, TRY)
    return kind(what, hint=hint)
