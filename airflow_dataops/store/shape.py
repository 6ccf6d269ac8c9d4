"""How each kind of fact lies in the tables, and how it comes back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Outcome
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import SliEvent
from airflow_dataops.core.verification import Verification
from airflow_dataops.store import tables
from airflow_dataops.store.growth import columns_of
from airflow_dataops.store.tables import BATCH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Table

    from airflow_dataops.usecases.ports.store import Fact

    Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The table of one kind of fact.

    Args:
        table: Where it lies.
        time: The column that tells its age.
        where: The columns by which it may be asked for.
        kept: The columns that keep what they held when the fact is recorded again.
        row: The fact as a row, with every column that we know.
        fact: Such a row as the fact; a verification comes without its outcomes.
    """

    table: Table
    time: str
    where: tuple[str, ...]
    kept: tuple[str, ...]
    row: Callable[[Any], dict[str, object]]
    fact: Callable[[Row], Any]

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns of its identity."""
        return tuple(column.name for column in self.table.primary_key)

    def replaced(self, revision: str) -> tuple[str, ...]:
        """Return the columns of a revision that a later fact of the same identity replaces."""
        there = columns_of(self.table, revision)
        return tuple(c.name for c in there if c.name not in {*self.keys, *self.kept})


def _plain(value: Any, *but: str) -> dict[str, object]:  # noqa: ANN401
    """Return the fields of a value that are columns of the same name."""
    return {field.name: getattr(value, field.name) for field in fields(value) if field.name not in but}


def _batch_row(batch: Batch) -> dict[str, object]:
    return {name: getattr(batch, name) for name in BATCH}


def _batch(row: Row) -> Batch:
    return Batch(**{name: row[name] for name in BATCH})


def _names(kind: type[Any], *but: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name not in but)


def _row(fact: Fact) -> dict[str, object]:
    return _batch_row(fact.batch) | _plain(fact, "batch")


def _reader(kind: type[Any]) -> Callable[[Row], Any]:
    names = _names(kind, "batch")
    return lambda row: kind(batch=_batch(row), **{name: row[name] for name in names})


def _landing_row(fact: Landing) -> dict[str, object]:
    return _batch_row(fact.batch) | _plain(fact, "batch", "dialect") | _plain(fact.dialect)


def _landing(row: Row) -> Landing:
    dialect = Dialect(**{name: row[name] for name in _names(Dialect)})
    names = _names(Landing, "batch", "dialect")
    return Landing(batch=_batch(row), dialect=dialect, **{name: row[name] for name in names})


def _verification_row(fact: Verification) -> dict[str, object]:
    return _batch_row(fact.batch) | _plain(fact, "batch", "outcomes")


def _verification(row: Row) -> Verification:
    names = _names(Verification, "batch", "outcomes")
    return Verification(batch=_batch(row), outcomes=(), **{name: row[name] for name in names})


OUTCOME = _names(Outcome)
"""The columns of an outcome beside its identity and position."""


def outcome_rows(fact: Verification) -> list[dict[str, object]]:
    """Return the outcomes of a verification as rows, numbered in their order."""
    key = _batch_row(fact.batch) | {"stage": fact.stage}
    return [key | {"position": n} | _plain(outcome) for n, outcome in enumerate(fact.outcomes)]


SHAPES: dict[type[Any], Shape] = {
    # The raw copy is made once: a replay finds it, so its place, time and run stay those of the first.
    Landing: Shape(
        table=tables.landing,
        time="landed_at",
        where=(*BATCH, "sha256"),
        kept=("uri", "landed_at", "run_id"),
        row=_landing_row,
        fact=_landing,
    ),
    Verification: Shape(
        table=tables.verification,
        time="at",
        where=BATCH,
        kept=(),
        row=_verification_row,
        fact=_verification,
    ),
    Publication: Shape(
        table=tables.publication, time="at", where=BATCH, kept=(), row=_row, fact=_reader(Publication)
    ),
    SliEvent: Shape(
        table=tables.sli_event, time="at", where=BATCH, kept=(), row=_row, fact=_reader(SliEvent)
    ),
    # What was seen first stays: seeing it again is no news.
    Observation: Shape(
        table=tables.observation,
        time="at",
        where=BATCH,
        kept=("end", "good", "total", "value", "at", "recorded"),
        row=_row,
        fact=_reader(Observation),
    ),
    # Who did it first, did it: an audit record is never rewritten.
    AuditRecord: Shape(
        table=tables.audit_record,
        time="at",
        where=BATCH,
        kept=("who", "why", "at"),
        row=_row,
        fact=_reader(AuditRecord),
    ),
}


def shape(kind: type[Any], where: Mapping[str, str]) -> Shape:
    """Return the shape of a kind of fact.

    Args:
        kind: The fact's class.
        where: The columns it is asked for by.

    Raises:
        ValueError: If the store keeps no such facts, or can't look for them by such a column.
    """
    found = SHAPES.get(kind)
    if found is None:
        raise ValueError(f"the store keeps no {kind.__name__}")
    unknown = sorted(set(where) - set(found.where))
    if unknown:
        raise ValueError(f"{kind.__name__} is not found by {unknown[0]!r}, only by {', '.join(found.where)}")
    return found
