"""What the store is asked, and the facts of what it answers."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from airflow_dataops.core.checks.verdict import Outcome, Status
from airflow_dataops.store import tables
from airflow_dataops.store.growth import columns_of, completed
from airflow_dataops.store.shape import OUTCOME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Select

    from airflow_dataops.core.verification import Verification
    from airflow_dataops.store.shape import Row, Shape

BROKEN = tables.outcome.c.status != Status.PASSED
"""The outcomes that are not passed."""


def found(its: Shape, where: Mapping[str, str], *, revision: str) -> Select[Any]:
    """Select the facts of a kind, in no order."""
    conditions = (its.table.c[name] == value for name, value in where.items())
    return select(*columns_of(its.table, revision)).where(*conditions)


def oldest_first(query: Select[Any], its: Shape) -> Select[Any]:
    """Put facts in the order of time; those of the same instant in that of their identity."""
    return query.order_by(*(its.table.c[name] for name in (its.time, *its.keys)))


def newest(query: Select[Any], its: Shape, *, until: Verification, most: int) -> Select[Any]:
    """Take the newest verifications of a stage up to one of them."""
    latest = (its.table.c[name].desc() for name in (its.time, *its.keys))
    same = (its.table.c.stage == until.stage, its.table.c[its.time] <= until.at)
    return query.where(*same).order_by(*latest).limit(most)


def with_outcomes(query: Select[Any], its: Shape, *which: ColumnElement[bool], revision: str) -> Select[Any]:
    """Join verifications, oldest first, with their outcomes: in one statement, so that all is of one moment.

    Args:
        query: Selects the verifications.
        its: Their shape.
        which: Which of the outcomes; a verification without one comes all the same.
        revision: That of the store.
    """
    verdicts = query.subquery("verdicts")
    same = and_(*(tables.outcome.c[name] == verdicts.c[name] for name in its.keys), *which)
    there = (column for column in columns_of(tables.outcome, revision) if column.name in OUTCOME)
    order = (verdicts.c[name] for name in (its.time, *its.keys))
    return (
        select(verdicts)
        .outerjoin(tables.outcome, same)
        .add_columns(*(column.label(f"outcome_{column.name}") for column in there))
        .order_by(*order, tables.outcome.c.position)
    )


def verifications(its: Shape, rows: Sequence[Row]) -> tuple[Any, ...]:
    """Put joined rows together, which stand side by side and in the order of the outcomes."""
    return tuple(
        replace(one, outcomes=tuple(_outcome(row) for row in group if row["outcome_rule"] is not None))
        for one, group in groupby(rows, key=its.fact)
    )


def _outcome(row: Row) -> Outcome:
    its = completed({name: row.get(f"outcome_{name}") for name in OUTCOME}, tables.outcome)
    return Outcome(**its)


def judged_last(where: Mapping[str, str]) -> Select[Any]:
    """Select the batch of the newest verification of each dataset; of one instant, the greatest label."""
    c = tables.verification.c
    owner = [c[name] for name in tables.BATCH[:-1]]
    place = func.row_number().over(partition_by=owner, order_by=[c.at.desc(), c.partition.desc()])
    asked = (c[name] == value for name, value in where.items())
    ranked = select(*(c[name] for name in tables.BATCH), place.label("place")).where(*asked).subquery()
    keys = [ranked.c[name] for name in tables.BATCH]
    return select(*keys).where(ranked.c.place == 1).order_by(*keys)
