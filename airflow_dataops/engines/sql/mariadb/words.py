"""The few words that MariaDB's expressions are made of, as syntax trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.mariadb.pattern import translated

if TYPE_CHECKING:
    from decimal import Decimal

COLLATION = "utf8mb4_nopad_bin"
"""Texts are compared by their characters: by case, by accents, and by each blank at their end."""

MOST = 2**64 - 1
"""The largest whole number that MariaDB reckons with; adding to it is an error."""


def cast(expression: exp.Expr, name: str) -> exp.Expr:
    """Return an expression in a type of MariaDB: null, or what is near, with a warning, where it is none."""
    return exp.Cast(this=expression.copy(), to=exp.DataType.build(name, dialect="mysql"))


def as_text(expression: exp.Expr) -> exp.Expr:
    """Return the text of an expression, in Unicode, compared by its characters."""
    kind = exp.DataType(this=exp.DType.CHARACTER_SET, kind=exp.Var(this="utf8mb4"))
    text = exp.Cast(this=expression.copy(), to=kind)
    return exp.Collate(this=text, expression=exp.Var(this=COLLATION))


def number(value: int | Decimal) -> exp.Expr:
    """Return a number as a literal."""
    return exp.Literal.number(str(value)) if value >= 0 else exp.Neg(this=exp.Literal.number(str(-value)))


def string(value: str) -> exp.Expr:
    """Return a text as a literal."""
    return exp.Literal.string(value)


def when(condition: exp.Expr, value: exp.Expr) -> exp.Case:
    """Return a value where a condition holds, else null."""
    return exp.case().when(condition.copy(), value.copy())


def matches(text: exp.Expr, pattern: str) -> exp.Expr:
    """Return whether a pattern of RE2, with which PCRE2 never goes far back in a text, is found in it."""
    return exp.RegexpLike(this=text.copy(), expression=string(translated(pattern)))


def found(text: exp.Expr, pattern: str) -> exp.Expr:
    r"""Return whether a pattern of RE2 is found in a text; where PCRE2 gives up, the statement fails.

    PCRE2 goes back and forth in a text, up to a limit, and then MariaDB says that nothing was found, with a
    warning. So what wasn't found is sought again, or else the end, which there always is: where not even that
    is found, it gave up.
    """
    or_the_end = string(f"(?:{translated(pattern)})|\\z")
    looked = exp.GT(this=call("REGEXP_INSTR", text, or_the_end), expression=number(0))
    return (
        exp.case().when(matches(text, pattern), exp.true()).when(looked, exp.false()).else_(impossible(text))
    )


def impossible(text: exp.Expr) -> exp.Expr:
    """Return what can't be computed, an error of the statement (GAVE_UP); null for null."""
    above = exp.Add(this=call("CHAR_LENGTH", text), expression=number(1))
    return exp.Add(this=number(MOST), expression=exp.Paren(this=above))


def replaced(text: exp.Expr, pattern: str, replacement: str) -> exp.Expr:
    r"""Return a text in which what a pattern of PCRE2 finds is replaced; `\1` is its first group."""
    return call("REGEXP_REPLACE", text, string(pattern), string(replacement))


def part(text: exp.Expr, pattern: str) -> exp.Expr:
    """Return what a pattern of PCRE2 finds in a text; empty where it finds nothing."""
    return call("REGEXP_SUBSTR", text, string(pattern))


def between(expression: exp.Expr, low: exp.Expr, high: exp.Expr) -> exp.Expr:
    """Return whether an expression is within two ends, both included."""
    return exp.Between(this=expression.copy(), low=low.copy(), high=high.copy())


def equal(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Return whether two expressions are the same."""
    return exp.EQ(this=left.copy(), expression=right.copy())


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return a call of a function of MariaDB."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def digest(expression: exp.Expr) -> exp.Expr:
    """Return what tells values apart where MariaDB sorts them, for there it looks at 1024 bytes alone."""
    return call("UNHEX", call("SHA2", expression, number(256)))


def least(*arguments: exp.Expr) -> exp.Expr:
    """Return the smallest of some numbers."""
    return call("LEAST", *arguments)


def power_of_two(exponent: exp.Expr) -> exp.Expr:
    """Return two to the power of an exponent from 0 to 215, as a decimal: its double has 17 digits alone."""
    steps = [string(str(2**at)) for at in range(0, 216, 16)]
    at = exp.Add(this=number(1), expression=exp.IntDiv(this=_in(exponent), expression=number(16)))
    rest = exp.BitwiseLeftShift(this=number(1), expression=_in(call("MOD", exponent, number(16))))
    return _in(exp.Mul(this=cast(call("ELT", at, *steps), "decimal(65,0)"), expression=_in(rest)))


def _in(expression: exp.Expr) -> exp.Expr:
    return exp.Paren(this=expression.copy())
