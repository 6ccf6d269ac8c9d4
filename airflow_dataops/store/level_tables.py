"""The tables of service levels: reading them, and writing them."""

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

    from sqlalchemy import Column, ColumnElement, Connection, Select, Table

    from airflow_dataops.store.database import Database
    from airflow_dataops.usecases.slo_ports import Asked


class LevelTables:
    """Tables that revision 0003 made: on a store of the one before there is nothing to be read.

    Args:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

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
            raise ValueError(f"service levels are not found by {unknown[0]!r}, only by {', '.join(may)}")
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
        with speaking_of(self._database.place, "written"):
            revision = self._database.revision()
            if not there(table, revision):
                raise SettingsError(
                    f"the store at {self._database.place} has revision {revision}, without service levels",
                    hint=MIGRATE,
                )
            with self._database.writer.begin() as connection:
                yield connection


def _is(column: Column[Any], value: Asked) -> ColumnElement[bool]:
    return column.in_(value) if isinstance(value, tuple) else column == value


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return the INSERT of a database that knows ON CONFLICT."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
