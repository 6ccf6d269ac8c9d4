"""Where a store is, how to connect to it, and what to say when that fails. No password leaves this file."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError, StatementError
from sqlalchemy.pool import NullPool

from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy import URL, Connection, Engine

OPTION = "[dataops] sql_alchemy_conn"

DIALECTS = ("sqlite", "postgresql")

BUSY_TIMEOUT = 30
"""Seconds that a writer waits for another one to finish, on SQLite."""

WRITES = "dataops_writes"
"""Execution option of a connection whose transactions write."""


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

    Args:
        place: The store.
        foreign_keys: Whether SQLite keeps foreign keys; a migration that rebuilds a table must not.

    Raises:
        SettingsError: If the database's driver is not installed.
    """
    options = {"timeout": BUSY_TIMEOUT, "isolation_level": None} if place.file is not None else {}
    try:
        engine = create_engine(place.url, poolclass=NullPool, hide_parameters=True, connect_args=options)
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
        ValueError: If a value is none that a store keeps.
    """
    try:
        yield
    except StatementError as error:
        if not isinstance(error.orig, ValueError):
            raise _broken(place, doing, error) from None
        raise ValueError(str(error.orig)) from None
    except (SQLAlchemyError, OSError) as error:
        raise _broken(place, doing, error) from None
    except UnicodeError:
        raise SettingsError(
            f"a name can't be kept in the store at {place}, because it is no UTF-8",
            hint="Rename the file or the folder.",
        ) from None


def _broken(place: Address, doing: str, error: Exception) -> BrokenWorldError:
    cause = getattr(error, "orig", None)
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    name = type(cause or error).__name__
    return BrokenWorldError(
        f"the store at {place} could not be {doing} ({f'{name}, {code}' if code else name})",
        hint="Check that it can be reached, may be written and is not locked.",
    )
