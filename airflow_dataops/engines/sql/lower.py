"""Promise -> the expression that says, for each row, whether the row breaks it. Never null."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from functools import singledispatch
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.spec import AtLeast, AtMost, Matches, NotNull, OfType, OneOf
from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.reading import sql_type
from airflow_dataops.engines.sql.spelling import TEXT
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.core.checks.spec import Promise
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.engines.sql.reading import Reading

WIDE = Context(prec=100)
"""Enough digits for any bound that is within a decimal's range."""


@singledispatch
def lower(promise: Promise, _reading: Reading) -> exp.Expr:
    """Return the expression that is true for a row that breaks the promise.

    Args:
        promise: What is promised of one column.
        _reading: How that column is read.

    Raises:
        NotEvaluatedError: If the promise makes no sense for the column's type.
    """
    raise NotEvaluatedError(f"rows can't be asked for {type(promise).__name__}")


@lower.register(NotNull)
def not_null(promise: NotNull, reading: Reading) -> exp.Expr:
    """Null, or one of the values that count as none: by its value, or by its text, as `N/A` of a number."""
    null = _is_null(reading.text)
    # An empty text says nothing of a column that isn't text: there it is null anyway.
    listed = [value for value in promise.missing if value or reading.type.logical is LogicalType.STRING]
    if not listed:
        return null
    texts = exp.In(this=reading.text.copy(), expressions=[exp.Literal.string(value) for value in listed])
    return exp.or_(null, texts, _among(reading, listed))


@lower.register(OfType)
def of_type(_promise: OfType, reading: Reading) -> exp.Expr:
    """There is a text, and it has no value in the type."""
    return exp.and_(_present(reading.text), _is_null(reading.value))


@lower.register(AtLeast)
def at_least(promise: AtLeast, reading: Reading) -> exp.Expr:
    """There is a value, and it is below the bound."""
    lowest, highest = _range(reading.type)
    if promise.bound <= lowest:
        return exp.false()
    if promise.bound > highest:
        return _present(reading.value)
    bound = _bound(promise.bound, reading.type, rounding=ROUND_CEILING)
    return exp.and_(_present(reading.value), exp.LT(this=reading.value.copy(), expression=bound))


@lower.register(AtMost)
def at_most(promise: AtMost, reading: Reading) -> exp.Expr:
    """There is a value, and it is above the bound."""
    lowest, highest = _range(reading.type)
    if promise.bound >= highest:
        return exp.false()
    if promise.bound < lowest:
        return _present(reading.value)
    bound = _bound(promise.bound, reading.type, rounding=ROUND_FLOOR)
    return exp.and_(_present(reading.value), exp.GT(this=reading.value.copy(), expression=bound))


@lower.register(Matches)
def matches(promise: Matches, reading: Reading) -> exp.Expr:
    """There is a text, and the pattern is not found in it."""
    found = reading.spelling.found(reading.text.copy(), promise.pattern)
    return exp.and_(_present(reading.text), exp.not_(found))


@lower.register(OneOf)
def one_of(promise: OneOf, reading: Reading) -> exp.Expr:
    """There is a text, and its value is none of the values, or it has none."""
    return exp.and_(_present(reading.text), exp.not_(_among(reading, promise.values)))


def _is_null(expression: exp.Expr) -> exp.Expr:
    return exp.Is(this=expression.copy(), expression=exp.null())


def _present(expression: exp.Expr) -> exp.Expr:
    return exp.not_(_is_null(expression))


def _among(reading: Reading, values: Sequence[str]) -> exp.Expr:
    """Whether a value is one of those listed that are of the column's type; false for null."""
    value_of = reading.spelling.value_of
    listed = [value_of(exp.Literal.string(value), TEXT, reading.type) for value in values]
    found = exp.In(this=reading.value.copy(), expressions=listed)
    return exp.func("coalesce", found, exp.false(), dialect="duckdb")


def _range(column_type: ColumnType) -> tuple[Decimal, Decimal]:
    """Return the lowest and the highest value of a type, so that a bound beyond them needs no literal."""
    if column_type.precision is not None:
        highest = Decimal(10**column_type.precision - 1).scaleb(-(column_type.scale or 0), WIDE)
        return -highest, highest
    if column_type.logical is LogicalType.INTEGER:
        return Decimal(-(2**63)), Decimal(2**63 - 1)
    if column_type.logical is LogicalType.NUMBER:
        return Decimal("-1.7976931348623157E+308"), Decimal("1.7976931348623157E+308")
    raise NotEvaluatedError(
        f"a {column_type} has no minimum or maximum",
        hint="Bounds are for integers and numbers; use a SQL rule.",
    )


def _bound(bound: Decimal, column_type: ColumnType, *, rounding: str) -> exp.Expr:
    """Return a bound in the column's own type, moved to the nearest value inside it that the type has.

    So the comparison needs no common type, which could be too narrow (DECIMAL has 38 digits) or inexact
    (DOUBLE).
    """
    if sql_type(column_type) == "DOUBLE":
        text = repr(float(bound))
    else:
        text = str(bound.quantize(Decimal(1).scaleb(-(column_type.scale or 0)), rounding, WIDE))
    return exp.cast(exp.Literal.string(text), sql_type(column_type), dialect="duckdb")
