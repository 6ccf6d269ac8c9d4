"""The queries that a rule set asks of one column, as ours: one SELECT over `{object}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.documents.query import STAND_IN, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    Build = Callable[[exp.Column], exp.Expr]


def _distinct(column: exp.Column) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[column]))


def _excess(column: exp.Column) -> exp.Expr:
    return exp.Sub(this=exp.Count(this=column), expression=_distinct(column.copy()))


NUMBERS: dict[str, Build] = {
    "min": lambda column: exp.Min(this=column),
    "max": lambda column: exp.Max(this=column),
    "mean": lambda column: exp.Avg(this=column),
    "distinct_count": _distinct,
    "unique_violations": _excess,
}
"""Check -> the number that it comes to."""


def query(check: str, column: str) -> str:
    """Return the query of a check.

    Args:
        check: A check of one column.
        column: The column's name.
    """
    number = NUMBERS[check](exp.column(exp.to_identifier(column, quoted=True)))
    written = exp.select(number).from_(STAND_IN).sql("duckdb")
    return resolve(written, names=frozenset(), column=None).sql
