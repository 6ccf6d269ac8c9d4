"""The store in a SQL database."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from airflow_dataops.core.checks.verdict import Outcome
from airflow_dataops.core.verification import Verification
from airflow_dataops.store import tables
from airflow_dataops.store.address import WRITES, address, open_engine, speaking_of
from airflow_dataops.store.revision import Revision, require, revision_of
from airflow_dataops.store.shape import OUTCOME, outcome_rows, shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Insert, Select, Table

    from airflow_dataops.store.shape import Row, Shape
    from airflow_dataops.usecases.ports import F, Fact

INSERT: dict[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""Dialect -> its INSERT that knows ON CONFLICT."""


class SqlStore:
    """Remembers facts in a SQL database: one connection for each call, nothing kept between.

    Args:
        url: An SQLAlchemy URL, of SQLite or PostgreSQL.

    Raises:
        SettingsError: If the URL can't hold a store.
    """

    def __init__(self, url: str) -> None:
        self._place = address(url)
        self._reader = open_engine(self._place)
        self._writer = self._reader.execution_options(**{WRITES: True})
        self._required = False

    def __repr__(self) -> str:
        """Return the store's address without its password."""
        return f"SqlStore({str(self._place)!r})"

    def record(self, *facts: Fact) -> None:
        """Write facts in one transaction; each replaces the one with the same identity.

        A landing that is recorded again keeps its first place, time and run; an audit record stays as it is.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables, or too old ones.
            ValueError: If a time has no time zone.
        """
        shapes = [shape(type(fact), {}) for fact in facts]
        with speaking_of(self._place, "written"):
            self._require()
            with self._writer.begin() as connection:
                for fact, its in zip(facts, shapes, strict=True):
                    _write(connection, fact, its)

    def facts(self, kind: type[F], **where: str) -> tuple[F, ...]:
        """Return the facts of a kind, oldest first; those of the same instant by their identity.

        Args:
            kind: Landing, Verification, Publication, SliEvent or AuditRecord.
            where: team, product, dataset, partition, and, for landings, sha256: each must be equal.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables, or too old ones.
            ValueError: If the store keeps no such facts, or can't look for them so.
        """
        its = shape(kind, where)
        query = _query(kind, its, where)
        with speaking_of(self._place, "read"):
            self._require()
            with self._reader.connect() as connection:
                rows: list[Row] = [row._asdict() for row in connection.execute(query)]
        if kind is Verification:
            return tuple(_verifications(its, rows))
        return tuple(its.fact(row) for row in rows)

    def _require(self) -> None:
        """Look once, and not by connecting, whether there is a file: SQLite would make an empty one."""
        if self._required:
            return
        file = self._place.file
        if file is not None and not file.exists():
            require(Revision(None), shown=str(self._place))
        with self._reader.connect() as connection:
            require(revision_of(connection), shown=str(self._place))
        self._required = True


def _write(connection: Connection, fact: Fact, its: Shape) -> None:
    """Write a fact over the one with the same identity."""
    connection.execute(_upsert(connection.dialect.name, fact, its))
    if isinstance(fact, Verification):
        mine = [tables.outcome.c[name] == value for name, value in its.row(fact).items() if name in its.keys]
        connection.execute(delete(tables.outcome).where(*mine))
        if fact.outcomes:
            connection.execute(insert(tables.outcome), outcome_rows(fact))


def _upsert(dialect: str, fact: Fact, its: Shape) -> Insert:
    statement = INSERT[dialect](its.table).values(its.row(fact))
    if not its.replaced:
        return statement.on_conflict_do_nothing(index_elements=its.keys)
    new = {name: statement.excluded[name] for name in its.replaced}
    return statement.on_conflict_do_update(index_elements=its.keys, set_=new)


def _query(kind: type[F], its: Shape, where: Mapping[str, str]) -> Select[Any]:
    """Select facts, a verification and its outcomes in one statement, so that they are of one moment."""
    table = its.table
    oldest: list[ColumnElement[Any]] = [table.c[its.time], *(table.c[name] for name in its.keys)]
    query = select(table).where(*(table.c[name] == value for name, value in where.items()))
    if kind is Verification:
        same = and_(*(tables.outcome.c[name] == table.c[name] for name in its.keys))
        query = query.outerjoin(tables.outcome, same)
        query = query.add_columns(*(tables.outcome.c[name].label(f"outcome_{name}") for name in OUTCOME))
        oldest.append(tables.outcome.c.position)
    return query.order_by(*oldest)


def _verifications(its: Shape, rows: Sequence[Row]) -> list[Any]:
    """Put joined rows together, which stand side by side and in the order of the outcomes."""
    return [
        replace(one, outcomes=tuple(_outcome(row) for row in group if row["outcome_rule"] is not None))
        for one, group in groupby(rows, key=its.fact)
    ]


def _outcome(row: Row) -> Outcome:
    return Outcome(**{name: row[f"outcome_{name}"] for name in OUTCOME})
