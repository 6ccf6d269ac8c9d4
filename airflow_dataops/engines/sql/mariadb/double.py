"""Doubles in MariaDB: the one nearest to a text or a number.

A double is finite, 0 for a zero alone, and the same where the text is an integer. MariaDB reads a text as the
nearest double, but one that is too large as the largest, and it writes 17 digits of a double at most. So
which number is meant at the edges is told from the digits.
"""

from __future__ import annotations

from sqlglot import exp

from airflow_dataops.core.rows.lexical import NUMBER
from airflow_dataops.engines.sql.mariadb.words import (
    as_text,
    call,
    cast,
    equal,
    impossible,
    least,
    matches,
    number,
    part,
    power_of_two,
    replaced,
    string,
    when,
)
from airflow_dataops.engines.sql.reading import EXACT, NONZERO, WHOLE

PLAIN = r"^[+-]?([0-9]{1,15}(\.[0-9]{0,99})?|\.[0-9]{1,99})$"
"""Numbers as most are: within the range, and an integer is exact. A zero is a zero."""

LARGEST = "1.7976931348623157e308"
"""The largest double, which stands for all that is larger, too."""

LARGEST_EXPONENT = 308

TOO_LARGE = str(2**1024 - 2**970).rstrip("0")
"""Digits of the first number whose nearest double is infinite (IEEE 754, ties to even), about 1.8e308."""

MOST_DIGITS = 65
"""Of a decimal of MariaDB."""

MOST_BITS = 215
"""Two to this power has MOST_DIGITS."""

MANTISSA = 52
"""Bits of a double behind the first."""


def double_of_text(column: exp.Expr) -> exp.Expr:
    """Return the double that a text is; null where it is none."""
    double = cast(column, "double")
    size = _size(double)
    exact = exp.and_(matches(column, WHOLE), exp.GTE(this=size.copy(), expression=number(EXACT)))
    slow = when(
        matches(column, f"^({NUMBER})$"),
        exp.case()
        .when(exp.not_(matches(column, NONZERO)), double)
        .when(equal(double, number(0)), exp.null())
        .when(
            exp.and_(exp.GTE(this=size, expression=exp.Literal.number(LARGEST)), exp.not_(_in_range(column))),
            exp.null(),
        )
        .when(exact, when(_is_exact(column, double), double))
        .else_(double.copy()),
    )
    read = exp.case().when(matches(column, PLAIN), double.copy()).else_(slow)
    # There is a zero below 0, which would be a value of its own where rows are grouped.
    return exp.Add(this=exp.Paren(this=read), expression=exp.Literal.number("0e0"))


def double_of_decimal(column: exp.Expr, scale: int) -> exp.Expr:
    """Return the double that a decimal is; null where it comes back as another number.

    Args:
        column: The decimal.
        scale: How many digits it has behind its point.
    """
    double = double_of_text(as_text(column))
    whole = equal(column, call("TRUNCATE", column, number(0)))
    comes_back = equal(cast(double, f"decimal({MOST_DIGITS},{scale})"), column)
    return when(exp.or_(whole, comes_back), double)


def decimal_of_double(column: exp.Expr, name: str, *, back: str) -> exp.Expr:
    """Return the decimal that a number is; null where it comes back as another number.

    Args:
        column: A double, or a float.
        name: The decimal's type; it has 38 digits at most.
        back: The type of the column.
    """
    double = cast(column, "double")
    near = cast(double, name)
    comes_back = equal(cast(near, back), column)
    whole = cast(_whole(double), name)
    big = exp.GTE(this=_size(double), expression=number(EXACT))
    small_enough = exp.LT(this=_size(double), expression=exp.Literal.number("1e38"))
    exact = when(small_enough, when(equal(whole, _whole(double)), whole))
    return exp.case().when(big, exact).else_(when(comes_back, near))


def _size(double: exp.Expr) -> exp.Expr:
    return exp.Abs(this=double.copy())


def _whole(double: exp.Expr) -> exp.Expr:
    """Return the integer that a double is, from EXACT to 1e38, with all its digits."""
    unit = _unit(double)
    bits = cast(
        exp.Div(this=_size(double), expression=call("POW", number(2), unit), typed=False), "decimal(65,0)"
    )
    sign = exp.Paren(this=call("SIGN", double))
    return exp.Paren(this=exp.Mul(this=exp.Mul(this=bits, expression=power_of_two(unit)), expression=sign))


