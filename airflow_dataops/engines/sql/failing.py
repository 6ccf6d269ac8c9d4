"""A check as one query that a person can read and run: it counts the rows that break it, or asks its number.

The conditions are those of the scan (`lower.py`), over a table whose columns have the contract's types. What
is asked of the text of a value, before it has a type, is asked of a table whose columns are texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError

from airflow_dataops.core.checks.spec import (
    Custom,
    Inside,
    NotNull,
    OfType,
    Query,
    References,
    RowCount,
    RowQuery,
    TextPromise,
    Unique,
)
from airflow_dataops.engines.sql.judging import JUDGED, repeated
from airflow_dataops.engines.sql.lookup import dangling
from airflow_dataops.engines.sql.lower import lower
from airflow_dataops.engines.sql.postgres.reading import POSTGRES
from airflow_dataops.engines.sql.postgres.spelled import written
from airflow_dataops.engines.sql.reading import DUCKDB, Reading, sql_type
from airflow_dataops.engines.sql.select import parse_select
from airflow_dataops.engines.sql.selection import NUMBERED
from airflow_dataops.engines.sql.spelling import TEXT
from airflow_dataops.errors import NotEvaluatedError
from airflow_dataops.warehouse.column_type import postgres_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Column, ColumnType, Dataset
    from airflow_dataops.engines.sql.spelling import Spelling


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database is spoken to.

    Args:
        name: As sqlglot calls it.
        spelling: What sqlglot can't translate.
        type_of: A type of the contract -> the database's name of it.
    """

    name: str
    spelling: Spelling
    type_of: Callable[[ColumnType], str]


DIALECTS: dict[str, Dialect] = {
    "duckdb": Dialect("duckdb", DUCKDB, sql_type),
    "postgres": Dialect("postgres", POSTGRES, postgres_type),
}


class Failing:
    """Says the checks of a dataset as queries.

    Args:
        dataset: The dataset.
        dialect: One of DIALECTS.
        texts: Whether types are asked of texts, as files have them, and all else of the values that those
            texts have; otherwise all is asked of a table that has the types, in which may be values that no
            contract has, such as infinity.
        table: What the table is called; by default as the dataset.
        pretty: Whether a query has several lines, for people.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        dialect: str = "duckdb",
        texts: bool = True,
        table: str = "",
        pretty: bool = True,
    ) -> None:
        self._columns = {column.name: column for column in dataset.columns}
        self._dialect = DIALECTS[dialect]
        self._texts = texts
        self._table = exp.Table(this=_identifier(table or dataset.name))
        self._name = table or dataset.name
        self._pretty = pretty

    def sql(self, check: Check) -> str:
        """Return the query of a check.

        Raises:
            NotEvaluatedError: If SQL can't say it, or not here; says why.
        """
        try:
            match check.promise:
                case RowCount():
                    return self._written(self._rows(check))
                case Query(sql) | RowQuery(sql):
                    return self._own(sql, check.reads)
                case Custom(engine):
                    raise NotEvaluatedError(f"{engine} judges the rows: there is no SQL")
                case Inside():
                    raise NotEvaluatedError("what is inside JSON is judged row by row, in any database")
                case Unique(columns):
                    return self._written(self._repeated(check, columns))
                case References():
                    return self._written(self._dangling(check))
                case _:
                    broken = lower(check.promise, self._reading(check))
                    return self._written(self._rows(check, broken))
        except SqlglotError as error:
            raise NotEvaluatedError(
                f"{self._dialect.name} has no words for it ({type(error).__name__})"
            ) from None

    def _written(self, tree: exp.Query) -> str:
        return tree.sql(self._dialect.name, pretty=self._pretty)

    def _rows(self, check: Check, *conditions: exp.Expr) -> exp.Select:
        """Count the rows that keep conditions, among those that a filter leaves."""
        return exp.select(_count()).from_(self._table).where(*self._filter(check), *conditions)

    def _filter(self, check: Check) -> tuple[exp.Expr, ...]:
        if not check.filter:
            return ()
        tree = parse_select(check.filter, table=self._name, place="filter", filled=True)
        return tuple(where.this for where in tree.find_all(exp.Where) if where.parent is tree)

    def _own(self, sql: str, reads: tuple[str, ...]) -> str:
        tree = parse_select(sql, table=self._name, place="query", filled=True, besides=reads)
        if self._dialect.name == "postgres":
            return written(tree, columns=(*self._columns, self._name, *reads), pretty=self._pretty)
        return self._written(tree)

    def _reading(self, check: Check) -> Reading:
        column = self._column(check.column)
        found = self._dialect.type_of(column.type)
        plain, spelling = exp.column(_identifier(column.name)), self._dialect.spelling
        value: exp.Expr = plain
        text: exp.Expr = plain
        if isinstance(check.promise, OfType) or not self._texts:
            value = spelling.value_of(plain.copy(), TEXT if self._texts else found, column.type)
        if isinstance(check.promise, TextPromise) or (
            isinstance(check.promise, NotNull) and check.promise.missing
        ):
            named = TEXT if column.type.is_text else found
            text = spelling.text_of(plain.copy(), named)
        return Reading(column.type, text, value, spelling)

    def _repeated(self, check: Check, names: tuple[str, ...]) -> exp.Query:
        """Count the rows that share the values of columns, as the scan finds them."""
        numbered = [f"value{at}" if len(names) > 1 else "value" for at in range(1, len(names) + 1)]
        read = [
            exp.alias_(exp.column(_identifier(self._column(name).name)), alias)
            for name, alias in zip(names, numbered, strict=True)
        ]
        keys: list[exp.Expr] = [exp.column(alias) for alias in numbered]
        key = keys[0] if len(keys) == 1 else exp.Tuple(expressions=keys)
        shared = exp.In(this=key, query=repeated(tuple(numbered)).subquery())
        rows = exp.select(*read).from_(self._table).where(*self._filter(check))
        return exp.select(_count()).from_(JUDGED).where(shared).with_(JUDGED, as_=rows)

    def _dangling(self, check: Check) -> exp.Query:
        """Count the rows whose values are in no row of another table, as the scan looks them up."""
        if not isinstance(check.promise, References):
            raise NotEvaluatedError(f"{check.id} is no foreign key")
        for name in check.promise.columns:
            self._column(name)
        tree = dangling(check.promise, far=check.promise.other)
        tree.set("expressions", [_count()])
        for table in list(tree.find_all(exp.Table)):
            if table.name == NUMBERED:
                table.set("this", self._table.this.copy())
        return tree

    def _column(self, name: str) -> Column:
        if name not in self._columns:
            raise NotEvaluatedError("the rule speaks of a column that the contract doesn't have")
        return self._columns[name]


def _count() -> exp.Expr:
    return exp.Count(this=exp.Star())


def _identifier(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
