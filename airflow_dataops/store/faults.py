"""What went wrong, and what was delivered since, in a SQL database: of all products at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, cast, exists, func, or_, select, type_coerce

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.verification import Verification
from airflow_dataops.store import query, tables
from airflow_dataops.store.address import speaking_of
from airflow_dataops.store.database import Database
from airflow_dataops.store.growth import completed, there
from airflow_dataops.store.shape import SHAPES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Row, Select

    from airflow_dataops.usecases.ports.service_levels import Owner

RUN = tuple(column.name for column in tables.run_outcome.columns if column.name != "recorded")

AT_ONCE = 300
"""Products of one statement."""

NONE = "[]"
"""What a list is without anything in it, as both databases write JSON."""


class SqlFaults:
    """Remembers what went wrong: one connection for each call, nothing kept between.

    Args:
        url: An SQLAlchemy URL, of SQLite or PostgreSQL.
        auto_migrate: Whether the first use makes the tables, or brings them to this version's revision.

    Raises:
        SettingsError: If the URL can't hold a store.
    """

    def __init__(self, url: str, *, auto_migrate: bool = False) -> None:
        self._database = Database(url, auto_migrate=auto_migrate)

    def __repr__(self) -> str:
        """Return the store's address without its password."""
        return f"SqlFaults({str(self._database.place)!r})"

    def refused(self, *, since: datetime) -> tuple[Verification, ...]:
        """Return the verdicts of an instant or later that let nothing pass, oldest first.

        Each has those of its outcomes alone that are not passed.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
        """
        its, c = SHAPES[Verification], tables.verification.c
        stops = or_(cast(c.blocks, Text) != NONE, cast(c.errors, Text) != NONE)
        with speaking_of(self._database.place, "read"):
            revision = self._database.revision()
            found = query.found(its, {}, revision=revision).where(c.at >= since, stops)
            asked = query.with_outcomes(found, its, query.BROKEN, revision=revision)
            rows = [completed(row._asdict(), its.table) for row in self._rows(asked)]
        return query.verifications(its, rows)

    def failed(self, *, since: datetime) -> tuple[RunOutcome, ...]:
        """Return the runs that ended at an instant or later, and failed in the end, oldest first.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
        """
        c = tables.run_outcome.c
        asked = select(*(c[name] for name in RUN)).where(c.ended >= since, c.final == Outcome.FAILED)
        with speaking_of(self._database.place, "read"):
            if not there(tables.run_outcome, self._database.revision()):
                return ()
            rows = self._rows(asked.order_by(c.ended, c.team, c.dag_id, c.run_id))
        return tuple(RunOutcome(**row._asdict()) for row in rows)

    def lost(self, *, since: datetime) -> tuple[tuple[Publication, int], ...]:
        """Return publications with fewer rows than the audit of the same run let pass, and how many passed.

        They are the newest of their batches, oldest first.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
        """
        mine, audit, other = tables.publication, tables.verification, tables.publication.alias()
        same = and_(*(mine.c[name] == audit.c[name] for name in (*tables.BATCH, "run_id")))
        newer = exists().where(
            *(mine.c[name] == other.c[name] for name in tables.BATCH), other.c.at > mine.c.at
        )
        asked = (
            select(mine, audit.c.good.label("passed"))
            .join(audit, and_(same, audit.c.stage == Stage.AUDIT, mine.c.rows < audit.c.good))
            .where(mine.c.at >= since, ~newer)
            .order_by(mine.c.at, *mine.primary_key)
        )
        with speaking_of(self._database.place, "read"):
            self._database.revision()
            rows = [dict(row._asdict()) for row in self._rows(asked)]
        return tuple((SHAPES[Publication].fact(row), row["passed"]) for row in rows)

    def published(self, *, since: datetime, of: Collection[Owner]) -> Mapping[Batch, datetime]:
        """Return the batches of some products that were published since an instant -> when, the last time.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
        """
        c, owners = tables.publication.c, sorted(of)
        batch = [c[name] for name in tables.BATCH]
        newest = type_coerce(func.max(c.at), c.at.type).label("newest")
        found: dict[Batch, datetime] = {}
        with speaking_of(self._database.place, "read"):
            self._database.revision()
            for first in range(0, len(owners), AT_ONCE):
                some = set(owners[first : first + AT_ONCE])
                named = (c.team.in_({team for team, _ in some}), c.product.in_({name for _, name in some}))
                for row in self._rows(select(*batch, newest).where(c.at >= since, *named).group_by(*batch)):
                    if (row.team, row.product) in some:
                        its = Batch(**{name: getattr(row, name) for name in tables.BATCH})
                        found[its] = row.newest
        return found

    def _rows(self, asked: Select[Any]) -> Sequence[Row[Any]]:
        with self._database.reader.connect() as connection:
            return connection.execute(asked).all()
