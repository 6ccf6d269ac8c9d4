"""Rows of text in PostgreSQL, and those that rules name by other means: judged once, and kept in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.naming import LINE_COLUMN
from airflow_dataops.core.rows.relation import InPlace, Landed
from airflow_dataops.engines.sql import judging
from airflow_dataops.engines.sql.filled import filled_columns
from airflow_dataops.engines.sql.judging import INCOMING, JUDGED, MARKED, UNPARSED
from airflow_dataops.engines.sql.left import told
from airflow_dataops.engines.sql.postgres.incoming import incoming
from airflow_dataops.engines.sql.postgres.named import RowNamer
from airflow_dataops.engines.sql.postgres.temporary import Temporary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

    from airflow_dataops.core.rows.relation import Relation
    from airflow_dataops.engines.sql.postgres.beside import Beside
    from airflow_dataops.engines.sql.shape import Shape

KEPT = "kept"
"""The columns of JUDGED, but the values that are texts: they are there as texts, so rows stay small."""


class KeptRows:
    """The rows of a table, judged and marked.

    Args:
        connection: A settled transaction.
        relation: The rows.
        source: What they are taken from.
        shape: Their columns, the plan, and the checks that can't be evaluated; rows are told apart by `line`.
        beside: The tables that rules look at besides.
    """

    broken = MARKED
    """The table that has the rows that broke a rule."""

    lazy = False
    """Whether good rows are judged again when they are asked for."""

    unparsable = 0
    """Lines that are no record: none, in a database."""

    def __init__(
        self, connection: Connection, relation: Relation, source: exp.Table, shape: Shape, *, beside: Beside
    ) -> None:
        self._made = Temporary(connection)
        line: exp.Expr = exp.column(LINE_COLUMN)
        if not isinstance(relation, Landed):
            line = exp.Window(this=exp.RowNumber())
        self._made.view(INCOMING, incoming(shape, source, line=line))
        self.records = self._made.table(KEPT, _kept(shape))
        self._made.view(JUDGED, _judged(shape))
        self._made.unparsed(UNPARSED)
        if not isinstance(relation, InPlace):  # to which others may write meanwhile
            (self.records,) = self._made.numbers(exp.select(exp.Count(this=exp.Star())).from_(source.copy()))
        for at, values in enumerate(shape.keys.values()):
            self._made.table(f"k{at}", judging.repeated(values))
        columns = {column.name: column.type for column in shape.plan.columns}
        namer = RowNamer(connection, shape, columns=columns, beside=beside, records=self.records)
        self.named = namer.name()
        self.shape = told(shape, marks=self.named.marks, filters=self.named.filters)
        self._made.view(MARKED, judging.marked(self.shape))

    def numbers(self) -> tuple[int, ...]:
        """Return how many records there are, how many are bad, then those of each mark and each filter."""
        return self._made.numbers(judging.counts(self.shape))

    def good(self) -> exp.Select:
        """Return the good rows, in the order in which they came."""
        return judging.good(self.shape)

    def bad(self) -> exp.Select:
        """Return the bad rows."""
        return judging.bad(self.shape)

    def filled(self, names: Sequence[str]) -> frozenset[str]:
        """Return those of some columns that have a value in some record; most have one in the first rows."""
        return filled_columns(self.shape, names, self._made.numbers)


def _kept(shape: Shape) -> exp.Select:
    """Return the rows of INCOMING, judged, as KEPT has them."""
    texts = [f"t{at}" for at in range(len(shape.columns))]
    values = [f"v{at}" for at, source in enumerate(_sources(shape)) if source is None]
    flags = [f"f{at}" for at in range(len(shape.plan.rows))]
    rows = judging.judged(shape).subquery("rows")
    return exp.select(*(exp.column(name) for name in ("line", *texts, *values, *flags))).from_(rows)


def _judged(shape: Shape) -> exp.Select:
    """Return the rows of KEPT as JUDGED has them."""
    values = [
        exp.alias_(exp.column(f"t{at}"), f"v{to}") for to, at in enumerate(_sources(shape)) if at is not None
    ]
    return exp.select(exp.Star(), *values).from_(KEPT)


def _sources(shape: Shape) -> list[int | None]:
    """Return, of each column of the plan, which text of KEPT is its value; None where a value is no text."""
    return [shape.positions[column.name] if column.type.is_text else None for column in shape.plan.columns]
