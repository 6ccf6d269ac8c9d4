"""A check as one query that a person can read and run: it counts the rows that break it, or asks its number.

The conditions are those of the scan (`lower.py`), over a table whose columns have the contract's types, or
over one whose columns are all texts, as files have them: such a query first reads the values that it needs.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError

from airflow_dataops.core.checks.left_out import held_by_type
from airflow_dataops.core.checks.spec import (
    Custom,
    Inside,
    NotNull,
    OfType,
    OneOf,
    Query,
    References,
    RowCount,
    RowQuery,
    TextPromise,
    Unique,
)
from airflow_dataops.engines.sql.agreement.agreed import told
from airflow_dataops.engines.sql.agreement.words import divided
from airflow_dataops.engines.sql.dialect import dialect_of
from airflow_dataops.engines.sql.judging import JUDGED, repeated
from airflow_dataops.engines.sql.lookup import dangling
from airflow_dataops.engines.sql.lower import lower
from airflow_dataops.engines.sql.postgres.spelled import spelled
from airflow_dataops.engines.sql.reading import Reading
from airflow_dataops.engines.sql.select import parse_select
from airflow_dataops.engines.sql.selection import NUMBERED, RECORDS, pointed
from airflow_dataops.engines.sql.source import first, identifier, named, source, values
from airflow_dataops.engines.sql.spelling import TEXT
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Column, Dataset
    from airflow_dataops.engines.sql.source import Source

NOTHING: Mapping[str, Dataset] = MappingProxyType({})

FAR_RECORDS = "dataops_other"
"""The values of another table's texts, in which a key is looked up."""


