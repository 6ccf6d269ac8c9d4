"""One scan of a table where it lies: one SELECT that counts, and one more for each rule that is a SELECT."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.metric import Measured, Scan
from airflow_dataops.core.checks.spec import Matches, RowQuery
from airflow_dataops.core.checks.unjudged import unjudged
from airflow_dataops.core.rows.failing_row import FailingRow
from airflow_dataops.engines.sql import judging
from airflow_dataops.engines.sql.hooked import statement
from airflow_dataops.engines.sql.hooked.asking import HookedAsking
from airflow_dataops.engines.sql.hooked.told import Teller, Told
from airflow_dataops.engines.sql.hooked.unread import unread, without_unread
from airflow_dataops.engines.sql.judging import JUDGED, MARKED
from airflow_dataops.engines.sql.passing import GOOD, Passing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.engines.sql.hooked.beside import Beside
    from airflow_dataops.engines.sql.hooked.halves import Writer
    from airflow_dataops.engines.sql.hooked.session import Session
    from airflow_dataops.engines.sql.shape import Shape
    from airflow_dataops.warehouse.database import TableName


@dataclass(frozen=True, slots=True)
class Counted:
    """The numbers of the one SELECT.

    Args:
        rows: All rows.
        bad: Those that go to quarantine.
        failing: Rule -> rows that broke it.
        good_left: Filter -> the good rows that it leaves.
        left: Filter -> the rows that it leaves.
        filled: Column of the plan, of which no rule says that it has a value -> rows in which it has one.
        unread: Column of texts -> rows whose value has none.
    """

    rows: int
    bad: int
    failing: dict[str, int]
    good_left: dict[str, int]
    left: dict[str, int]
    filled: dict[str, int]
    unread: dict[str, int]


class HookedScan:
    """One scan of one table.

    Args:
        session: A settled session.
        table: The table.
        where: The condition of those of its rows that are looked at; None for all.
        shape: Their columns, the plan, and the checks that can't be evaluated.
        beside: The tables that rules look at besides.
        writer: Writes the halves when the rows are parted; None to write nothing.
    """

    def __init__(
        self,
        session: Session,
        table: TableName,
        where: exp.Expr | None,
        shape: Shape,
        *,
        beside: Beside,
        writer: Writer | None = None,
    ) -> None:
        self._session = session
        self._source = statement.table_of(table, home=session.system.home)
        self._where = where
        self._shape = shape
        self._doubtful = unread(shape, session.system)
        self._unread = {f"u{at}": told for at, told in enumerate(self._doubtful.values())}
        self._beside = beside
        self._writer = writer
        self._kept: exp.Select | None = None

    def run(self, *, keys: int) -> Scan:
        """Judge the rows, and return what was measured.

        Args:
            keys: How many failing rows are named, at most.
        """
        try:
            self._take_up({})
            self._keep()
            counted = self._counted()
        except self._session.system.errors as error:
            why = f"the query {self._session.fails(error)}"
            failing, lost = self._failing(why), self._lost()
            if not failing and not lost:
                raise
            self._shape = replace(self._shape, problems={**self._shape.problems, **lost})
            self._take_up(failing)
            self._keep()
            counted = self._counted()
        plan, system = self._shape.plan, self._session.system
        judged = {check.id: self._marked(check, counted) for check in plan.naming}
        unknown = unjudged(plan.naming, without_unread(judged, plan.naming, counted.unread, system))
        columns = {column.name: column.type for column in plan.columns}
        passing = Passing(
            HookedAsking(self._session, columns, beside=self._beside, over=self._over_good),
            beside=self._beside,
            good=counted.rows - counted.bad,
            records=counted.rows,
            left={
                text: (counted.good_left.get(text, 0), self._told.unfiltered.get(text, ""))
                for text in plan.filters
            },
            unjudged=unknown,
        )
        measured = judged | self._passing((*plan.counts, *plan.queries), passing, counted)
        found = self._named(keys)
        good = counted.rows - counted.bad
        if self._writer is not None and not unknown:
            self._writer.write(self._shape, good=good, bad=counted.bad, over=self._over)
        return Scan(
            rows=counted.rows,
            good=0 if unknown else good,
            bad=0 if unknown else counted.bad,
            unparsable=0,
            measured=without_unread(measured, plan.checks, counted.unread, system),
            blank=tuple(name for name, count in counted.filled.items() if counted.rows and not count),
            failing=found,
            unjudged=unknown,
        )

    def _named(self, most: int) -> tuple[FailingRow, ...]:
        """Return the first rows that broke a rule, by the texts of their keys."""
        if not most or not self._shape.marks:
            return ()
        rules, width = [mark.rule for mark in self._shape.marks], len(self._shape.plan.key)
        return tuple(
            FailingRow(
                tuple(None if text is None else str(text) for text in row[:width]),
                tuple(rule for rule, hit in zip(rules, row[width:], strict=True) if hit),
            )
            for row in self._session.ask(self._over(statement.failing(self._shape, most=most))).rows
        )

    def _take_up(self, failing: Mapping[str, str]) -> None:
        """Take up the rules of people, but for those that failed."""
        teller = Teller(self._shape, self._session, beside=self._beside, failing=failing)
        self._told = teller.told()
        self._shape = _with_told(self._shape, self._told)

    def _keep(self) -> None:
        """Keep what each row came to, where rows are parted: all else is asked of these, so it adds up."""
        if self._writer is not None:
            self._kept = None
            self._kept = self._writer.keep(self._shape, self._unread, over=self._over)

    def _counted(self) -> Counted:
        shape = self._shape
        tally = judging.counts(shape)
        left = [exp.func("count_if", exp.column(name), dialect="duckdb") for name in shape.filters.values()]
        filled = [exp.Count(this=exp.column(shape.there(name))) for name in shape.optional]
        strange = [exp.func("count_if", exp.column(name), dialect="duckdb") for name in self._unread]
        numbers = iter(self._session.numbers(self._over(tally.select(*left, *filled, *strange))))
        return Counted(
            rows=next(numbers),
            bad=next(numbers),
            failing={mark.rule: next(numbers) for mark in shape.marks},
            good_left={text: next(numbers) for text in shape.filters},
            left={text: next(numbers) for text in shape.filters},
            filled={name: next(numbers) for name in shape.optional},
            unread={name: next(numbers) for name in self._doubtful},
        )

    def _failing(self, why: str) -> dict[str, str]:
        """Return the SQL of people that fails by itself over these rows, each with why."""
        plan = self._shape.plan
        texts = {column: text for text, column in self._told.filters.items()}
        rules = {
            check.id: check.promise.sql for check in plan.selections if isinstance(check.promise, RowQuery)
        }
        texts |= {mark.column: rules[mark.rule] for mark in self._told.marks if mark.rule in rules}
        rows = self._told.rows
        return {
            text: why for column, text in texts.items() if self._fails(column, Told({column: rows[column]}))
        }

    def _lost(self) -> dict[str, str]:
        """Return the checks of patterns that fail by themselves over these rows, each with why.

        An engine of patterns that goes back in a text gives up where it would go back for ever.
        """
        why = f"the pattern could not be evaluated: {self._session.system.title} gives up over some text"
        return {
            check.id: why
            for at, check in enumerate(self._shape.plan.rows)
            if isinstance(check.promise, Matches)
            and check.id not in self._shape.problems
            and self._fails(f"f{at}", Told(), of=check.id)
        }

    def _fails(self, column: str, told: Told, *, of: str = "") -> bool:
        """Say whether a column of JUDGED can't be computed over these rows, where no other one is.

        Args:
            column: The column.
            told: What it is, if it is told by other means than the one pass.
            of: The id of the check that it is of, if it is of the one pass.
        """
        others = {check.id: "" for check in self._shape.plan.checks if check.id != of}
        alone = replace(self._shape, named=(), filters={}, problems=others)
        asked = exp.select(exp.func("count_if", exp.column(column), dialect="duckdb")).from_(JUDGED)
        try:
            self._session.ask(statement.with_tables(self._steps(asked, shape=alone, told=told), asked))
        except self._session.system.errors as error:
            self._session.fails(error)
            return True
        return False

    def _over(self, asked: exp.Select) -> exp.Select:
        """Return a SELECT over MARKED with what it is."""
        return statement.with_tables(self._marks(asked), asked)

    def _over_good(self, asked: exp.Select) -> exp.Select:
        """Return a SELECT over GOOD with what it is."""
        good = statement.good(self._shape)
        return statement.with_tables({**self._marks(good), GOOD: good}, asked)

    def _marks(self, asked: exp.Select) -> dict[str, exp.Query]:
        """Return the steps to MARKED: those of a scan, or the rows that were kept."""
        if self._kept is not None:
            return {**self._beside.tables, MARKED: self._kept}
        return self._steps(asked, shape=self._shape, told=self._told)

    def _steps(self, asked: exp.Select, *, shape: Shape, told: Told) -> dict[str, exp.Query]:
        return statement.steps(
            shape,
            rows=statement.incoming(shape, self._source, self._where),
            unread=self._unread,
            told=told.rows,
            sought=told.sought,
            beside=self._beside.tables,
            asked=asked,
        )

    def _passing(self, checks: tuple[Check, ...], passing: Passing, counted: Counted) -> dict[str, Measured]:
        lost = {check.id: self._shape.problems.get(check.id, "") for check in checks}
        measured = passing.all([check for check in checks if not lost[check.id]])
        return measured | {
            rule: Measured(number=None, checked=counted.rows, problem=problem)
            for rule, problem in lost.items()
            if problem
        }

    def _marked(self, check: Check, counted: Counted) -> Measured:
        checked = counted.left.get(check.filter, 0) if check.filter else counted.rows
        problem = {**self._shape.problems, **self._told.problems}.get(check.id, "")
        if problem:
            return Measured(number=None, checked=checked, problem=problem)
        return Measured.of_rows(counted.failing[check.id], checked=checked)


def _with_told(shape: Shape, found: Told) -> Shape:
    """Return a shape that knows its named marks, its filters, and the checks whose filter can't be told."""
    unknown = {
        check.id: found.unfiltered[check.filter]
        for check in (*shape.plan.rows, *shape.plan.groups)
        if check.filter in found.unfiltered
    }
    return replace(shape, named=found.marks, filters=found.filters, problems={**unknown, **shape.problems})
