"""How objectives stood when they were evaluated last, in a SQL database."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select, tuple_

from airflow_dataops.store import tables
from airflow_dataops.store.levels.standing_text import body_of, kept_of, ledger_of
from airflow_dataops.store.levels.tables import LevelTables, insert

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.slo.standing import Kept
    from airflow_dataops.store.database import Database
    from airflow_dataops.usecases.ports.service_levels import Asked, Key


KEY = ("team", "product", "slo")

AHEAD = timedelta(hours=1)
"""By how much another evaluator may have been faster; what is later still is from a clock that was wrong."""

AT_ONCE = 300
"""Keys of one statement."""


class SqlStandings:
    """Remembers how objectives stand.

    Args:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self._tables = LevelTables(database)

    def kept(self, **where: Asked) -> Mapping[Key, Kept]:
        """Return (team, product, objective) -> how it stood when it was evaluated last.

        Args:
            where: team, product, slo: each must be equal, or one of several.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
        """
        return self._kept(where, entries=True)

    def stood(self, **where: Asked) -> Mapping[Key, Kept]:
        """Return the same without the entries, which are most of it.

        Args:
            where: As of `kept`.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
        """
        return self._kept(where, entries=False)

    def keep(self, *kept: Kept) -> None:
        """Replace how objectives stand, unless another evaluator has kept what is newer.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it.
        """
        with self._tables.writing(tables.standing) as connection:
            if not kept:
                return
            statement = insert(connection, tables.standing)
            new = {
                name: statement.excluded[name] for name in ("digest", "ledger", "body", "changes_at", "at")
            }
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["team", "product", "slo"],
                    set_=new,
                    where=or_(
                        tables.standing.c.at <= statement.excluded.at,
                        tables.standing.c.at > max(one.standing.at for one in kept) + AHEAD,
                    ),
                ),
                # In one order, so that two evaluators wait for each other and not in a ring.
                sorted((_kept_row(one) for one in kept), key=lambda row: [str(row[name]) for name in KEY]),
            )

    def drop(self, *keys: Key) -> None:
        """Forget how objectives stand that are promised no more.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it.
        """
        c = tables.standing.c
        with self._tables.writing(tables.standing) as connection:
            for first in range(0, len(keys), AT_ONCE):
                some = [tuple(key) for key in keys[first : first + AT_ONCE]]
                connection.execute(delete(tables.standing).where(tuple_(c.team, c.product, c.slo).in_(some)))

    def _kept(self, where: Mapping[str, Asked], *, entries: bool) -> Mapping[Key, Kept]:
        c = tables.standing.c
        asked = select(
            c.team, c.product, c.slo, c.digest, c.body, c.changes_at, *([c.ledger] if entries else [])
        )
        found: dict[Key, Kept] = {}
        for team, product, slo, digest, body, changes_at, *ledger in self._tables.rows(
            asked, tables.standing, where, may=("team", "product", "slo")
        ):
            key = (team, product, slo)
            # What another version wrote in another way is lost: it is made anew.
            with suppress(ValueError, LookupError, TypeError):
                found[key] = kept_of(
                    body, key=key, digest=digest, changes_at=changes_at, ledger="".join(ledger)
                )
        return found


def _kept_row(kept: Kept) -> dict[str, object]:
    its = kept.standing
    return {
        "team": its.team,
        "product": its.product,
        "slo": its.slo,
        "digest": kept.digest,
        "ledger": ledger_of(kept.entries),
        "body": body_of(kept),
        "changes_at": kept.changes_at,
        "at": its.at.astimezone(UTC),
    }
