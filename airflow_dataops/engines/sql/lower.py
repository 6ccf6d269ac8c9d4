"""Promise -> the expression that says, for each row, whether the row breaks it. Never null."""

from __future__ import annotations

import operator
from datetime import date, time
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import singledispatch
from math import lcm
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.spec import (
    Above,
    AtLeast,
    AtMost,
    Below,
    Matches,
    MultipleOf,
    NotLonger,
    NotNull,
    NotShorter,
    OfType,
    OneOf,
    Within,
)
from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.reading import sql_type
from airflow_dataops.engines.sql.spelling import TEXT
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow_dataops.core.checks.spec import Promise
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.core.contract.options import Bound
    from airflow_dataops.engines.sql.reading import Reading

NUMBERS = frozenset({LogicalType.INTEGER, LogicalType.NUMBER})

HOLDS: dict[type[exp.Binary], Callable[[Decimal, Decimal], bool]] = {
    exp.LT: operator.lt,
    exp.LTE: operator.le,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
}
"""Comparison in SQL -> the same of two numbers."""

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
    null = _is_null(reading.is_there)
    # An empty text says nothing of a column that isn't text: there it is null anyway.
    listed = [value for value in promise.missing if value or reading.type.is_text]
    if not listed:
        return null
    texts = exp.In(this=reading.text.copy(), expressions=[exp.Literal.string(value) for value in listed])
    return exp.or_(null, texts, _among(reading, listed))


@lower.register(OfType)
def of_type(_promise: OfType, reading: Reading) -> exp.Expr:
    """There is a text, and it has no value in the type."""
    return exp.and_(_present(reading.is_there), _is_null(reading.value))


@lower.register(AtLeast)
def at_least(promise: AtLeast, reading: Reading) -> exp.Expr:
    """There is a value, and it is below the bound."""
    return _outside(reading, promise.bound, exp.LT, rounding=ROUND_CEILING)


@lower.register(AtMost)
def at_most(promise: AtMost, reading: Reading) -> exp.Expr:
    """There is a value, and it is above the bound."""
    return _outside(reading, promise.bound, exp.GT, rounding=ROUND_FLOOR)


@lower.register(Above)
def above(promise: Above, reading: Reading) -> exp.Expr:
    """There is a value, and it is the bound or below it."""
    return _outside(reading, promise.bound, exp.LTE, rounding=ROUND_FLOOR)


@lower.register(Below)
def below(promise: Below, reading: Reading) -> exp.Expr:
    """There is a value, and it is the bound or above it."""
    return _outside(reading, promise.bound, exp.GTE, rounding=ROUND_CEILING)


@lower.register(Within)
def within(promise: Within, reading: Reading) -> exp.Expr:
    """There is a value, and it is beyond one of the ends."""
    return exp.or_(
        _outside(reading, promise.lowest, exp.LT, rounding=ROUND_CEILING),
        _outside(reading, promise.highest, exp.GT, rounding=ROUND_FLOOR),
    )


@lower.register(MultipleOf)
def multiple_of(promise: MultipleOf, reading: Reading) -> exp.Expr:
    """There is a value, and what is left of it when it is divided by the step."""
    wanted = sql_type(reading.type)
    if wanted == "DOUBLE" or reading.type.logical not in NUMBERS:
        raise NotEvaluatedError(
            f"whether a {reading.type} is a multiple can't be told exactly",
            hint="Use an integer, or a number with `physicalType: numeric(p,s)`.",
        )
    # The least step that is a value of the type: what divides a value by the one divides it by the other.
    unit = Fraction(1, 10 ** (reading.type.scale or 0))
    step = Fraction(promise.step)
    least = Fraction(
        lcm(step.numerator * unit.denominator, unit.numerator * step.denominator),
        step.denominator * unit.denominator,
    )
    zero = exp.cast(exp.Literal.number(0), wanted, dialect="duckdb")
    if least > Fraction(_range(reading.type)[1]):
        return exp.and_(_present(reading.value), exp.NEQ(this=reading.value.copy(), expression=zero))
    divisor = _bound(_decimal(least), reading.type, rounding=ROUND_FLOOR)
    rest = exp.Mod(this=reading.value.copy(), expression=divisor)
    return exp.and_(_present(reading.value), exp.NEQ(this=rest, expression=zero))


@lower.register(NotShorter)
def not_shorter(promise: NotShorter, reading: Reading) -> exp.Expr:
    """There is a text, and it has fewer characters."""
    return exp.and_(_present(reading.is_there), _length(reading, exp.LT, promise.length))


@lower.register(NotLonger)
def not_longer(promise: NotLonger, reading: Reading) -> exp.Expr:
    """There is a text, and it has more characters."""
    return exp.and_(_present(reading.is_there), _length(reading, exp.GT, promise.length))


@lower.register(Matches)
def matches(promise: Matches, reading: Reading) -> exp.Expr:
    """There is a text, and the pattern is not found in it."""
    found = reading.spelling.found(reading.text.copy(), promise.pattern)
    return exp.and_(_present(reading.is_there), exp.not_(found))


@lower.register(OneOf)
def one_of(promise: OneOf, reading: Reading) -> exp.Expr:
    """There is a text, and its value is none of the values, or it has none."""
    return exp.and_(_present(reading.is_there), exp.not_(_among(reading, promise.values)))


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


def _outside(reading: Reading, bound: Bound, comparison: type[exp.Binary], *, rounding: str) -> exp.Expr:
    """Return whether there is a value that a comparison with the bound holds for.

    A number's bound becomes the nearest value of the column's own type on the side that `rounding` says.
    What holds for both ends of the type holds for every value of it; what holds for neither, for none.
    """
    if isinstance(bound, date | time):
        literal = exp.cast(exp.Literal.string(bound.isoformat()), sql_type(reading.type), dialect="duckdb")
        return exp.and_(_present(reading.value), comparison(this=reading.value.copy(), expression=literal))
    of_ends = [HOLDS[comparison](end, bound) for end in _range(reading.type)]
    if not any(of_ends):
        return exp.false()
    if all(of_ends):
        return _present(reading.value)
    return exp.and_(
        _present(reading.value),
        comparison(this=reading.value.copy(), expression=_bound(bound, reading.type, rounding=rounding)),
    )


def _decimal(number: Fraction) -> Decimal:
    """Return a fraction whose denominator is a power of ten, exactly."""
    return WIDE.divide(Decimal(number.numerator), Decimal(number.denominator))


def _length(reading: Reading, comparison: type[exp.Binary], than: int) -> exp.Expr:
    length = exp.Length(this=reading.text.copy())
    return comparison(this=length, expression=exp.Literal.number(than))


def _bound(bound: Decimal, column_type: ColumnType, *, rounding: str) -> exp.Expr:
    """Return a bound in the column's own type, moved to the nearest value inside it that the type has.

    So the comparison needs no common type, which could be too narrow (DECIMAL has 38 digits) or inexact
    (DOUBLE).
    """
    if sql_type(column_type) == "DOUBLE":
        text = repr(float(bound))
    else:
        # Without an exponent, as a decimal is written: `0E-10` is none.
        text = f"{bound.quantize(Decimal(1).scaleb(-(column_type.scale or 0)), rounding, WIDE):f}"
    return exp.cast(exp.Literal.string(text), sql_type(column_type), dialect="duckdb")