def _unit(double: exp.Expr) -> exp.Expr:
    """Return the exponent of the last bit of a double, which is not 0."""
    logarithm = exp.Add(this=call("LOG2", _size(double)), expression=exp.Literal.number("1e-9"))
    above = least(number(1023), call("FLOOR", logarithm))  # it is the exponent, or one more
    too_much = exp.Paren(this=exp.GT(this=call("POW", number(2), above), expression=_size(double)))
    exponent = exp.Sub(this=above, expression=too_much)
    return exp.Paren(this=exp.Sub(this=exponent, expression=number(MANTISSA)))


def _is_exact(column: exp.Expr, double: exp.Expr) -> exp.Expr:
    """Return whether an integer's text is a double of EXACT and above, not only near it.

    It is where the last bit of the double divides it. A zero at the end of the text is a 2 and a 5, and the
    digits before them are a decimal. Where they are more, the last ones tell mostly that it isn't; that it
    is can't be told then, which is an error.
    """
    digits = replaced(part(column, "[0-9]++"), r"\A0++", "")
    significant = replaced(digits, r"0++\z", "")
    length, zeros = (
        call("CHAR_LENGTH", significant),
        call("CHAR_LENGTH", part(digits, r"0++\z")),
    )
    needed = exp.Paren(this=exp.Sub(this=_unit(double), expression=zeros))
    last = cast(call("RIGHT", significant, number(MOST_DIGITS)), "decimal(65,0)")
    most = exp.case().when(_is_long(length), number(MOST_DIGITS)).else_(number(MOST_BITS))
    divided = equal(call("MOD", last, power_of_two(least(needed, exp.Paren(this=most)))), number(0))
    return (
        exp.case()
        .when(exp.LTE(this=needed.copy(), expression=number(0)), exp.true())
        .when(exp.not_(divided), exp.false())
        .when(exp.LTE(this=needed.copy(), expression=exp.Paren(this=most.copy())), exp.true())
        .when(_is_long(length), impossible(column))
        .else_(exp.false())
    )


def _is_long(length: exp.Expr) -> exp.Expr:
    return exp.GT(this=length.copy(), expression=number(MOST_DIGITS))


def _in_range(column: exp.Expr) -> exp.Expr:
    """Return whether the double nearest to a number that is not 0 is not infinite."""
    places = _places(column)
    digits = replaced(_digits(column), r"0++\z", "")
    return (
        exp.case()
        .when(exp.LT(this=places, expression=number(LARGEST_EXPONENT)), exp.true())
        .when(
            equal(places, number(LARGEST_EXPONENT)),
            exp.LT(this=as_text(digits), expression=as_text(string(TOO_LARGE))),
        )
        .else_(exp.false())
    )


def _digits(column: exp.Expr) -> exp.Expr:
    """Return the digits of a number from the first that is not 0."""
    mantissa = call("REPLACE", part(column, r"[0-9.]++"), string("."), string(""))
    return replaced(mantissa, r"\A0++", "")


def _places(column: exp.Expr) -> exp.Expr:
    """Return the exponent of the first digit that is not 0."""
    mantissa = part(column, r"[0-9.]++")
    whole = call("CHAR_LENGTH", replaced(part(mantissa, r"\A[0-9]*+"), r"\A0++", ""))
    zeros = call("CHAR_LENGTH", part(mantissa, r"(?<=\.)0*+"))
    # What has more than 65 digits comes to 65 nines.
    exponent = cast(replaced(part(column, r"[eE][+-]?[0-9]++\z"), r"\A[eE]\+?", ""), "decimal(65,0)")
    first = (
        exp.case()
        .when(exp.GT(this=whole, expression=number(0)), exp.Sub(this=whole.copy(), expression=number(1)))
        .else_(exp.Sub(this=exp.Neg(this=zeros), expression=number(1)))
    )
    return exp.Paren(this=exp.Add(this=exp.Paren(this=first), expression=exponent))
