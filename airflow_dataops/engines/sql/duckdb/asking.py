"""How DuckDB is asked about the rows that would be passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp
from sqlglot.errors import SqlglotError

from airflow_dataops.engines.sql.duckdb import statement
from airflow_dataops.engines.sql.duckdb.answer import answer, numbers
from airflow_dataops.engines.sql.duckdb.patience import stopped
from airflow_dataops.engines.sql.duckdb.session import WORLD, ask, ask_numbers
from airflow_dataops.engines.sql.passing import GOOD, WHOLE
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

    from airflow_dataops.core.checks.metric import Measured
    from airflow_dataops.core.checks.spec import Query
    from airflow_dataops.core.time_limit import TimeLimit
    from airflow_dataops.engines.sql.far import Far


class DuckAsking:
    """Asks a DuckDB that has GOOD.

    Args:
        connection: The DuckDB.
        columns: The columns of GOOD and the names of their types.
        beside: The tables that rules look at besides.
        limit: How long SQL of people may take.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        columns: Mapping[str, str],
        *,
        beside: Far,
        limit: TimeLimit,
    ) -> None:
        self._connection = connection
        self._columns = columns
        self._beside = beside
        self._limit = limit

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        (count,) = ask_numbers(
            self._connection, exp.select(exp.Count(this=exp.Star())).from_(table).sql("duckdb")
        )
        return count

    def show_whole(self, rest: str) -> None:
        """Make WHOLE of GOOD and the rest of the table."""
        columns = [exp.column(exp.to_identifier(name, quoted=True)) for name in self._columns]
        halves = (exp.select(*(column.copy() for column in columns)).from_(table) for table in (GOOD, rest))
        ask(self._connection, statement.view(WHOLE, exp.union(*halves, distinct=False), replace=True))

    def answer(self, query: Query, *, table: str, rows: int) -> Measured:
        """Return the number that a SQL rule comes to over a table of so many rows, or why there is none."""
        besides = {name: self._beside.dataset(name) for name in query.reads}
        return answer(
            self._connection,
            query.sql,
            table=table,
            columns=self._columns,
            besides=besides,
            rows=rows,
            limit=self._limit,
        )

    def numbers(self, tree: exp.Select) -> tuple[Fraction | None, ...] | None:
        """Return the numbers of a SELECT of aggregates over GOOD; None where it fails, or one is no number.

        Raises:
            duckdb.Error: If another try may heal it.
        """
        try:
            with stopped(self._connection, self._limit):
                return numbers(self._connection, tree)
        except (NotEvaluatedError, SqlglotError, RecursionError):
            return None
        except duckdb.Error as error:
            if isinstance(error, WORLD):
                raise
            return None

    def tried(self, work: Callable[[], Measured]) -> Measured:
        """Do some work, and return what it came to.

        Raises:
            NotEvaluatedError: If DuckDB can't do it.
            duckdb.Error: If another try may heal it.
        """
        try:
            return work()
        except duckdb.Error as error:
            if isinstance(error, WORLD):
                raise
            name = type(error).__name__
        raise NotEvaluatedError(f"the rule failed in DuckDB ({name})")
