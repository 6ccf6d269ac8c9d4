"""The checks of a dataset as queries of a database that isn't there, over a table that has the types."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from airflow_dataops.core.checks.spec import (
    Custom,
    Inside,
    OfType,
    Query,
    References,
    RowCount,
    RowPromise,
    RowQuery,
    Unique,
)
from airflow_dataops.engines.sql.failing import NOTHING
from airflow_dataops.engines.sql.lookup import FAR, NEAR
from airflow_dataops.engines.sql.rendered.condition import broken, comparable, named
from airflow_dataops.engines.sql.rendered.rule import rendered
from airflow_dataops.engines.sql.rendered.words import number, present
from airflow_dataops.engines.sql.select import parse_select
from airflow_dataops.engines.sql.selection import pointed
from airflow_dataops.engines.sql.source import identifier
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Column, ColumnType, Dataset
    from airflow_dataops.engines.sql.rendered.database import Database

ALONE = get_args(RowPromise)
"""Promises that one row keeps or breaks by itself, so that all can be counted at once."""

REPEATED, SIZE = "repeated", "rows_of_key"
"""The groups of rows that share a key, and how many rows each has."""


class Rendering:
    """Says the checks of a dataset as queries.

    Args:
        dataset: The dataset.
        database: Whose SQL.
        table: What the table is called; by default as the dataset is in a database.
        others: What rules call another dataset -> the dataset, for its table and its types.
        pretty: Whether a query has several lines, for people.
    """

    def __init__(
        self,
        dataset: Dataset,
        database: Database,
        *,
        table: str = "",
        others: Mapping[str, Dataset] = NOTHING,
        pretty: bool = True,
    ) -> None:
        self._columns = {column.name: column for column in dataset.columns}
        self._database = database
        self._name = table or dataset.table
        self._others = others
        self._pretty = pretty

    def sql(self, check: Check) -> str:
        """Return the query of a check: the number of rows that break it, or the number that it asks for.

        Raises:
            NotEvaluatedError: If the database can't say it so that it agrees; says why.
        """
        match check.promise:
            case Query(sql) | RowQuery(sql):
                return self.written(self._own(sql, check.reads))
            case Custom(engine):
                raise NotEvaluatedError(f"{engine} judges the rows: there is no SQL")
            case Inside():
                raise NotEvaluatedError("what is inside JSON is judged row by row, in any database")
            case RowCount():
                return self.written(self._rows(self._filters(check)))
            case Unique(columns):
                return self.written(self._repeated(check, columns))
            case References():
                return self.written(self._dangling(check, check.promise))
            case _:
                return self.written(self._rows([*self._filters(check), self._broken(check)]))

    def holds(self, check: Check) -> bool:
        """Say whether the type of the table's column holds a check, so that there is nothing to ask."""
        if not isinstance(check.promise, OfType) or not self._database.has(check.promise.type):
            return False
        return self._database.value(exp.column("any"), check.promise.type) is None

    def broken(self, check: Check) -> exp.Expr | None:
        """Return the condition that a row breaks a check; None for one that no row breaks by itself.

        Raises:
            NotEvaluatedError: If the database can't say it so that it agrees; says why.
        """
        match check.promise:
            case RowQuery(sql):
                conditions = self._conditions(self._own(sql, check.reads))
                return exp.and_(*conditions) if conditions else None
            case promise if isinstance(promise, ALONE):
                return exp.and_(*self._filters(check), self._broken(check))
            case _:
                return None

    @property
    def table(self) -> exp.Table:
        """The table."""
        return self._table(self._name)

    def written(self, tree: exp.Expr) -> str:
        """Return a tree as the database writes it.

        Raises:
            NotEvaluatedError: If it has no words for a part of it.
        """
        try:
            return tree.sql(
                self._database.name,
                pretty=self._pretty,
                unsupported_level=ErrorLevel.RAISE,
                comments=False,
            )
        except SqlglotError as error:
            raise NotEvaluatedError(
                f"{self._database.title} has no words for it ({type(error).__name__})"
            ) from None

    def _rows(self, conditions: Sequence[exp.Expr]) -> exp.Select:
        return exp.select(_count()).from_(self.table).where(*conditions)

    def _broken(self, check: Check) -> exp.Expr:
        return broken(check.promise, self._column(check.column), self._database)  # type: ignore[arg-type]

    def _filters(self, check: Check) -> list[exp.Expr]:
        """Return the conditions of the rows that a check speaks of."""
        if not check.filter:
            return []
        tree = parse_select(check.filter, table=self._name, place="filter", filled=True)
        return self._conditions(rendered(tree, self._columns.values(), [self._name], self._database))

    @staticmethod
    def _conditions(tree: exp.Query) -> list[exp.Expr]:
        """Return the conditions of a SELECT that counts rows of one table; none if it looks at others."""
        if len(list(tree.find_all(exp.Select, exp.Join))) > 1:
            return []
        for column in tree.find_all(exp.Column):
            column.set("table", None)
        return [exp.paren(where.this, copy=False) for where in tree.find_all(exp.Where)]

    def _own(self, sql: str, reads: tuple[str, ...]) -> exp.Query:
        tree = parse_select(sql, table=self._name, place="query", filled=True, besides=reads)
        tables = {name.casefold(): self._table_of(name) for name in reads}
        tree = pointed(tree, {name: table for name, table in tables.items() if name != table})
        others = [self._others[name] for name in reads if name in self._others]
        columns = [*self._columns.values(), *(column for other in others for column in other.columns)]
        return rendered(tree, columns, [self._name, *reads, *tables.values()], self._database)

    def _repeated(self, check: Check, names: tuple[str, ...]) -> exp.Select:
        """Count the rows of the groups that have more than one; a row with a null is in none."""
        columns = [self._column(name) for name in names]
        keys = [self._comparable(column) for column in columns]
        groups = (
            exp.select(exp.alias_(_count(), SIZE, quoted=True))
            .from_(self.table)
            .where(*self._filters(check), *self._valued(columns))
            .group_by(*keys)
            .having(exp.GT(this=_count(), expression=number("1")))
        )
        total = exp.Coalesce(this=exp.Sum(this=exp.column(identifier(SIZE))), expressions=[number("0")])
        return exp.select(total).from_(groups.subquery(identifier(REPEATED)))

    def _dangling(self, check: Check, promise: References) -> exp.Select:
        """Count the rows whose values are in no row of another table."""
        near = [self._column(name) for name in promise.columns]
        other = self._others.get(promise.other)
        known = {} if other is None else {column.name: column for column in other.columns}
        far = [
            known.get(there, replace(here, name=there)) for here, there in zip(near, promise.to, strict=True)
        ]
        for here, there in zip(near, far, strict=True):
            _check_alike(here.type, there.type)
        table = self._table(self._table_of(promise.other))
        rows = self._rows([*self._filters(check), *self._valued(near)])
        if not self._database.correlated:
            keys = [self._comparable(column) for column in near]
            present_there = [present(named(column.name, self._database)) for column in far]
            sought = exp.select(*map(self._comparable, far)).from_(table).where(*present_there)
            key = keys[0] if len(keys) == 1 else exp.Tuple(expressions=keys)
            return rows.where(exp.not_(exp.In(this=key, query=sought.subquery())))
        same = [
            exp.EQ(this=self._comparable(there, FAR), expression=self._comparable(here, NEAR))
            for here, there in zip(near, far, strict=True)
        ]
        sought = exp.select(number("1")).from_(exp.alias_(table, FAR, table=True, quoted=True)).where(*same)
        rows = rows.from_(exp.alias_(self.table, NEAR, table=True, quoted=True))
        return rows.where(exp.not_(exp.Exists(this=sought)))

    def _comparable(self, column: Column, table: str = "") -> exp.Expr:
        here = named(column.name, self._database, table=table)
        return comparable(here, column.type, self._database)

    def _valued(self, columns: Iterable[Column]) -> list[exp.Expr]:
        """Return the conditions that columns have values, and such as are of the contract's types."""
        found: list[exp.Expr] = []
        for column in columns:
            here = named(column.name, self._database)
            condition = self._database.value(here, column.type)
            found.append(present(here))
            if condition is not None:
                found.append(condition)
        return found

    def _table(self, name: str) -> exp.Table:
        self._database.check_name(name)
        return exp.Table(this=identifier(name))

    def _table_of(self, name: str) -> str:
        other = self._others.get(name)
        return name.rpartition("#")[2] if other is None else other.table

    def _column(self, name: str) -> Column:
        if name not in self._columns:
            raise NotEvaluatedError("the rule speaks of a column that the contract doesn't have")
        return self._columns[name]


def _check_alike(here: ColumnType, there: ColumnType) -> None:
    exact = all(one.logical.value in {"integer", "number"} and str(one) != "number" for one in (here, there))
    if here.logical is not there.logical and not exact:
        raise NotEvaluatedError(f"a {here} points to a {there}: each database compares them its own way")


def _count() -> exp.Expr:
    return exp.Count(this=exp.Star(), big_int=True)
