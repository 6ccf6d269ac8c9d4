"""The rules about what would be passed on: the good rows, and the table that they would be part of."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.core.checks.spec import Query
from airflow_dataops.core.contract.model import Scope
from airflow_dataops.engines.sql.batched import batched, together
from airflow_dataops.engines.sql.counting import counts
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlglot import exp

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.engines.sql.far import Far

GOOD = "dataops_good"
"""What `{object}` stands for in a SQL rule: the good rows as they were written.

No condition of such a rule is ever tried on a bad row, at which it could fail.
"""

WHOLE = "dataops_whole"
"""The same where a rule looks at the whole table: the good rows, and the rest."""


class Asking(Protocol):
    """How a database that has GOOD is asked about it."""

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        ...

    def show_whole(self, rest: str) -> None:
        """Make WHOLE of GOOD and the rest of the table."""
        ...

    def answer(self, query: Query, *, table: str, rows: int) -> Measured:
        """Return the number that a SQL rule comes to over a table of so many rows, or why there is none."""
        ...

    def numbers(self, tree: exp.Select) -> tuple[Fraction | None, ...] | None:
        """Return the numbers of a SELECT of aggregates over GOOD; None where it fails or one is none."""
        ...

    def tried(self, work: Callable[[], Measured]) -> Measured:
        """Do some work, and return what it came to; a rule that the database can't evaluate is a problem."""
        ...


class Passing:
    """Measures what is promised of all rows together.

    Args:
        asking: How the database is asked.
        beside: The tables that rules look at besides.
        good: How many rows GOOD has.
        records: How many rows were read.
        left: Filter -> how many of the good rows it leaves, and why that can't be told.
        unjudged: Why nobody knows which rows are good: then there is no GOOD, and nothing is asked of it.
    """

    def __init__(
        self,
        asking: Asking,
        *,
        beside: Far,
        good: int,
        records: int,
        left: Mapping[str, tuple[int, str]],
        unjudged: str = "",
    ) -> None:
        self._asking = asking
        self._beside = beside
        self._good = good
        self._records = records
        self._left = left
        self._unjudged = unjudged

    def all(self, checks: Sequence[Check]) -> dict[str, Measured]:
        """Return the id of each row count and SQL rule -> its measurement, or why there is none.

        Those that can be asked together are; where that fails, each is asked by itself.
        """
        if self._unjudged:
            unknown = Measured(number=None, checked=self._records, problem=self._unjudged)
            return {check.id: unknown for check in checks}
        trees = batched(checks, table=GOOD)
        numbers = self._asking.numbers(together(trees.values(), table=GOOD)) if trees else None
        found: dict[str, Measured] = {}
        for (rule, tree), number in zip(trees.items(), numbers or (), strict=numbers is not None):
            found[rule] = Measured(number=number, checked=self._good, withheld=not counts(tree))
        return {check.id: found.get(check.id) or self.measured(check) for check in checks}

    def measured(self, check: Check) -> Measured:
        """Return the measurement of a row count or a SQL rule, or why there is none."""
        try:
            return self._asking.tried(lambda: self._measured(check))
        except NotEvaluatedError as error:
            return Measured(number=None, checked=self._records, problem=str(error))

    def _measured(self, check: Check) -> Measured:
        rest = self._beside.rest(condition=check.filter) if check.scope is Scope.TABLE else ""
        more = self._asking.count(rest) if rest else 0
        if not isinstance(check.promise, Query):
            return self._counted(check, more)
        if rest:
            self._asking.show_whole(rest)
        return self._asking.answer(check.promise, table=WHOLE if rest else GOOD, rows=self._good + more)

    def _counted(self, check: Check, more: int) -> Measured:
        good, problem = self._left[check.filter] if check.filter else (self._good, "")
        if problem:
            return Measured(number=None, checked=self._records, problem=problem)
        return Measured(number=Fraction(good + more), checked=self._records + more)
