"""Rows that have been judged and marked, wherever they lie, and what their marks come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.checks.metric import Measured, Scan
from airflow_dataops.core.checks.unjudged import unjudged
from airflow_dataops.engines.sql.left import checked
from airflow_dataops.engines.sql.passing import Passing
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlglot import exp

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.rows.failing_row import FailingRow
    from airflow_dataops.engines.sql.far import Far
    from airflow_dataops.engines.sql.left import Named
    from airflow_dataops.engines.sql.passing import Asking
    from airflow_dataops.engines.sql.shape import Shape

NOTHING: Mapping[str, Measured] = {}


class Judged(Protocol):
    """Rows that have been judged and marked.

    `broken` is the table of those that broke a rule, `lazy` whether good rows are judged again when they are
    asked for, `records` how many rows there are, and `unparsable` how many lines besides that are no record.
    """

    broken: str
    lazy: bool
    shape: Shape
    named: Named
    records: int
    unparsable: int

    def numbers(self) -> tuple[int, ...]:
        """Return how many records there are, how many are bad, then those of each mark and each filter."""
        ...

    def good(self) -> exp.Select:
        """Return the good rows, in the order in which they came where they have one."""
        ...

    def bad(self) -> exp.Select:
        """Return the bad rows, and what is no record."""
        ...

    def filled(self, names: Sequence[str]) -> frozenset[str]:
        """Return those of some columns that have a value in some record."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the marks of rows come to.

    Args:
        rows: The rows.
        seen: How many were marked: all, or something is wrong.
        marked_bad: How many of them are bad.
        left: Filter -> how many of the good rows it leaves.
        measured: Id of each check that names rows -> its measurement.
        unjudged: Why nobody knows which rows are good; empty where it is known.
    """

    rows: Judged
    seen: int
    marked_bad: int
    left: Mapping[str, int]
    measured: Mapping[str, Measured]
    unjudged: str

    @property
    def good(self) -> int:
        """How many rows are good."""
        return self.seen - self.marked_bad

    @property
    def bad(self) -> int:
        """How many are bad, or no record."""
        return self.marked_bad + self.rows.unparsable

    def check(self, good: int | None, bad: int | None, *, where: str) -> None:
        """Refuse halves that don't add up to the rows.

        Args:
            good: How many good rows were written; None for none, since nobody asked for them.
            bad: How many bad ones were.
            where: The rows, for the message.

        Raises:
            NotEvaluatedError: If a row is in neither half, or in both.
        """
        written = (self.good if good is None else good, self.bad if bad is None else bad)
        if self.seen == self.rows.records and written == (self.good, self.bad):
            return
        read = self.rows.records + self.rows.unparsable
        raise NotEvaluatedError(
            f"{read} rows were read, but {written[0]} good and {written[1]} bad ones were written",
            where=where,
            hint="Nothing was kept. Run it again; if it stays so, report it with the contract.",
        )

    def scan(
        self,
        asking: Asking,
        *,
        beside: Far,
        content: str,
        extra: Iterable[str],
        blank: Iterable[str],
        failing: tuple[FailingRow, ...],
    ) -> Scan:
        """Ask what is promised of the good rows, and return all that the scan came to.

        Args:
            asking: How the database is asked about them.
            beside: The tables that rules look at besides.
            content: The digest of the good rows, or nothing.
            extra: The columns that the plan lacks.
            blank: The optional columns without a value.
            failing: The first rows that broke a rule.
        """
        every, plan = self.rows.records + self.rows.unparsable, self.rows.shape.plan
        filters = self.rows.named.filters
        passing = Passing(
            asking,
            beside=beside,
            good=self.good,
            records=every,
            left={text: (self.left.get(text, 0), found.problem) for text, found in filters.items()},
            unjudged=self.unjudged,
        )
        return Scan(
            rows=every,
            good=0 if self.unjudged else self.good,
            bad=0 if self.unjudged else self.bad,
            unparsable=self.rows.unparsable,
            measured={**self.measured, **passing.all((*plan.counts, *plan.queries))},
            content=content,
            extra=tuple(extra),
            blank=tuple(blank),
            failing=failing,
            unjudged=self.unjudged,
        )


def tally(rows: Judged, *, elsewhere: Mapping[str, Measured] = NOTHING) -> Tally:
    """Count the marks of rows.

    Args:
        rows: The rows.
        elsewhere: Id of each check that can't be judged where they lie -> that it can't.
    """
    shape, named = rows.shape, rows.named
    seen, bad, *found = rows.numbers()
    failing = {mark.rule: count for mark, count in zip(shape.marks, found, strict=False)}
    measured = {
        check.id: _marked(check, shape, failing, checked(check, filters=named.filters, records=rows.records))
        for check in (*shape.plan.rows, *shape.plan.groups)
    }
    measured |= {**named.measured, **elsewhere}
    return Tally(
        rows=rows,
        seen=seen,
        marked_bad=bad,
        left=dict(zip(shape.filters, found[len(shape.marks) :], strict=True)),
        measured=measured,
        unjudged=unjudged(shape.plan.naming, measured),
    )


def extra(shape: Shape) -> tuple[str, ...]:
    """Return the columns of rows that the plan lacks."""
    return tuple(name for name in shape.columns if name not in shape.planned)


def blank(rows: Judged, *, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the optional columns without a value in any record; none where there is no record.

    Args:
        rows: The rows.
        known: Columns that are known to have one, and so are not looked at.
    """
    if not rows.records:
        return ()
    filled = set(known)
    doubtful = [name for name in rows.shape.optional if name not in filled]
    if doubtful:
        filled |= rows.filled(doubtful)
    return tuple(name for name in doubtful if name not in filled)


def _marked(check: Check, shape: Shape, failing: Mapping[str, int], records: int) -> Measured:
    if check.id in shape.problems:
        return Measured(number=None, checked=records, problem=shape.problems[check.id])
    return Measured.of_rows(failing[check.id], checked=records)
