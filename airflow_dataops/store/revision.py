"""Which revision of the tables a store has, and whether this version of the code can work with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Column, MetaData, String, Table, inspect, select

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from sqlalchemy import Connection

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""Every migration of this version, oldest first. Four digits each, so that they sort as text."""

VERSION_TABLE = "dataops_alembic_version"

MIGRATE = "Run `airflow dataops db migrate`."

_version = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32), primary_key=True))


class Standing(StrEnum):
    """How a store's revision stands to the code's."""

    MISSING = "missing"
    BEHIND = "behind"
    CURRENT = "current"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Revision:
    """The revision of a store's tables.

    Args:
        found: What the store has; None when it has no tables.
        known: What the code knows, oldest first.
    """

    found: str | None
    known: tuple[str, ...] = REVISIONS

    @property
    def head(self) -> str:
        """The revision that the code was written for."""
        return self.known[-1]

    @property
    def standing(self) -> Standing:
        """How the store stands to the code."""
        if self.found is None:
            return Standing.MISSING
        if self.found == self.head:
            return Standing.CURRENT
        return Standing.AHEAD if self.found > self.head else Standing.BEHIND

    @property
    def usable(self) -> bool:
        """Whether the code works with it: its own, the one before, or any newer. So upgrades need no stop."""
        return self.found is not None and self.found >= self.oldest

    @property
    def oldest(self) -> str:
        """The oldest revision that the code works with: the one before its own, where there is one."""
        return self.known[-2:][0]


def revision_of(connection: Connection) -> Revision:
    """Read the revision of the store at the other end of a connection."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return Revision(None)
    return Revision(connection.execute(select(_version.c.version_num)).scalar_one_or_none())


def require(revision: Revision, *, shown: str) -> str:
    """Return the revision of a store, and refuse one that the code can't work with.

    Args:
        revision: The store's revision.
        shown: The store's address, without secrets.

    Raises:
        SettingsError: If it has no tables, or tables from before the revision that came before the code's.
    """
    if revision.found is None:
        raise SettingsError(f"the store at {shown} has no schema", hint=MIGRATE)
    if not revision.usable:
        raise SettingsError(
            f"the store at {shown} has revision {revision.found}, and {revision.oldest} or newer is needed",
            hint=MIGRATE,
        )
    return revision.found
