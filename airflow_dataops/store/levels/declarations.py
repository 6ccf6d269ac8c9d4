"""What products declare of their service levels, in a SQL database."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from airflow_dataops.store import tables
from airflow_dataops.store.levels.declaration_text import read, stamp, written
from airflow_dataops.store.levels.tables import LevelTables, insert

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Select

    from airflow_dataops.core.slo.declaration import Declaration, Stamp
    from airflow_dataops.store.database import Database
    from airflow_dataops.usecases.ports.service_levels import Asked, Owner


class SqlDeclarations:
    """Remembers what products declare, and since when.

    Args:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self._tables = LevelTables(database)

    def declare(self, *declarations: Declaration) -> None:
        """Remember declarations; one that says what the one before it says changes nothing.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it.
            ValueError: If a time has no time zone.
        """
        with self._tables.writing(tables.declaration) as connection:
            for declaration in sorted(declarations, key=lambda one: one.since):
                digest, body = written(declaration)
                if digest != connection.execute(_before(declaration)).scalar_one_or_none():
                    row = {
                        "team": declaration.team,
                        "product": declaration.product,
                        "since": declaration.since,
                        "digest": digest,
                        "body": body,
                    }
                    connection.execute(
                        insert(connection, tables.declaration).values(row).on_conflict_do_nothing()
                    )

    def declared(self, **where: Asked) -> tuple[Declaration, ...]:
        """Return every declaration there was, oldest first.

        Args:
            where: team, product: each must be equal, or one of several.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables, or a newer version wrote a declaration.
        """
        c = tables.declaration.c
        asked = select(c.body, c.team, c.product, c.since).order_by(c.since, c.team, c.product)
        rows = self._tables.rows(asked, tables.declaration, where, may=("team", "product"))
        return tuple(read(row.body, team=row.team, product=row.product, since=row.since) for row in rows)

    def stamps(self) -> Mapping[Owner, Stamp]:
        """Return of every product what tells whether its declarations are as they were.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
        """
        c = tables.declaration.c
        rows = self._tables.rows(
            select(c.team, c.product, c.digest, c.body, c.since).order_by(c.since), tables.declaration
        )
        found: dict[Owner, list[tuple[str, str]]] = defaultdict(list)
        newest: dict[Owner, datetime] = {}
        for row in rows:
            found[row.team, row.product].append((row.digest, row.body))
            newest[row.team, row.product] = row.since
        return {owner: stamp(each, since=newest[owner]) for owner, each in found.items()}


def _before(declaration: Declaration) -> Select[Any]:
    c = tables.declaration.c
    mine = (c.team == declaration.team, c.product == declaration.product, c.since <= declaration.since)
    return select(c.digest).where(*mine).order_by(c.since.desc()).limit(1)
