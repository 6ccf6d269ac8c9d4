"""Removing old facts: `core/retention.py` in SQL, a few rows in each transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, exists, func, or_, select, tuple_

from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.retention import KINDS, Forgotten
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import SliEvent
from airflow_dataops.core.verification import Verification
from airflow_dataops.store import tables
from airflow_dataops.store.alerts.retention import old_alerts, wrong_since
from airflow_dataops.store.growth import there
from airflow_dataops.store.shape import SHAPES
from airflow_dataops.usecases.alerts.set_up_alerts import ACTION as SET_UP
from airflow_dataops.usecases.levels.record_repairs import ACTION as REPAIRED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Engine, FromClause, Table

    Old = Callable[[datetime], ColumnElement[bool]]

AT_ONCE = 500
"""Rows of one transaction: writers don't wait long for it, and SQLite takes so many parameters."""


def _same_batch(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in tables.BATCH))


def _outlived(publication: FromClause) -> ColumnElement[bool]:
    """There is a newer publication of the same batch."""
    other = tables.publication.alias()
    later = or_(
        other.c.at > publication.c.at,
        and_(other.c.at == publication.c.at, other.c.version > publication.c.version),
    )
    return exists().where(_same_batch(other, publication), later)


def _landing(before: datetime) -> ColumnElement[bool]:
    mine, its, verdict = tables.landing, tables.publication.alias(), tables.verification.alias()
    stays = or_(its.c.at >= before, ~_outlived(its))
    return and_(
        mine.c.landed_at < before,
        ~exists().where(_same_batch(its, mine), its.c.manifest == mine.c.sha256, stays),
        ~exists().where(_same_batch(verdict, mine), verdict.c.at >= before),
    )


def _verification(before: datetime) -> ColumnElement[bool]:
    mine, its = tables.verification, tables.publication.alias()
    return and_(mine.c.at < before, ~exists().where(_same_batch(its, mine)))


def _publication(before: datetime) -> ColumnElement[bool]:
    return and_(tables.publication.c.at < before, _outlived(tables.publication))


OLD: dict[type[Any], Old] = {
    Landing: _landing,
    Verification: _verification,
    Publication: _publication,
    SliEvent: lambda before: tables.sli_event.c.at < before,
    Observation: lambda before: tables.observation.c.at < before,
    AuditRecord: lambda before: tables.audit_record.c.at < before,
}
"""Kind of fact -> which of them are older than an instant, and may go."""


def forget(
    engine: Engine,
    before: datetime,
    *,
    needed: datetime,
    revision: str,
    audit_records: bool,
    dry_run: bool,
) -> Forgotten:
    """Remove old facts, or count them; see `SqlStore.forget`.

    What service levels still count is `needed`, however old: without it, it would be missing. So is what open
    incidents stand on.
    """
    counted = before if before.tzinfo is None else min(before, needed)  # a column refuses the first
    wrong = wrong_since(engine, revision=revision)
    held, seen = (
        each if wrong is None or each.tzinfo is None else min(each, wrong) for each in (before, counted)
    )
    known = [kind for kind in OLD if there(SHAPES[kind].table, revision)]
    kinds = [kind for kind in known if audit_records or kind is not AuditRecord]
    work = _count if dry_run else _remove
    going = {kind: OLD[kind](seen if kind is Observation else held) for kind in kinds}
    if AuditRecord in going:
        going[AuditRecord] = and_(going[AuditRecord], *_without_use(seen, revision))
    counts = {KINDS[kind]: work(engine, SHAPES[kind].table, going[kind]) for kind in kinds}
    if there(tables.run_outcome, revision):
        counts["runs"] = work(engine, tables.run_outcome, tables.run_outcome.c.ended < seen)
    for kind, (table, old) in old_alerts(
        engine, before, counted=counted, seen=seen, revision=revision
    ).items():
        counts[kind] = work(engine, table, old)
    return Forgotten(**counts)


def _without_use(seen: datetime, revision: str) -> Iterator[ColumnElement[bool]]:
    """Yield what keeps audit records by which an evaluation knows what it has done already.

    Without that of an action in force it would be done again, and against whoever has undone it since;
    without that of a repair, the repair would be told again; without that of when alerting was set up, it
    would be set up anew, and nobody be told of what had gone wrong by then.
    """
    mine, its = tables.audit_record.c, tables.policy_action.c
    yield mine.action != SET_UP
    yield or_(mine.action != REPAIRED, mine.at < seen)
    if there(tables.policy_action, revision):
        same = (its.team == mine.team, its.product == mine.product, mine.action == "slo." + its.action)
        yield ~exists().where(*same, its.since <= mine.at)


def _count(engine: Engine, table: Table, old: ColumnElement[bool]) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table).where(old)).scalar_one())


def _remove(engine: Engine, table: Table, old: ColumnElement[bool]) -> int:
    """Walk through a table in the order of its keys. What another transaction holds is in use, and stays."""
    keys = list(table.primary_key)
    after: list[ColumnElement[bool]] = []
    removed = 0
    while True:
        some = select(*keys).where(old, *after).order_by(*keys).limit(AT_ONCE)
        with engine.begin() as connection:
            found = [
                tuple(row) for row in connection.execute(some.with_for_update(skip_locked=True, of=table))
            ]
            if not found:
                return removed
            removed += connection.execute(delete(table).where(old, tuple_(*keys).in_(found))).rowcount
        after = [tuple_(*keys) > tuple_(*found[-1])]
