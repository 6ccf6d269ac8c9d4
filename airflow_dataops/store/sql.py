"""The store in a SQL database."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert
from sqlalchemy.dialects import postgresql, sqlite

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.retention import KINDS
from airflow_dataops.core.slo.look_back import needed_since
from airflow_dataops.core.verification import Verification
from airflow_dataops.store import query, tables
from airflow_dataops.store.address import speaking_of
from airflow_dataops.store.database import Database
from airflow_dataops.store.growth import completed, fitted, there
from airflow_dataops.store.levels.declarations import SqlDeclarations
from airflow_dataops.store.retention import forget
from airflow_dataops.store.revision import MIGRATE
from airflow_dataops.store.shape import outcome_rows, shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Insert, Select, Table

    from airflow_dataops.core.retention import Forgotten
    from airflow_dataops.store.shape import Row, Shape
    from airflow_dataops.usecases.ports.store import F, Fact

INSERT: dict[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""Dialect -> its INSERT that knows ON CONFLICT."""


log = logging.getLogger(__name__)


class SqlStore:
    """Remembers facts in a SQL database: one connection for each call, nothing kept between.

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
        return f"SqlStore({str(self._database.place)!r})"

    def record(self, *facts: Fact) -> None:
        """Write facts in one transaction; each replaces the one with the same identity.

        A landing that is recorded again keeps its first place, time and run; an audit record stays as it is.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables, or too old ones for what a fact says.
            ValueError: If a time has no time zone.
        """
        shapes = [shape(type(fact), {}) for fact in facts]
        with speaking_of(self._database.place, "written"):
            revision = self._database.revision()
            with self._database.writer.begin() as connection:
                for fact, its in zip(facts, shapes, strict=True):
                    if there(its.table, revision):
                        _write(connection, fact, its, revision=revision, shown=str(self._database.place))
                    else:
                        # The code before ours is at work, which knows nothing of it: no stop for an upgrade.
                        log.warning(
                            "%s has revision %s, and keeps no %s. %s",
                            self._database.place,
                            revision,
                            KINDS[type(fact)],
                            MIGRATE,
                        )

    def facts(self, kind: type[F], **where: str) -> tuple[F, ...]:
        """Return the facts of a kind, oldest first; those of the same instant by their identity.

        Args:
            kind: Landing, Verification, Publication, SliEvent, Observation or AuditRecord.
            where: team, product, dataset, partition, and, for landings, sha256: each must be equal.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables, or too old ones.
            ValueError: If the store keeps no such facts, or can't look for them so.
        """
        its = shape(kind, where)
        with speaking_of(self._database.place, "read"):
            revision = self._database.revision()
            if not there(its.table, revision):
                return ()
            found = query.found(its, where, revision=revision)
            if kind is Verification:
                rows = self._rows(query.with_outcomes(found, its, revision=revision), its)
                return query.verifications(its, rows)
            return tuple(its.fact(row) for row in self._rows(query.oldest_first(found, its), its))

    def broken(self, **where: str) -> tuple[Verification, ...]:
        """Return verifications, oldest first, each with those of its outcomes alone that are not passed.

        Args:
            where: team, product, dataset, partition: each must be equal.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables, or too old ones.
            ValueError: If the store can't look for them so.
        """
        its = shape(Verification, where)
        with speaking_of(self._database.place, "read"):
            revision = self._database.revision()
            found = query.found(its, where, revision=revision)
            rows = self._rows(query.with_outcomes(found, its, query.BROKEN, revision=revision), its)
        return query.verifications(its, rows)

    def newest(self, **where: str) -> tuple[Batch, ...]:
        """Return of each dataset the batch that was judged last, in the order of team, product, dataset.

        Args:
            where: team, product, dataset, partition: each must be equal.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables, or too old ones.
            ValueError: If the store can't look for verdicts so.
        """
        shape(Verification, where)
        with speaking_of(self._database.place, "read"):
            self._database.revision()
            with self._database.reader.connect() as connection:
                rows = connection.execute(query.judged_last(where)).all()
        return tuple(Batch(**{name: getattr(row, name) for name in tables.BATCH}) for row in rows)

    def until(self, verification: Verification, *, most: int) -> tuple[Verification, ...]:
        """Return the newest verifications of a dataset at a stage up to one of them, oldest first.

        Each has those of its outcomes alone that are not passed.

        Args:
            verification: The last one, as it was recorded.
            most: How many, at most.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables, or too old ones.
        """
        batch = verification.batch
        where = {"team": batch.team, "product": batch.product, "dataset": batch.dataset}
        its = shape(Verification, where)
        with speaking_of(self._database.place, "read"):
            revision = self._database.revision()
            found = query.found(its, where, revision=revision)
            last = query.newest(found, its, until=verification, most=most)
            rows = self._rows(query.with_outcomes(last, its, query.BROKEN, revision=revision), its)
        return query.verifications(its, rows)

    def forget(self, before: datetime, *, audit_records: bool, dry_run: bool) -> Forgotten:
        """Remove what is older than an instant, except for what readers still see; in many transactions.

        What the windows of objectives still count stays, too.

        Args:
            before: The instant, aware.
            audit_records: Whether audit records go, too.
            dry_run: Whether to count only.

        Returns:
            How many facts went, or would go.

        Raises:
            BrokenWorldError: If the store can't be written; what was removed by then stays removed.
            SettingsError: If the store has no tables, or too old ones.
            ValueError: If the instant has no time zone.
        """
        with speaking_of(self._database.place, "cleaned"):
            revision = self._database.revision()
            engine = self._database.reader if dry_run else self._database.writer
            return forget(
                engine,
                before,
                needed=needed_since(SqlDeclarations(self._database).declared(), datetime.now(tz=UTC)),
                revision=revision,
                audit_records=audit_records,
                dry_run=dry_run,
            )

    def _rows(self, asked: Select[Any], its: Shape) -> list[dict[str, Any]]:
        with self._database.reader.connect() as connection:
            return [completed(row._asdict(), its.table) for row in connection.execute(asked)]


def _write(connection: Connection, fact: Fact, its: Shape, *, revision: str, shown: str) -> None:
    """Write a fact over the one with the same identity."""
    row = fitted(its.row(fact), its.table, revision, shown=shown)
    connection.execute(_upsert(connection.dialect.name, row, its, revision=revision))
    if isinstance(fact, Verification):
        mine = [tables.outcome.c[name] == value for name, value in row.items() if name in its.keys]
        connection.execute(delete(tables.outcome).where(*mine))
        if fact.outcomes:
            rows = [fitted(row, tables.outcome, revision, shown=shown) for row in outcome_rows(fact)]
            connection.execute(insert(tables.outcome), rows)


def _upsert(dialect: str, row: Row, its: Shape, *, revision: str) -> Insert:
    statement = INSERT[dialect](its.table).values(row)
    replaced = its.replaced(revision)
    if not replaced:
        return statement.on_conflict_do_nothing(index_elements=its.keys)
    new = {name: statement.excluded[name] for name in replaced}
    return statement.on_conflict_do_update(index_elements=its.keys, set_=new)
