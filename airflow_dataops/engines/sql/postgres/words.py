"""The few words that PostgreSQL's expressions are made of, as syntax trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from decimal import Decimal


def cast(expression: exp.Expr, name: str) -> exp.Expr:
    """Return an expression in a type of PostgreSQL.

    A literal is a text first: PostgreSQL would read it as the type at once, whatever CASE it stands in.
    """
    inner = as_text(expression) if expression.is_string else expression.copy()
    return exp.Cast(this=inner, to=exp.DataType.build(name, dialect="postgres"))


def constant(value: str, name: str) -> exp.Expr:
    """Return a value of a type, read once and not for each row; where it is none, the statement fails."""
    return exp.Cast(this=exp.Literal.string(value), to=exp.DataType.build(name, dialect="postgres"))


def as_text(expression: exp.Expr) -> exp.Expr:
    """Return the text of an expression."""
    return exp.Cast(this=expression.copy(), to=exp.DataType(this=exp.DType.TEXT))


def number(value: int | Decimal) -> exp.Expr:
    """Return a number as a literal."""
    return exp.Literal.number(str(value)) if value >= 0 else exp.Neg(this=exp.Literal.number(str(-value)))


def text(value: str) -> exp.Expr:
    """Return a text as a literal of the type text."""
    return as_text(exp.Literal.string(value))


def when(condition: exp.Expr, value: exp.Expr) -> exp.Case:
    """Return a value where a condition holds, else null. It is not computed where the condition doesn't."""
    return exp.case().when(condition.copy(), value.copy())


def matches(expression: exp.Expr, pattern: str) -> exp.Expr:
    """Return whether a pattern, as PostgreSQL writes it, is found in a text."""
    return exp.RegexpLike(this=expression.copy(), expression=exp.Literal.string(pattern))


def replaced(expression: exp.Expr, pattern: str, replacement: str) -> exp.Expr:
    """Return a text in which what a pattern finds first is replaced."""
    arguments = (expression.copy(), exp.Literal.string(pattern), exp.Literal.string(replacement))
    return exp.Anonymous(this="regexp_replace", expressions=list(arguments))


def part(expression: exp.Expr, pattern: str) -> exp.Expr:
    """Return what a pattern, or its first group, finds in a text; null where it finds nothing."""
    return exp.Anonymous(this="substring", expressions=[expression.copy(), exp.Literal.string(pattern)])


def between(expression: exp.Expr, low: exp.Expr, high: exp.Expr) -> exp.Expr:
    """Return whether an expression is within two ends, both included."""
    return exp.Between(this=expression.copy(), low=low, high=high)


def equal(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Return whether two expressions are the same."""
    return exp.EQ(this=left.copy(), expression=right.copy())


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return a call of a function of PostgreSQL."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])
