"""Typed rows in PostgreSQL: nothing of them has to be read from a text, so they are judged where they lie.

One pass, in which the database may use several of its workers, keeps the rows that broke a rule: BROKEN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.model import NESTED
from airflow_dataops.engines.sql import judging, suspect
from airflow_dataops.engines.sql.filled import filled_columns
from airflow_dataops.engines.sql.judging import BROKEN, INCOMING, JUDGED, MARKED, READ, UNPARSED
from airflow_dataops.engines.sql.left import Named
from airflow_dataops.engines.sql.postgres.given import view_of
from airflow_dataops.engines.sql.postgres.incoming import incoming
from airflow_dataops.engines.sql.postgres.reading import kind_of
from airflow_dataops.engines.sql.postgres.spelled import spelled
from airflow_dataops.engines.sql.postgres.temporary import Temporary
from airflow_dataops.engines.sql.suspect import KEYED, SUSPECTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import Connection

    from airflow_dataops.core.checks.plan import ScanPlan
    from airflow_dataops.engines.sql.shape import Shape

EVERY = "dataops_every"
"""KEYED with all marks."""

LEFT_OUT = "dataops_left_out"
"""The places of the bad rows of BROKEN."""

REFUSED = "dataops_refused"
"""BROKEN with everything else of its rows, and their numbers."""


def is_typed(plan: ScanPlan, columns: Mapping[str, str]) -> bool:
    """Say whether no value of a plan has to be read from a text or an array, by its columns' types."""
    return not any(
        found.endswith("[]")
        or column.type.logical in NESTED
        or (kind_of(found) == "text" and not column.type.is_text)
        for column in plan.columns
        for found in (columns[column.name],)
    )


class TypedRows:
    """The rows of a table, judged and marked; of those that keep every rule nothing is kept.

    Args:
        connection: A settled transaction.
        source: What the rows are taken from.
        shape: Their columns, the plan, and the checks that can't be evaluated.
        conditions: Id of each rule in SQL -> its condition over a row of READ.
        placed: Whether the rows can be told apart by where they lie, as those that are to be parted must be.

    Raises:
        NotEvaluatedError: If a condition reads or calls what it may not.
        psycopg.Error: If the database fails.
    """

    broken = BROKEN
    """The table that has the rows that broke a rule."""

    lazy = True
    """Whether good rows are judged again when they are asked for."""

    unparsable = 0
    """Lines that are no record: none, in a database."""

    def __init__(
        self,
        connection: Connection,
        source: exp.Table,
        shape: Shape,
        *,
        conditions: Mapping[str, exp.Expr],
        placed: bool,
    ) -> None:
        self._made = Temporary(connection)
        self._placed = placed
        self._source = source
        self.shape = shape = suspect.named(shape, conditions)
        self._connection, self._conditions = connection, conditions
        place: exp.Expr = exp.column("ctid") if self._placed else exp.null()
        self._made.view(INCOMING, incoming(shape, source, line=place))
        self._made.view(READ, judging.read(shape))
        self._made.view(KEYED, suspect.keyed(shape, repeated=self._repeated()))
        self._asked(SUSPECTS, suspect.suspects(shape, conditions), given=KEYED)
        self._asked(JUDGED, suspect.marks(shape, conditions, of=SUSPECTS), given=SUSPECTS)
        self._made.view(MARKED, suspect.marked(shape))
        self._made.table(BROKEN, judging.broken(self.shape))
        (self.records,) = self._made.numbers(exp.select(exp.Count(this=exp.Star())).from_(source.copy()))
        self._numbers = self._made.numbers(judging.counts(self.shape, of=BROKEN))
        if self._numbers[1] and self._placed:
            self._made.shared(LEFT_OUT, suspect.bad_lines())
        counts = suspect.measured(shape, self._numbers[2:], records=self.records)
        self.named = Named(shape.named, counts, {})

    def numbers(self) -> tuple[int, ...]:
        """Return how many records there are, how many are bad, then those of each mark."""
        return (self.records, *self._numbers[1:])

    def good(self) -> exp.Select:
        """Return the good rows."""
        if not self._numbers[1]:
            return judging.typed(self.shape, of=READ)
        if not self._placed:
            self._asked(EVERY, suspect.marks(self.shape, self._conditions, of=KEYED), given=KEYED)
            return judging.typed(self.shape, of=EVERY).where(exp.not_(self.shape.bad))
        return suspect.passing(self.shape, without=exp.select("line").from_(LEFT_OUT))

    def bad(self) -> exp.Select:
        """Return the bad rows; their lines are counted only where there are some."""
        marks = [exp.column(name, table=BROKEN) for name in (*self.shape.columns_of_marks, "bad")]
        texts = [exp.column(f"t{at}", table=READ) for at in range(len(self.shape.columns))]
        number = exp.select(exp.column("ctid"), exp.alias_(exp.Window(this=exp.RowNumber()), "number")).from_(
            self._source.copy()
        )
        line = exp.alias_(exp.column("number", table="numbered"), "line")
        rows = exp.select(line, *texts, *marks).from_(BROKEN)
        for name, place in ((READ, "line"), ("numbered", "ctid")):
            same = exp.EQ(this=exp.column(place, table=name), expression=exp.column("line", table=BROKEN))
            rows = rows.join(number.subquery(name) if name == "numbered" else name, on=same)
        self._made.view(REFUSED, rows)
        self._made.unparsed(UNPARSED)
        return judging.bad(self.shape, of=REFUSED)

    def filled(self, names: Sequence[str]) -> frozenset[str]:
        """Return those of some columns that have a value in some record; most have one in the first rows."""
        return filled_columns(self.shape, names, self._made.numbers, of=READ)

    def _asked(self, name: str, query: exp.Query, *, given: str) -> None:
        """Give a query a name that may hold conditions of people, over one view of ours."""
        if not self._conditions:
            self._made.view(name, query)
            return
        view_of(self._connection, spelled(query, names=()), name=name, given=(given,), place="query")

    def _repeated(self) -> frozenset[int]:
        """Make the tables of the keys that are there more than once, and return the numbers of those."""
        keys = enumerate(self.shape.keys.values())
        return frozenset(
            at for at, values in keys if self._made.shared(f"k{at}", judging.repeated(values, of=READ))
        )
