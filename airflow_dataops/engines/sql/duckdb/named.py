"""Rules that name rows by other means than the one pass: a reader of JSON, a query of their own, a tool."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import duckdb
import polars as pl
from sqlglot import exp

from airflow_dataops.core.checks.breach import blamed, measured
from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.core.checks.spec import Custom, RowQuery
from airflow_dataops.engines.sql import judging
from airflow_dataops.engines.sql.duckdb import statement
from airflow_dataops.engines.sql.duckdb.answer import evaluated
from airflow_dataops.engines.sql.duckdb.marking import KEPT
from airflow_dataops.engines.sql.duckdb.patience import stopped
from airflow_dataops.engines.sql.duckdb.session import WORLD, ask, ask_numbers
from airflow_dataops.engines.sql.duckdb.stream import Stream
from airflow_dataops.engines.sql.inside import PAGE, JsonReader, lacking
from airflow_dataops.engines.sql.judging import ROW
from airflow_dataops.engines.sql.left import Named, left
from airflow_dataops.engines.sql.lookup import sought
from airflow_dataops.engines.sql.reading import sql_type
from airflow_dataops.engines.sql.selection import NUMBERED, RECORDS, naming_rows
from airflow_dataops.engines.sql.shape import Mark
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.checks.breach import Breach
    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.time_limit import TimeLimit
    from airflow_dataops.engines.sql.duckdb.beside import Beside
    from airflow_dataops.engines.sql.duckdb.tool import Tool
    from airflow_dataops.engines.sql.left import Left
    from airflow_dataops.engines.sql.shape import Shape

SHOWN = "dataops_shown"
"""Rows that others name, on their way into a table, or texts in which a pattern is looked for."""


class RowNamer:
    """Asks the rules of a plan that name rows by other means, and keeps the rows that they name in tables.

    Args:
        connection: A DuckDB in which JUDGED is complete.
        shape: The columns and the plan.
        tools: The tools of custom rules, by the name that a contract calls them.
        beside: The tables that rules look at besides.
        records: How many rows JUDGED has.
        limit: How long SQL of people may take.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        shape: Shape,
        *,
        tools: Mapping[str, Tool],
        beside: Beside,
        records: int,
        limit: TimeLimit,
    ) -> None:
        self._connection = connection
        self._shape = shape
        self._tools = tools
        self._beside = beside
        self._columns = {found.name: sql_type(found.type) for found in shape.plan.columns}
        self._records = records
        self._limit = limit
        self._marks: list[Mark] = []
        self._taken = 0

    def name(self) -> Named:
        """Return what all of them came to.

        Raises:
            SettingsError: If a tool isn't installed.
        """
        found: dict[str, Measured] = {}
        plan = self._shape.plan
        if plan.nested:
            found |= self._read_json()
        if plan.selections or plan.lookups or plan.filters:
            ask(self._connection, statement.view(RECORDS, judging.records(self._shape)))
            ask(self._connection, statement.view(NUMBERED, judging.records(self._shape, numbered=True)))
        filters = {text: self._filter(text, f"y{at}") for at, text in enumerate(plan.filters)}
        for check in plan.lookups:
            found[check.id] = self._look_up(check, filters.get(check.filter))
        for check in plan.selections:
            found[check.id] = self._select(check)
        if plan.customs:
            rows = pl.DataFrame(Stream(self._connection.query(_shown(self._shape))))
            for check in plan.customs:
                found[check.id] = self._judge(check, rows.drop(ROW), rows.get_column(ROW))
        return Named(tuple(self._marks), found, filters)

    def _filter(self, text: str, column: str) -> Left:
        def kept(tree: exp.Query) -> Measured:
            return Measured(number=Fraction(self._keep_named(column, tree)))

        return left(column, evaluated(kept, text, table=RECORDS, columns=self._columns, rows=self._records))

    def _look_up(self, check: Check, among: Left | None) -> Measured:
        checked = self._records if among is None else among.rows
        problem = "" if among is None else among.problem
        column = self._free()
        try:
            if not problem:
                rows = sought(check, self._shape, beside=self._beside, among=among.column if among else "")
                count = self._keep_rows(column, rows)
                self._marks.append(Mark(check.id, column, check.quarantines))
                return Measured(number=Fraction(count), failing=count, checked=checked)
        except NotEvaluatedError as error:
            problem = str(error)
        except duckdb.Error as error:
            if isinstance(error, WORLD):
                raise
            problem = f"the rule failed in DuckDB ({type(error).__name__})"
        return Measured(number=None, checked=checked, problem=problem)

    def _keep_named(self, column: str, tree: exp.Query) -> int:
        with stopped(self._connection, self._limit):
            return self._keep_rows(column, naming_rows(tree))

    def _keep_rows(self, column: str, rows: exp.Query) -> int:
        ask(self._connection, statement.table(column, rows))
        (count,) = ask_numbers(
            self._connection, exp.select(exp.Count(this=exp.Star())).from_(column).sql("duckdb")
        )
        return count

    def _read_json(self) -> Mapping[str, Measured]:
        reader = JsonReader(self._shape, lacking=self._lacking)
        for first in range(0, self._records, PAGE):
            page = exp.Between(
                this=exp.column("rowid"),
                low=exp.Literal.number(first),
                high=exp.Literal.number(first + PAGE - 1),
            )
            reader.read(ask(self._connection, reader.texts(KEPT).where(page).sql("duckdb")))
        for broken in reader.broken:
            self._keep(broken.mark, pl.Series(broken.rows, dtype=pl.Int64))
        return reader.measured(self._records)

    def _lacking(self, pattern: str, texts: list[str]) -> list[int]:
        """Return the positions of the texts in which a pattern isn't found."""
        frame = pl.DataFrame({"at": range(len(texts)), "text": texts})
        self._connection.register(SHOWN, Stream(frame))
        query = lacking(pattern, texts=exp.to_table(SHOWN), spelling=self._shape.spelling)
        found = ask(self._connection, query.sql("duckdb"))
        self._connection.unregister(SHOWN)
        return [int(at or 0) for (at,) in found]

    def _select(self, check: Check) -> Measured:
        if not isinstance(check.promise, RowQuery):
            return Measured(number=None, problem="the rule is no query that names rows")
        column = self._free()

        def kept(tree: exp.Query) -> Measured:
            count = self._keep_named(column, tree)
            self._marks.append(Mark(check.id, column, check.quarantines))
            return Measured(number=Fraction(count), failing=count, checked=self._records)

        try:
            besides = {name: self._beside.dataset(name) for name in check.promise.reads}
        except NotEvaluatedError as error:
            return Measured(number=None, checked=self._records, problem=str(error))
        return evaluated(
            kept,
            check.promise.sql,
            table=RECORDS,
            columns=self._columns,
            besides=besides,
            rows=self._records,
        )

    def _judge(self, check: Check, rows: pl.DataFrame, numbers: pl.Series) -> Measured:
        if not isinstance(check.promise, Custom):
            return Measured(number=None, problem="the rule is not one of another tool")
        tool = self._tools.get(check.promise.engine)
        if tool is None:
            problem = f"nothing here runs the rules of {check.promise.engine}"
            return Measured(number=None, checked=self._records, problem=problem)
        try:
            breaches = tool.broken(check.promise.implementation, Stream(rows))
        except NotEvaluatedError as error:
            return Measured(number=None, checked=self._records, problem=str(error))
        self._keep(Mark(check.id, self._free(), check.quarantines), numbers.gather(list(blamed(breaches))))
        for breach in breaches:
            self._keep_breach(check, breach, numbers)
        return measured(breaches, checked=self._records)

    def _keep_breach(self, check: Check, breach: Breach, numbers: pl.Series) -> None:
        if breach.rows is not None:
            away = check.quarantines and breach.finding.sends_rows_away
            mark = Mark(f"{check.id}.{breach.rule}", self._free(), away)
            self._keep(mark, numbers.gather(list(breach.rows)))

    def _keep(self, mark: Mark, rows: pl.Series) -> None:
        self._connection.register(SHOWN, Stream(pl.DataFrame({ROW: rows})))
        ask(self._connection, statement.table(mark.column, exp.select(exp.Star()).from_(SHOWN)))
        self._connection.unregister(SHOWN)
        self._marks.append(mark)

    def _free(self) -> str:
        self._taken += 1
        return f"x{self._taken - 1}"


def _shown(shape: Shape) -> str:
    return judging.records(shape, numbered=True).order_by(exp.column(ROW)).sql("duckdb")
