"""The database of a store: whom to ask, and which revision its tables have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.store.address import WRITES, address, open_engine
from airflow_dataops.store.revision import Revision, Standing, require, revision_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from airflow_dataops.store.address import Address

SETTLED = (Standing.CURRENT, Standing.AHEAD)
"""Standings that are looked at once; a store that is behind may be migrated while we work with it."""


class Database:
    """The database of a store: one connection for each call, nothing kept between.

    Args:
        url: An SQLAlchemy URL, of SQLite or PostgreSQL.
        auto_migrate: Whether the first use makes the tables, or brings them to this version's revision.

    Raises:
        SettingsError: If the URL can't hold a store.
    """

    def __init__(self, url: str, *, auto_migrate: bool = False) -> None:
        self.place: Address = address(url)
        self.reader: Engine = open_engine(self.place)
        self.writer: Engine = self.reader.execution_options(**{WRITES: True})
        self._auto_migrate = auto_migrate
        self._revision = Revision(None)

    def revision(self) -> str:
        """Return the revision of a store that can be worked with.

        Raises:
            SettingsError: If the store has no tables, or too old ones.
        """
        if self._revision.standing not in SETTLED:
            self._revision = self._look()
            if self._auto_migrate and self._revision.standing not in SETTLED:
                from airflow_dataops.store.schema import migrate  # noqa: PLC0415 - loads Alembic

                migrate(self.place.url.render_as_string(hide_password=False))
                self._revision = self._look()
        return require(self._revision, shown=str(self.place))

    def _look(self) -> Revision:
        """Read the revision. A file that isn't there isn't opened: SQLite would make an empty one."""
        if self.place.file is not None and not self.place.file.exists():
            return Revision(None)
        with self.reader.connect() as connection:
            return revision_of(connection)
