"""How a database is asked about the rows that would be passed on."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.engines.sql.agreement.agreed import told
from airflow_dataops.engines.sql.agreement.kind import NULL, NUMBERS
from airflow_dataops.engines.sql.counting import counts
from airflow_dataops.engines.sql.hooked.people import spoken
from airflow_dataops.engines.sql.passing import GOOD
from airflow_dataops.engines.sql.select import parse_select, unresolved
from airflow_dataops.engines.sql.selection import pointed
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from airflow_dataops.core.checks.spec import Query
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.engines.sql.agreement.agreed import Told
    from airflow_dataops.engines.sql.agreement.kind import Kind
    from airflow_dataops.engines.sql.hooked.beside import Beside
    from airflow_dataops.engines.sql.hooked.session import Session

ANSWER = "dataops_answer"


class HookedAsking:
    """Asks a session, in which each SELECT makes GOOD anew.

    Args:
        session: A settled session.
        columns: The columns of GOOD.
        beside: The tables that rules look at besides.
        over: A SELECT over GOOD and the tables besides -> the same with what they are.
    """

    def __init__(
        self,
        session: Session,
        columns: Mapping[str, ColumnType],
        *,
        beside: Beside,
        over: Callable[[exp.Select], exp.Select],
    ) -> None:
        self._session = session
        self._columns = columns
        self._beside = beside
        self._over = over

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        (count,) = self._session.numbers(self._over(exp.select(exp.Count(this=exp.Star())).from_(table)))
        return count

    def numbers(self, tree: exp.Select) -> tuple[Fraction | None, ...] | None:
        """Return the numbers of a SELECT of aggregates over GOOD; None where it fails, or one is no number.

        Raises:
            Exception: The driver's, if another try may heal it.
        """
        try:
            with spoken():
                return self._numbers(self._told(tree, {GOOD: self._columns}))
        except NotEvaluatedError:
            return None
        except self._session.system.errors as error:
            self._session.fails(error)
            return None

    def show_whole(self, rest: str) -> None:
        """Refuse it.

        Raises:
            NotEvaluatedError: Always.
        """
        raise NotEvaluatedError(f"the good rows and {rest} can't be looked at together")

    def answer(self, query: Query, *, table: str, rows: int) -> Measured:
        """Return the number that a SQL rule comes to over a table of so many rows, or why there is none."""
        try:
            with spoken():
                tree = parse_select(query.sql, table=table, place="query", filled=True, besides=query.reads)
                tables = {name.casefold(): self._beside.dataset(name) for name in query.reads}
                schema = {
                    GOOD: self._columns,
                    **{tables[name.casefold()]: self._beside.types(name) for name in query.reads},
                }
                asked = pointed(tree, tables)
                texts = {name: dict.fromkeys(known, "TEXT") for name, known in schema.items()}
                if not query.reads and (wrong := unresolved(asked, schema=texts, place="query")) is not None:
                    raise wrong
                rule = self._told(asked, schema)
                number = self._number(rule)
            return Measured(number=number, checked=rows, withheld=not counts(tree))
        except NotEvaluatedError as error:
            problem = str(error)
        except self._session.system.errors as error:
            problem = f"the query {self._session.fails(error)}"
        return Measured(number=None, checked=rows, problem=problem)

    def tried(self, work: Callable[[], Measured]) -> Measured:
        """Do some work, and return what it came to.

        Raises:
            NotEvaluatedError: If the database can't do it.
        """
        try:
            return work()
        except self._session.system.errors as error:
            why = f"the rule {self._session.fails(error)}"
        raise NotEvaluatedError(why)

    def _told(self, tree: exp.Query, columns: Mapping[str, Mapping[str, ColumnType]]) -> Told:
        system = self._session.system
        return told(tree, engine=system.dialect, columns=columns, found=system.spelling.found)

    def _number(self, rule: Told) -> Fraction | None:
        if len(rule.kinds) != 1:
            raise NotEvaluatedError(f"the query returns {len(rule.kinds)} columns, one number is needed")
        return self._numbers(rule)[0]

    def _numbers(self, rule: Told) -> tuple[Fraction | None, ...]:
        """Return the numbers in the one row of a rule.

        Raises:
            NotEvaluatedError: If it has none, or several, or one of them is no number.
        """
        for kind in rule.kinds:
            _check(kind)
        whole = exp.select(exp.Star()).from_(rule.tree.subquery(ANSWER)).limit(2)
        answer = self._session.ask(self._over(whole))
        if len(answer.rows) != 1:
            many = "more than one row" if answer.rows else "no row"
            raise NotEvaluatedError(f"the query returns {many}, one number is needed")
        return tuple(map(_exact, answer.rows[0], rule.scales))


def _check(kind: Kind) -> None:
    if kind != NULL and not kind.within(NUMBERS):
        raise NotEvaluatedError(f"the query returns {kind}, one number is needed")


def _exact(number: float | Decimal | None, scale: int) -> Fraction | None:
    if number is None:
        return None
    if not isfinite(number):
        raise NotEvaluatedError("the query returns no finite number")
    found: Fraction = Fraction(str(number)) / 10**scale
    return found
