"""Making, moving and checking the store's tables. The migrations are Alembic's, without its ini file."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from airflow_dataops.errors import SettingsError
from airflow_dataops.store.address import BUSY_TIMEOUT, WRITES, address, open_engine, speaking_of
from airflow_dataops.store.presence import refuse_incomplete
from airflow_dataops.store.revision import MIGRATE, REVISIONS, Revision, Standing, revision_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from airflow_dataops.store.address import Address

MIGRATIONS = Path(__file__).parent / "migrations"

LOCK = int.from_bytes(b"dataops", "big")
"""The key of PostgreSQL's advisory lock, in the store's database: a migration holds it alone, a check shares
it with other checks."""

BASE = "base"
"""Alembic's word for a database before the first revision."""

LADDER = (BASE, *REVISIONS)


def check(url: str) -> Revision:
    """Return the revision of a store, without making or changing anything.

    Raises:
        BrokenWorldError: If the store can't be read.
        SettingsError: If the URL can't hold a store, or its tables are not those of its revision.
    """
    place = address(url)
    with speaking_of(place, "read"):
        if place.file is not None and not place.file.exists():
            return Revision(None)
        with open_engine(place).connect() as connection:
            if place.file is None:
                # A migration that ends between two looks must not look like damage. One snapshot would not
                # do: PostgreSQL's functions for its catalog (such as pg_table_is_visible) see it as it is.
                _wait_only_so_long(connection)
                connection.execute(select(func.pg_advisory_xact_lock_shared(LOCK)))
            return _revision(connection, place)


def migrate(url: str) -> tuple[str | None, str]:
    """Bring a store's tables to this version's revision, and make them where there are none.

    All in one transaction: it happens whole or not at all, and of two that come at once the second finds it
    done. A store that is ahead stays as it is.

    Returns:
        The revision that the store had, and the one it has.

    Raises:
        BrokenWorldError: If the store can't be written.
        SettingsError: If the URL can't hold a store, or its tables are not those of its revision.
    """
    place = address(url)
    with speaking_of(place, "migrated"):
        if place.file is not None:
            place.file.parent.mkdir(parents=True, exist_ok=True)
        with _changing(place) as connection:
            revision = _revision(connection, place)
            if revision.standing not in {Standing.CURRENT, Standing.AHEAD}:
                command.upgrade(_config(connection), revision.head)
            now = revision_of(connection).found or revision.head
        if place.file is not None:
            _write_ahead(place)
    return revision.found, now


def downgrade(url: str, revision: str) -> tuple[str | None, str | None]:
    """Take a store's tables back to an older revision. What only newer ones hold is lost.

    Args:
        url: The store's URL.
        revision: One of this version's revisions, or `base` for no tables at all.

    Returns:
        The revision that the store had, and the one it has.

    Raises:
        BrokenWorldError: If the store can't be written.
        SettingsError: If there is no such revision, or the store's own is not known to this version.
    """
    place = address(url)
    if revision not in LADDER:
        raise SettingsError(f"there is no revision {revision!r}", hint=f"There are {', '.join(LADDER)}.")
    if check(url).found is None:
        return None, None
    with speaking_of(place, "taken back"), _changing(place) as connection:
        found = revision_of(connection).found
        _refuse_unreachable(found or BASE, revision, place=place)
        command.downgrade(_config(connection), revision)
        return found, revision_of(connection).found


def _revision(connection: Connection, place: Address) -> Revision:
    revision = revision_of(connection)
    refuse_incomplete(connection, revision, shown=str(place))
    return revision


def _refuse_unreachable(found: str, wanted: str, *, place: Address) -> None:
    if found not in LADDER:
        raise SettingsError(
            f"the store at {place} has revision {found}, which this version doesn't know",
            hint="Downgrade with the version of airflow-provider-dataops that made it.",
        )
    if LADDER.index(wanted) > LADDER.index(found):
        raise SettingsError(
            f"the store at {place} has revision {found}, which is older than {wanted}", hint=MIGRATE
        )


@contextmanager
def _changing(place: Address) -> Iterator[Connection]:
    """Open one transaction that keeps every other migration out.

    On SQLite it keeps every writer out, and foreign keys are off: a migration may rebuild a table by dropping
    the old one, and its children would go with it. On PostgreSQL it waits for another migration as long as
    that takes, but for a table only so long: whoever writes to the table waits behind it.
    """
    engine = open_engine(place, foreign_keys=False).execution_options(**{WRITES: True})
    with engine.begin() as connection:
        if place.file is None:
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            _wait_only_so_long(connection)
        yield connection


def _wait_only_so_long(connection: Connection) -> None:
    connection.execute(select(func.set_config("lock_timeout", f"{BUSY_TIMEOUT}s", True)))  # noqa: FBT003


def _write_ahead(place: Address) -> None:
    """Let readers and the writer work side by side. The file remembers it.

    SQLite waits for no lock here, so where another process has one, it is tried again.
    """
    deadline = monotonic() + BUSY_TIMEOUT
    with open_engine(place).connect() as connection:
        driver = connection.connection.cursor()
        while True:
            try:
                driver.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if monotonic() > deadline:
                    raise OperationalError(None, None, error) from None
                sleep(0.02)
            else:
                return


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
