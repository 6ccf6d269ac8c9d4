"""The few statements around a SELECT, as syntax trees."""

from __future__ import annotations

import glob
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import ErrorLevel

if TYPE_CHECKING:
    from collections.abc import Mapping


def said(tree: exp.Expr) -> str:
    """Return SQL that people may have written as DuckDB is told it: what it lacks, it says itself."""
    return tree.sql("duckdb", unsupported_level=ErrorLevel.IGNORE)


def table(name: str, query: exp.Query, *, replace: bool = False) -> str:
    """Return the statement that keeps the rows of a query under a name, in place of others if it may."""
    return _create(name, query, kind="TABLE", replace=replace)


def empty_table(name: str, columns: Mapping[str, str]) -> str:
    """Return the statement that makes a table without a row, by its columns and the names of their types."""
    defined = [
        exp.ColumnDef(this=exp.to_identifier(column), kind=exp.DataType.build(kind, dialect="duckdb"))
        for column, kind in columns.items()
    ]
    return exp.Create(this=exp.Schema(this=_named(name), expressions=defined), kind="TABLE").sql("duckdb")


def view(name: str, query: exp.Query, *, replace: bool = False) -> str:
    """Return the statement that gives a query a name, also where another has it, if it may be replaced."""
    return _create(name, query, kind="VIEW", replace=replace)


def drop_view(name: str) -> str:
    """Return the statement that forgets a view."""
    return exp.Drop(tables=[_named(name)], kind="VIEW").sql("duckdb")


def insert(name: str, query: exp.Query) -> str:
    """Return the statement that adds the rows of a query to a table."""
    return exp.insert(query, _named(name)).sql("duckdb")


def column(table: str, name: str, *, kind: str, default: exp.Expr) -> str:
    """Return the statement that gives a table one more column."""
    constraint = exp.ColumnConstraint(kind=exp.DefaultColumnConstraint(this=default))
    added = exp.ColumnDef(
        this=exp.to_identifier(name),
        kind=exp.DataType.build(kind, dialect="duckdb"),
        constraints=[constraint],
    )
    return exp.Alter(this=_named(table), kind="TABLE", actions=[added]).sql("duckdb")


def write(query: exp.Query, *, into: str) -> str:
    """Return the statement that writes the rows of a query into a Parquet file; it answers how many rows."""
    options = {"FORMAT": exp.var("PARQUET"), "WRITE_BLOOM_FILTER": exp.false()}
    parameters = [exp.CopyParameter(this=exp.var(name), expression=value) for name, value in options.items()]
    return said(
        exp.Copy(this=query.subquery(), kind=False, files=[exp.Literal.string(into)], params=parameters)
    )


def parquet(file: str, *, alias: str = "", numbered: str = "") -> exp.Select:
    """Return the query of all rows of a Parquet file, whatever its path looks like.

    Args:
        file: The file.
        alias: What the rows are called; empty for nothing.
        numbered: The option that numbers the rows; empty for none.
    """
    # The path is no pattern, and its folders tell no columns.
    options = [exp.EQ(this=exp.column("hive_partitioning"), expression=exp.false())]
    if numbered:
        options.append(exp.EQ(this=exp.column(numbered), expression=exp.true()))
    rows = exp.Table(this=exp.func("read_parquet", exp.Literal.string(glob.escape(file)), *options))
    return exp.select(exp.Star()).from_(exp.alias_(rows, alias, table=True) if alias else rows)


def filled(file: str) -> str:
    """Return the statement that names the columns of a Parquet file that have a value, by its statistics."""
    name = exp.column("path_in_schema")
    values = exp.Sub(this=exp.column("num_values"), expression=exp.column("stats_null_count"))
    some = exp.GT(this=exp.Sum(this=values), expression=exp.Literal.number(0))
    chunks = exp.Table(this=exp.func("parquet_metadata", exp.Literal.string(glob.escape(file))))
    return exp.select(name).from_(chunks).group_by(name.copy()).having(some).sql("duckdb")


def _create(name: str, query: exp.Query, *, kind: str, replace: bool = False) -> str:
    return said(exp.Create(this=_named(name), kind=kind, expression=query, replace=replace))


def _named(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))
