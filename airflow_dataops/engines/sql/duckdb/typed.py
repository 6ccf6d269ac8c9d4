"""Typed rows: nothing of them has to be read from a text, so they are judged where they lie, and not kept.

One pass finds the rows that break a rule, and keeps of each its place, its marks and its key: BROKEN. What
is counted is counted there; the good rows are those whose place isn't in it. Where a grouping finds no key
twice, uniqueness costs the pass nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.model import NESTED
from airflow_dataops.engines.sql import judging, suspect
from airflow_dataops.engines.sql.duckdb import statement
from airflow_dataops.engines.sql.duckdb.parts import prepare
from airflow_dataops.engines.sql.duckdb.session import ask, ask_numbers
from airflow_dataops.engines.sql.filled import filled_columns
from airflow_dataops.engines.sql.judging import BROKEN, JUDGED, MARKED, READ
from airflow_dataops.engines.sql.left import Named
from airflow_dataops.engines.sql.reading import STRUCTURES
from airflow_dataops.engines.sql.spelling import TEXT
from airflow_dataops.engines.sql.suspect import KEYED, SUSPECTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from airflow_dataops.core.checks.plan import ScanPlan
    from airflow_dataops.core.rows.relation import Relation
    from airflow_dataops.engines.sql.duckdb.parts import Part
    from airflow_dataops.engines.sql.shape import Shape

REFUSED = "refused"
"""BROKEN with everything else of its rows."""


def is_typed(plan: ScanPlan, columns: Mapping[str, str]) -> bool:
    """Say whether no value of a plan has to be read from a text or a structure, by its columns' types."""
    return not any(
        found.endswith("]")
        or found.startswith(STRUCTURES)
        or column.type.logical in NESTED
        or (found == TEXT and not column.type.is_text)
        for column in plan.columns
        for found in (columns[column.name],)
    )


class TypedRows:
    """The rows of a relation, judged and marked; of those that keep every rule nothing is kept.

    Args:
        connection: A DuckDB that may read the relation.
        relation: The rows.
        parts: What they are in, at least one.
        shape: Their columns, the plan, and the checks that can't be evaluated.
        conditions: Id of each rule in SQL -> its condition.
    """

    broken = BROKEN
    """The table that has the rows that broke a rule."""

    lazy = True
    """Whether good rows are judged again when they are asked for."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: Relation,
        parts: Sequence[Part],
        shape: Shape,
        *,
        conditions: Mapping[str, exp.Expr],
    ) -> None:
        self._connection = connection
        prepare(connection, relation)
        self.shape = shape = suspect.named(shape, conditions)
        self._files = tuple(part.file for part in parts if part.file)
        self._rows = [part.rows for part in parts]
        self._show(READ, _read(shape, self._rows))
        self._show(KEYED, suspect.keyed(shape, repeated=self._repeated()))
        self._show(SUSPECTS, suspect.suspects(shape, conditions))
        self._show(JUDGED, suspect.marks(shape, conditions, of=SUSPECTS))
        self._show(MARKED, suspect.marked(shape))
        ask(connection, statement.table(BROKEN, judging.broken(shape)))
        self.records = self._count(READ)
        self.unparsable = 0
        self._numbers = self._counted(judging.counts(shape, of=BROKEN))
        counts = suspect.measured(shape, self._numbers[2:], records=self.records)
        self.named = Named(shape.named, counts, {})

    def numbers(self) -> tuple[int, ...]:
        """Return how many records there are, how many are bad, then those of each mark."""
        return (self.records, *self._numbers[1:])

    def good(self) -> exp.Select:
        """Return the good rows, in the order in which they came."""
        if not self._numbers[1]:
            return judging.typed(self.shape, of=READ)
        return suspect.passing(self.shape, without=suspect.bad_lines())

    def bad(self) -> exp.Select:
        """Return the bad rows."""
        marks = [exp.column(name, table=BROKEN) for name in (*self.shape.columns_of_marks, "bad")]
        same = exp.EQ(this=exp.column("line", table=READ), expression=exp.column("line", table=BROKEN))
        rows = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier(READ)), *marks)
        few = _read(self.shape, [_those_in(BROKEN, rows=one) for one in self._rows])
        self._show(REFUSED, rows.from_(few.subquery(READ)).join(BROKEN, on=same))
        return judging.bad(self.shape, of=REFUSED)

    def filled(self, names: Sequence[str]) -> frozenset[str]:
        """Return those of some columns that have a value in some record."""
        told = [found for file in self._files for found in ask(self._connection, statement.filled(file))]
        known = [str(name) for (name,) in told]
        return filled_columns(self.shape, names, self._counted, of=READ, known=known)

    def _repeated(self) -> frozenset[int]:
        """Make the tables of the keys that are there more than once, and return the numbers of those."""
        found = []
        for at, values in enumerate(self.shape.keys.values()):
            ask(self._connection, statement.table(f"k{at}", judging.repeated(values, of=READ)))
            found += [at] if self._count(f"k{at}") else []
        return frozenset(found)

    def _counted(self, query: exp.Select) -> tuple[int, ...]:
        return ask_numbers(self._connection, query.sql("duckdb"))

    def _show(self, name: str, query: exp.Query) -> None:
        ask(self._connection, statement.view(name, query))

    def _count(self, table: str) -> int:
        (count,) = self._counted(exp.select(exp.Count(this=exp.Star())).from_(table))
        return count


def _read(shape: Shape, parts: Sequence[exp.Select]) -> exp.Query:
    """Return the rows of all parts as READ."""
    read = [judging.read(shape).from_(rows.subquery(judging.INCOMING)) for rows in parts]
    return exp.union(*read, distinct=False) if len(read) > 1 else read[0]


def _those_in(table: str, *, rows: exp.Select) -> exp.Select:
    """Return those rows that are in a table, too, before anything is read of them.

    They are found by what can't become a join: of rows that come through Arrow DuckDB doesn't know how many
    there are, and might keep all of them to find the few.
    """
    lines = exp.select(exp.column("line")).from_(table)
    found = exp.In(this=exp.column("line"), query=lines.subquery())
    sure = exp.Coalesce(this=found, expressions=[exp.false()])
    return exp.select(exp.Star()).from_(rows.subquery("every")).where(sure)
