"""The few words that SQLite's expressions are made of, as syntax trees."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Sequence


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return a call of a function."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def when(condition: exp.Expr, value: exp.Expr) -> exp.Case:
    """Return a value where a condition holds, else null. It is not computed where the condition doesn't."""
    return exp.case().when(condition.copy(), value.copy())


def equal(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Return whether two expressions are the same; texts are compared as bytes."""
    binary = exp.Collate(this=right.copy(), expression=exp.to_identifier("BINARY"))
    return exp.EQ(this=left.copy(), expression=binary)


def as_text(column: exp.Expr) -> exp.Expr:
    """Return the text of an integer or a text."""
    return _cast(column, "TEXT")


def as_integer(column: exp.Expr) -> exp.Expr:
    """Return the integer that a number or a text begins with."""
    return _cast(column, "INTEGER")


def as_real(column: exp.Expr) -> exp.Expr:
    """Return the double of a number."""
    return _cast(column, "REAL")


def _cast(column: exp.Expr, name: str) -> exp.Expr:
    return exp.Cast(this=column.copy(), to=exp.DataType.build(name, dialect="sqlite"))


def joined(texts: Sequence[exp.Expr]) -> exp.Expr:
    """Return texts as one, in brackets that are nested as little as can be."""
    if len(texts) == 1:
        return texts[0].copy()
    middle = len(texts) // 2
    halves = [exp.paren(joined(half)) for half in (texts[:middle], texts[middle:])]
    return exp.DPipe(this=halves[0], expression=halves[1])


def literal(value: float | str | None) -> exp.Expr:
    """Return a value as a literal; a double that has to be exact is one that has few digits."""
    if value is None:
        return exp.null()
    if isinstance(value, str):
        return exp.Literal.string(value)
    size = "9e999" if isinf(value) else repr(abs(value))
    return exp.Literal.number(size) if value >= 0 else exp.Neg(this=exp.Literal.number(size))


def of_storage(column: exp.Expr, **values: exp.Expr) -> exp.Expr:
    """Return what becomes of a column, by the type of each value there; null where nothing is said.

    Args:
        column: The column.
        values: `text`, `integer`, `real` or `blob` -> what becomes of such a value.
    """
    found = exp.Case(this=call("typeof", column))
    for name, value in values.items():
        found = found.when(exp.Literal.string(name), value)
    return found
