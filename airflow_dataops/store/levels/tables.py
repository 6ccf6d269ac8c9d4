"""Tables that came after the first revision: reading them, and writing them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

from airflow_dataops.errors import SettingsError
from airflow_dataops.store.address import speaking_of
from airflow_dataops.store.growth import there
from airflow_dataops.store.revision import MIGRATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Column, ColumnElement, Connection, Engine, Select, Table

    from airflow_dataops.store.address import Address
    from airflow_dataops.store.database import Database
    from airflow_dataops.usecases.ports.service_levels import Asked


class LevelTables:
    """Tables of which there is nothing to be read on a store of the revision before theirs.

    Args:
        database: The database.
        what: What they hold, for messages.
    """

    def __init__(self, database: Database, *, what: str = "service levels") -> None:
        self._database = database
        self._what = what

    @property
    def place(self) -> Address:
        """Where they are."""
        return self._database.place

    def rows(
        self,
        asked: Select[Any],
        table: Table,
        where: Mapping[str, Asked] | None = None,
        *,
        may: tuple[str, ...] = (),
    ) -> Sequence[Any]:
        """Return rows of a table.

        Args:
            asked: Which.
            table: The table.
            where: What columns must be.
            may: Those that may be asked for.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
            ValueError: If it can't be asked so.
        """
        unknown = sorted(set(where or {}) - set(may))
        if unknown:
            raise ValueError(f"{self._what} are not found by {unknown[0]!r}, only by {', '.join(may)}")
        with speaking_of(self._database.place, "read"):
            if not there(table, self._database.revision()):
                return ()
            with self._database.reader.connect() as connection:
                these = (_is(table.c[name], value) for name, value in (where or {}).items())
                return connection.execute(asked.where(*these)).all()

    @contextmanager
    def writing(self, table: Table) -> Iterator[Connection]:
        """Open a transaction that writes to a table.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no such table.
            ValueError: If a time has no time zone.
        """
        with speaking_of(self._database.place, "written"), self.writer(table).begin() as connection:
            yield connection

    def writer(self, table: Table) -> Engine:
        """Return what opens connections that write to a table.

        Raises:
            SettingsError: If the store has no such table.
        """
        revision = self._database.revision()
        if not there(table, revision):
            raise SettingsError(
                f"the store at {self.place} has revision {revision}, without {self._what}", hint=MIGRATE
            )
        return self._database.writer


def _is(column: Column[Any], value: Asked) -> ColumnElement[bool]:
    return column.in_(value) if isinstance(value, tuple) else column == value


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return the INSERT of a database that knows ON CONFLICT."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
