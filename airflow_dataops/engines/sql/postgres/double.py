"""Doubles in PostgreSQL: the one nearest to a text or a number, without a cast that could fail.

A double is finite, 0 for a zero alone, and the same where the text is an integer. PostgreSQL raises an error
for a text whose nearest double is infinite, or is 0 without being a zero. So the size of the text is told
from its digits before it is cast.
"""

from __future__ import annotations

from sys import float_info

from sqlglot import exp

from airflow_dataops.core.rows.lexical import NUMBER
from airflow_dataops.engines.sql.postgres.words import (
    as_text,
    between,
    call,
    cast,
    equal,
    matches,
    number,
    part,
    replaced,
    text,
    when,
)
from airflow_dataops.engines.sql.reading import EXACT, NONZERO, WHOLE

PLAIN = r"^[+-]?([0-9]{1,15}(\.[0-9]{0,99})?|\.[0-9]{1,99})$"
"""Numbers as most are: a cast can't fail, and an integer is exact."""

NO_NUMBERS = ("NaN", "Infinity", "-Infinity")

WITH_POINT = r"^[^e]*[.][^e]*$"
SHORT_EXPONENT = r"e[+](0[6-9]|1[0-5])$"
WITHOUT_FRACTION = r"^-?[0-9]+$"
"""Texts of floats that both databases write alike; that DuckDB writes without the exponent; with a `.0`."""

LARGEST_EXPONENT, SMALLEST_EXPONENT = 308, -324
"""Of the first digit of the largest and of the smallest double."""

TOO_LARGE = str(2**1024 - 2**970).rstrip("0")
"""Digits of the first number whose nearest double is infinite (IEEE 754, ties to even), about 1.8e308."""

TOO_SMALL = str(5**1075)
"""Digits of the last number whose nearest double is 0: 2**-1075, about 2.5e-324."""


def finite(column: exp.Expr) -> exp.Expr:
    """Return whether a double is a number. NaN is above all others."""
    low, high = (cast(text(str(end)), "double precision") for end in (-float_info.max, float_info.max))
    return between(cast(column, "double precision"), low, high)


def text_of_double(column: exp.Expr) -> exp.Expr:
    """Return the text of a float, as DuckDB writes it: `1.0`, no exponent below 1e16, `nan` and `inf`."""
    written = as_text(column)
    digits = as_text(cast(written, "numeric"))
    plain = exp.case().when(matches(written, SHORT_EXPONENT), digits).else_(written)
    whole = exp.DPipe(this=exp.Paren(this=plain), expression=text(".0"))
    named = exp.case()
    for theirs, ours in zip(NO_NUMBERS, ("nan", "inf", "-inf"), strict=True):
        named = named.when(equal(written, text(theirs)), text(ours))
    return named.when(matches(written, WITH_POINT), written.copy()).else_(
        exp.case().when(matches(plain, WITHOUT_FRACTION), whole).else_(plain.copy())
    )


def double_of_text(column: exp.Expr) -> exp.Expr:
    """Return the double that a text is; null where it is none."""
    double = cast(column, "double precision")
    slow = when(
        matches(column, f"^({NUMBER})$"),
        exp.case()
        .when(exp.not_(matches(column, NONZERO)), double)
        .when(_in_range(column), _same(column, double)),
    )
    return exp.case().when(matches(column, PLAIN), double.copy()).else_(slow)


def double_of_number(column: exp.Expr) -> exp.Expr:
    """Return the double that a numeric is; null where it comes back as another number."""
    written = as_text(column)
    double = double_of_text(written)
    whole = equal(column, call("trunc", column))
    comes_back = equal(cast(as_text(double), "numeric"), column)
    return when(finite(column), when(exp.or_(whole, comes_back), double))


def is_exact(column: exp.Expr) -> exp.Expr:
    """Return whether an integer is a double of its own."""
    small = between(column, number(-EXACT), number(EXACT))
    return (
        exp.case()
        .when(small, exp.true())
        .else_(equal(_exact(cast(column, "double precision")), cast(column, "numeric")))
    )