class Failing:
    """Says the checks of a dataset as queries.

    Args:
        dataset: The dataset.
        dialect: One of DIALECTS.
        texts: Whether all columns of all tables are texts, as files have them; otherwise they have the types
            of the contract, and may hold values that no contract has, such as infinity. Of a dialect that
            reads values first, they always have types.
        table: What the table is called; by default as the dataset is in a database.
        others: What rules call another dataset -> the dataset, for its table and its types.
        pretty: Whether a query has several lines, for people.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        dialect: str = "duckdb",
        texts: bool = True,
        table: str = "",
        others: Mapping[str, Dataset] = NOTHING,
        pretty: bool = True,
    ) -> None:
        self._columns = {column.name: column for column in dataset.columns}
        self._dialect = dialect_of(dialect)
        self._texts = texts and not self._dialect.reads
        self._type_of = self._dialect.type_of if self._dialect.reads else None
        self._name = table or dataset.table
        self._others = others
        self._pretty = pretty

    def sql(self, check: Check) -> str:
        """Return the query of a check.

        Raises:
            NotEvaluatedError: If SQL can't say it, or not here; says why.
        """
        try:
            match check.promise:
                case Query(sql) | RowQuery(sql):
                    return self._own(sql, check.reads)
                case Custom(engine):
                    raise NotEvaluatedError(f"{engine} judges the rows: there is no SQL")
                case Inside():
                    raise NotEvaluatedError("what is inside JSON is judged row by row, in any database")
                case OfType() if not self._texts and self.holds(check):
                    raise NotEvaluatedError("the type of the table's column holds it")
                case RowCount():
                    return self._written(self._rows(check, self._source(check)))
                case Unique(columns):
                    return self._written(self._repeated(check, columns))
                case References():
                    return self._written(self._dangling(check, check.promise))
                case _:
                    return self._written(self._broken(check))
        except SqlglotError as error:
            raise NotEvaluatedError(
                f"{self._dialect.name} has no words for it ({type(error).__name__})"
            ) from None

    def holds(self, check: Check) -> bool:
        """Say whether the type of a table's column holds a check, so that there is nothing to ask."""
        return not self._dialect.reads and held_by_type(check)

    def _written(self, tree: exp.Query) -> str:
        return self._dialect.written(tree, self._pretty)

    def _source(self, check: Check, *names: str, text: str = "") -> Source:
        """Return where a check finds its rows: the columns that it names, and those of its filter."""
        columns = [self._column(name) for name in names]
        if check.filter:
            columns.extend(named(self._filter(check, RECORDS), self._columns))
        return self._source_of(columns, text=text)

    def _source_of(self, columns: Iterable[Column], *, text: str = "") -> Source:
        return source(
            self._name,
            columns,
            self._dialect.spelling,
            texts=self._texts,
            text=text,
            type_of=self._type_of,
        )

    def _rows(self, check: Check, rows: Source, *conditions: exp.Expr) -> exp.Query:
        """Count the rows that keep conditions, among those that a filter leaves."""
        filtering = self._conditions(check, rows)
        return rows.over(exp.select(_count()).from_(rows.table).where(*filtering, *conditions))

    def _filter(self, check: Check, table: str) -> exp.Query:
        return parse_select(check.filter, table=table, place="filter", filled=True)

    def _conditions(self, check: Check, rows: Source) -> tuple[exp.Expr, ...]:
        if not check.filter:
            return ()
        tree = self._agreed(self._filter(check, rows.name), rows.name)
        return tuple(where.this for where in tree.find_all(exp.Where) if where.parent is tree)

    def _own(self, sql: str, reads: tuple[str, ...]) -> str:
        tree = parse_select(sql, table=RECORDS, place="query", filled=True, besides=reads)
        columns = named(tree, self._columns)
        rows = self._source_of(columns)
        tree = parse_select(sql, table=rows.name, place="query", filled=True, besides=reads)
        tree = rows.over(self._agreed(tree, rows.name, reads))
        tables = {}
        for name in reads:
            far = self._other(name)
            if far is not None and self._is_read(far):
                read = values(
                    exp.Table(this=identifier(far.table)),
                    far.columns,
                    self._dialect.spelling,
                    type_of=self._type_of,
                )
                tree = first(tree, name, read)
            else:
                tables[name.casefold()] = self._table_of(name)
        tree = pointed(tree, {name: table for name, table in tables.items() if name != table})
        if self._dialect.name == "postgres":
            known = (*self._columns, self._name, rows.name, *reads, *tables.values())
            return spelled(tree, names=known, pretty=self._pretty)
        return self._written(tree)

    def _is_read(self, other: Dataset) -> bool:
        """Say whether the values of another table are read first."""
        return self._dialect.reads or (self._texts and not all(one.type.is_text for one in other.columns))

    def _agreed(self, tree: exp.Query, table: str, reads: tuple[str, ...] = ()) -> exp.Query:
        """Return a SELECT of people over a table, so that it means here what it means in DuckDB."""
        found = {name: self._other(name) for name in reads}
        others = {name: other.columns for name, other in found.items() if other is not None}
        columns = {
            name: {column.name: column.type for column in listed}
            for name, listed in {**others, table: self._columns.values()}.items()
        }
        spelling = self._dialect.spelling
        rule = told(tree, engine=self._dialect.name, columns=columns, found=spelling.found)
        for value, scale in zip(rule.tree.selects, rule.scales, strict=False):
            if scale:  # for people, a number with its point
                power = exp.Literal.number(f"{10**scale}.0")
                value.unalias().replace(divided(value.unalias(), power))
        return rule.tree

    def _broken(self, check: Check) -> exp.Query:
        """Count the rows that break a promise about one column."""
        column, spelling = self._column(check.column), self._dialect.spelling
        found = TEXT if self._texts else self._dialect.type_of(column.type)
        if isinstance(check.promise, OfType):
            # It is about what stands in the table itself, and not about what is read from that.
            plain = exp.column(identifier(column.name))
            reading = Reading(
                column.type, plain, spelling.value_of(plain.copy(), found, column.type), spelling
            )
            rows = self._source_of(())
            return self._rows(check, rows, lower(check.promise, reading))
        of_text = isinstance(check.promise, TextPromise | NotNull)
        lists = isinstance(check.promise, OneOf) or bool(getattr(check.promise, "missing", ()))
        names = () if of_text and not lists else (column.name,)
        rows = self._source(check, *names, text=column.name if of_text or lists else "")
        text: exp.Expr = exp.column(identifier(rows.texts.get(column.name, column.name)))
        value: exp.Expr = exp.column(identifier(column.name))
        if not self._texts:
            if not self._dialect.reads:
                value = spelling.value_of(value, found, column.type)
            if isinstance(check.promise, TextPromise) or (lists and isinstance(check.promise, NotNull)):
                text = spelling.text_of(text, TEXT if column.type.is_text else found)
        return self._rows(check, rows, lower(check.promise, Reading(column.type, text, value, spelling)))

    def _repeated(self, check: Check, names: tuple[str, ...]) -> exp.Query:
        """Count the rows that share the values of columns, as the scan finds them."""
        numbered = [f"value{at}" if len(names) > 1 else "value" for at in range(1, len(names) + 1)]
        source_ = self._source(check, *names)
        read = [
            exp.alias_(exp.column(identifier(name)), alias)
            for name, alias in zip(names, numbered, strict=True)
        ]
        keys: list[exp.Expr] = [exp.column(alias) for alias in numbered]
        key = keys[0] if len(keys) == 1 else exp.Tuple(expressions=keys)
        shared = exp.In(this=key, query=repeated(tuple(numbered)).subquery())
        rows = exp.select(*read).from_(source_.table).where(*self._conditions(check, source_))
        return source_.over(exp.select(_count()).from_(JUDGED).where(shared).with_(JUDGED, as_=rows))

    def _dangling(self, check: Check, promise: References) -> exp.Query:
        """Count the rows whose values are in no row of another table, as the scan looks them up."""
        rows = self._source(check, *promise.columns)
        near = [self._column(name) for name in promise.columns]
        other = self._other(promise.other)
        known = {} if other is None else {column.name: column for column in other.columns}
        wanted = [
            known.get(there, replace(here, name=there)) for here, there in zip(near, promise.to, strict=True)
        ]
        table = self._table_of(promise.other)
        far = source(
            table,
            wanted,
            self._dialect.spelling,
            texts=self._texts,
            records=FAR_RECORDS,
            type_of=self._type_of,
        )
        tree: exp.Query = dangling(promise, far=far.name)
        tree.set("expressions", [_count()])
        for found in list(tree.find_all(exp.Table)):
            if found.name == NUMBERED:
                found.set("this", rows.table.this.copy())
        return rows.over(far.over(tree))

    def _other(self, name: str) -> Dataset | None:
        return self._others.get(name)

    def _table_of(self, name: str) -> str:
        """Return the table of another dataset, whose contract may be another."""
        other = self._other(name)
        return name.rpartition("#")[2] if other is None else other.table

    def _column(self, name: str) -> Column:
        if name not in self._columns:
            raise NotEvaluatedError("the rule speaks of a column that the contract doesn't have")
        return self._columns[name]


def _count() -> exp.Expr:
    return exp.Count(this=exp.Star())
