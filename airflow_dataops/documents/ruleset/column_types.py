"""The columns that queries of a rule set name, and what type they must have for the queries to work.

A rule set says nothing of types. A query does, where it compares a column with a value, or reckons with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.documents.query import OBJECT, STAND_IN

if TYPE_CHECKING:
    from collections.abc import Iterable

CAST = exp.DType

TYPES: dict[LogicalType, frozenset[exp.DType]] = {
    LogicalType.INTEGER: frozenset(exp.DataType.INTEGER_TYPES),
    LogicalType.NUMBER: frozenset({*exp.DataType.REAL_TYPES}),
    LogicalType.BOOLEAN: frozenset({CAST.BOOLEAN}),
    LogicalType.DATE: frozenset({CAST.DATE, CAST.DATE32}),
    LogicalType.TIMESTAMP: frozenset({CAST.TIMESTAMP, CAST.TIMESTAMPTZ, CAST.TIMESTAMPNTZ, CAST.DATETIME}),
    LogicalType.TIME: frozenset({CAST.TIME}),
}
"""Logical type -> the types of SQL that a value is cast to which its values are compared with."""

COMPARISONS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.NEQ, exp.Between, exp.In)
RECKONING = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Sum, exp.Avg, exp.Neg)


def columns_of(queries: Iterable[str]) -> dict[str, LogicalType]:
    """Return the columns of the rows that queries name -> their type: a text, where nothing says more.

    Args:
        queries: SELECTs over `{object}` alone, that can be parsed.
    """
    found: dict[str, LogicalType] = {}
    for query in queries:
        tree = sqlglot.parse_one(query.replace(OBJECT, STAND_IN), dialect="duckdb")
        made = {alias.alias for alias in tree.find_all(exp.Alias)}
        for column in tree.find_all(exp.Column):
            if isinstance(column.this, exp.Identifier) and column.name not in made:
                kind = _type(column, tree)
                if found.get(column.name, LogicalType.STRING) is LogicalType.STRING:
                    found[column.name] = kind
    return found


def _type(column: exp.Column, tree: exp.Expr) -> LogicalType:
    around: exp.Expr | None = column.parent
    if isinstance(around, RECKONING):
        return LogicalType.NUMBER
    if isinstance(around, (exp.Max, exp.Min)) and any(one.unalias() is around for one in _selected(tree)):
        return LogicalType.NUMBER  # what a query comes to is compared with numbers
    if isinstance(around, COMPARISONS):
        for other in around.iter_expressions():
            if kind := _of_value(other):  # the column itself is no value
                return kind
    return LogicalType.STRING


def _selected(tree: exp.Expr) -> list[exp.Expr]:
    return list(tree.expressions) if isinstance(tree, exp.Select) else []


def _of_value(value: exp.Expr) -> LogicalType | None:
    bare = value.unnest()
    if isinstance(bare, (exp.Literal, exp.Neg)) and bare.is_number:
        return LogicalType.NUMBER
    if isinstance(bare, exp.Boolean):
        return LogicalType.BOOLEAN
    if isinstance(bare, (exp.Cast, exp.TryCast)):
        return next((kind for kind, types in TYPES.items() if bare.to.this in types), None)
    return None
