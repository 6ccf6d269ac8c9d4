"""Rules of a scan in PostgreSQL that name rows by a query of their own, and the filters of others."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from sqlglot import exp

from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.core.checks.spec import RowQuery
from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.engines.sql import judging
from airflow_dataops.engines.sql.inside import PAGE, JsonReader, lacking
from airflow_dataops.engines.sql.judging import JUDGED, ROW
from airflow_dataops.engines.sql.left import Named, left
from airflow_dataops.engines.sql.lookup import sought
from airflow_dataops.engines.sql.postgres.answer import evaluated
from airflow_dataops.engines.sql.postgres.given import heals, view_of
from airflow_dataops.engines.sql.postgres.spelled import written
from airflow_dataops.engines.sql.selection import NUMBERED, RECORDS, naming_rows
from airflow_dataops.engines.sql.shape import Mark
from airflow_dataops.errors import NotEvaluatedError
from airflow_dataops.warehouse.postgres import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.engines.sql.left import Left
    from airflow_dataops.engines.sql.postgres.beside import Beside
    from airflow_dataops.engines.sql.shape import Shape

JSON = "dataops_json"
"""The cursor over the texts of JSON columns."""

NAMED = "dataops_named"
"""The view of the rows that a query names."""

TEXTS = exp.Unnest(
    expressions=[exp.cast(exp.Parameter(this=exp.Literal.number(1)), "text[]", dialect="postgres")],
    offset=exp.to_identifier("at"),
    alias=exp.TableAlias(this=exp.to_identifier("texts"), columns=[exp.to_identifier("text")]),
)
"""The texts of the array that is `$1`, and their positions, from 1."""


class RowNamer:
    """Asks the rules of a plan that name rows by a query, and keeps the rows in temporary tables.

    Args:
        connection: A settled transaction in which JUDGED is complete.
        shape: The columns and the plan.
        columns: The columns of the contract and their types.
        beside: The tables that rules look at besides.
        records: How many rows JUDGED has.
    """

    def __init__(
        self,
        connection: Connection,
        shape: Shape,
        *,
        columns: Mapping[str, ColumnType],
        beside: Beside,
        records: int,
    ) -> None:
        self._connection = connection
        self._shape = shape
        self._columns = columns
        self._beside = beside
        self._records = records
        self._marks: list[Mark] = []

    def name(self) -> Named:
        """Return what all of them came to; a rule that fails marks no row."""
        plan = self._shape.plan
        if plan.selections or plan.lookups or plan.filters:
            self._show(RECORDS, judging.records(self._shape))
            self._show(NUMBERED, judging.records(self._shape, numbered=True))
        measured: dict[str, Measured] = dict(self._read_json()) if plan.nested else {}
        filters = {text: self._filter(text, f"y{at}") for at, text in enumerate(plan.filters)}
        for at, check in enumerate((*plan.lookups, *plan.selections)):
            mark = Mark(check.id, f"x{at}", check.quarantines)
            if isinstance(check.promise, RowQuery):
                measured[check.id] = self._select(check.promise, mark)
            else:
                measured[check.id] = self._look_up(check, mark, filters.get(check.filter))
            if not measured[check.id].problem:
                self._marks.append(mark)
        return Named(tuple(self._marks), measured, filters)

    def _read_json(self) -> Mapping[str, Measured]:
        """Show the texts of JSON columns to the one reader of them, and keep the rows that it names."""
        reader = JsonReader(self._shape, lacking=self._lacking)
        with self._connection.cursor(JSON, scrollable=False) as cursor:
            cursor.itersize = PAGE
            reader.read(cursor.execute(sql.SQL(reader.texts(JUDGED).sql("postgres"))))
        for broken in reader.broken:
            name = sql.Identifier(broken.mark.column), sql.Identifier(ROW)
            self._connection.execute(
                sql.SQL("CREATE TEMPORARY TABLE {} ({} bigint) ON COMMIT DROP").format(*name)
            )
            copy = sql.SQL("COPY {} ({}) FROM STDIN").format(*name)
            with self._connection.cursor() as writer, writer.copy(copy) as rows:
                for row in broken.rows:
                    rows.write_row((row,))
            self._marks.append(broken.mark)
        return reader.measured(self._records)

    def _lacking(self, pattern: str, texts: list[str]) -> list[int]:
        """Return the positions of the texts in which a pattern isn't found, as in none that can't be sent."""
        sent = [at for at, text in enumerate(texts) if self._can_send(text)]
        query = lacking(pattern, texts=TEXTS.copy(), spelling=self._shape.spelling).sql("postgres")
        rows = run(self._connection, sql.Composed([sql.SQL(query)]), [texts[at] for at in sent])
        found = {sent[at - 1] for (at,) in rows}
        return [*found, *({*range(len(texts))} - {*sent})]

    def _can_send(self, text: str) -> bool:
        """Say whether the connection's encoding has all characters of a text; JSON may write any in ASCII."""
        try:
            text.encode(self._connection.info.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def _filter(self, text: str, column: str) -> Left:
        return left(column, self._named(text, column))

    def _select(self, promise: RowQuery, mark: Mark) -> Measured:
        return self._named(promise.sql, mark.column, reads=promise.reads)

    def _named(self, text: str, column: str, *, reads: tuple[str, ...] = ()) -> Measured:
        """Keep the rows that a query of people counts."""
        try:
            besides = {name: self._beside.dataset(name) for name in reads}
        except NotEvaluatedError as error:
            return Measured(number=None, checked=self._records, problem=str(error))
        numbered = {**self._columns, ROW: ColumnType(LogicalType.INTEGER)}
        columns = {RECORDS: self._columns, NUMBERED: numbered, **self._beside.columns(reads)}

        def kept(tree: exp.Query) -> Measured:
            given = (RECORDS, NUMBERED, *besides.values())
            view_of(
                self._connection,
                written(naming_rows(tree), columns=columns),
                name=NAMED,
                given=given,
                place="query",
            )
            count = self._keep(column, exp.select(exp.Star()).from_(NAMED))
            self._connection.execute(sql.SQL("DROP VIEW {}").format(sql.Identifier(NAMED)))
            return Measured(number=Fraction(count), failing=count, checked=self._records)

        return evaluated(
            self._connection,
            kept,
            text,
            table=RECORDS,
            columns=self._columns,
            besides=besides,
            rows=self._records,
        )

    def _look_up(self, check: Check, mark: Mark, among: Left | None) -> Measured:
        checked = self._records if among is None else among.rows
        problem = "" if among is None else among.problem
        try:
            if not problem:
                rows = sought(check, self._shape, beside=self._beside, among=among.column if among else "")
                with self._connection.transaction():
                    count = self._keep(mark.column, rows)
                return Measured(number=Fraction(count), failing=count, checked=checked)
        except NotEvaluatedError as error:
            problem = str(error)
        except psycopg.Error as error:
            if heals(error):
                raise
            problem = f"the rule failed in PostgreSQL ({type(error).__name__})"
        return Measured(number=None, checked=checked, problem=problem)

    def _show(self, name: str, query: exp.Query) -> None:
        self._execute("CREATE TEMPORARY VIEW {} AS ", name, query)

    def _keep(self, name: str, query: exp.Query) -> int:
        return self._execute("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS ", name, query)

    def _execute(self, statement: str, name: str, query: exp.Query) -> int:
        made = sql.SQL(statement).format(sql.Identifier(name)) + sql.SQL(query.sql("postgres"))
        return self._connection.execute(made).rowcount