def number_of_double(column: exp.Expr) -> exp.Expr:
    """Return the numeric of a finite double: the shortest that is read as it, or itself where it is big."""
    double = cast(column, "double precision")
    big = exp.GTE(this=exp.Abs(this=double), expression=number(EXACT))
    return exp.case().when(big, _exact(double)).else_(cast(as_text(column), "numeric"))


def _same(column: exp.Expr, double: exp.Expr) -> exp.Expr:
    """Return a double where the text is no integer, or is it exactly."""
    small = exp.LT(this=exp.Abs(this=double.copy()), expression=number(EXACT))
    digits = cast(part(column, WHOLE), "numeric")
    return (
        exp.case()
        .when(exp.not_(matches(column, WHOLE)), double)
        .when(small, double.copy())
        .when(equal(digits, _exact(double)), double.copy())
    )


def _exact(double: exp.Expr) -> exp.Expr:
    """Return the integer that a double of at least EXACT is, from its bits: its cast has 15 digits alone."""
    hexadecimal = call("encode", call("float8send", exp.Abs(this=double.copy())), exp.Literal.string("hex"))
    bits = cast(
        cast(exp.Paren(this=exp.DPipe(this=text("x"), expression=hexadecimal, safe=True)), "bit(64)"),
        "bigint",
    )
    fraction = exp.Paren(this=exp.BitwiseAnd(this=bits, expression=number(EXACT // 2 - 1)))
    mantissa = exp.Paren(this=exp.BitwiseOr(this=fraction, expression=number(EXACT // 2)))
    exponent = exp.Paren(
        this=exp.Sub(
            this=exp.Paren(this=exp.BitwiseRightShift(this=bits.copy(), expression=number(52))),
            expression=number(1075),
        )
    )
    power = call("power", cast(number(2), "numeric"), cast(exponent, "numeric"))
    sign = call("sign", cast(double, "numeric"))
    return exp.Mul(
        this=exp.Mul(this=cast(mantissa, "numeric"), expression=power), expression=exp.Paren(this=sign)
    )


def _in_range(column: exp.Expr) -> exp.Expr:
    """Return whether the double nearest to a number that is not 0 is neither infinite nor 0."""
    places = _places(column)
    digits = replaced(_digits(column), "0+$", "")
    largest = exp.LT(this=_bytewise(digits), expression=text(TOO_LARGE))
    smallest = exp.GT(this=_bytewise(digits), expression=text(TOO_SMALL))
    inside = between(places, number(SMALLEST_EXPONENT + 1), number(LARGEST_EXPONENT - 1))
    edges = (
        exp.case()
        .when(inside, exp.true())
        .when(equal(places, number(LARGEST_EXPONENT)), largest)
        .when(equal(places, number(SMALLEST_EXPONENT)), smallest)
        .else_(exp.false())
    )
    # An exponent of ten digits outweighs any text that PostgreSQL can hold.
    return exp.case().when(matches(column, r"[eE][+-]?0*[1-9][0-9]{9,}$"), exp.false()).else_(edges)


def _bytewise(expression: exp.Expr) -> exp.Expr:
    return exp.Collate(this=expression.copy(), expression=exp.to_identifier("C", quoted=True))


def _digits(column: exp.Expr) -> exp.Expr:
    """Return the digits of a number from the first that is not 0."""
    return replaced(call("replace", part(column, "^[+-]?([0-9.]*)"), text("."), text("")), "^0+", "")


def _places(column: exp.Expr) -> exp.Expr:
    """Return the exponent of the first digit that is not 0."""
    whole = call("length", part(column, "^[+-]?0*([0-9]*)"))
    zeros = call("length", part(column, r"^[+-]?0*\.(0*)"))
    exponent = exp.Coalesce(this=cast(part(column, "[eE]([+-]?[0-9]+)$"), "bigint"), expressions=[number(0)])
    first = (
        exp.case()
        .when(exp.GT(this=whole, expression=number(0)), exp.Sub(this=whole.copy(), expression=number(1)))
        .else_(
            exp.Sub(
                this=exp.Neg(this=exp.Coalesce(this=zeros, expressions=[number(0)])), expression=number(1)
            )
        )
    )
    return exp.Paren(this=exp.Add(this=first, expression=exponent))
