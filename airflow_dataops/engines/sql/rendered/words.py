"""The few words that all the rendered databases' expressions are made of, as syntax trees."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MARK = "|"
"""What stands behind a text where a database would take blanks at its end for nothing."""


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return a call of a function, called as the database calls it."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def cast(expression: exp.Expr, name: str) -> exp.Expr:
    """Return an expression in a type, spelled as the database spells it."""
    return exp.Cast(this=expression.copy(), to=type_named(name))


def type_named(name: str) -> exp.DataType:
    """Return a type whose name is written as it is; it is one of ours, never one that people wrote."""
    return exp.DataType(this=exp.DataType.Type.USERDEFINED, kind=name, nullable=False)


def text(value: str) -> exp.Expr:
    """Return a text as a literal."""
    return exp.Literal.string(value)


def number(value: str) -> exp.Expr:
    """Return a number as a literal."""
    if value.startswith("-"):
        return exp.Neg(this=exp.Literal.number(value[1:]))
    return exp.Literal.number(value.removeprefix("+"))


def never() -> exp.Expr:
    """Return a condition that holds for no row, in every database."""
    return exp.EQ(this=exp.Literal.number(1), expression=exp.Literal.number(0))


def present(expression: exp.Expr) -> exp.Expr:
    """Return whether there is a value."""
    return exp.not_(missing(expression))


def missing(expression: exp.Expr) -> exp.Expr:
    """Return whether there is none."""
    return exp.Is(this=expression.copy(), expression=exp.null())


def none_of(expression: exp.Expr, values: list[exp.Expr]) -> exp.Expr:
    """Return whether a value is none of some."""
    return exp.not_(exp.In(this=expression.copy(), expressions=values))


def within(first: exp.Expr, last: exp.Expr) -> Callable[[exp.Expr], exp.Expr]:
    """Return the condition that a value is between two ends, both included."""
    return lambda value: exp.Between(this=value.copy(), low=first.copy(), high=last.copy())


def in_utc(iso: str, form: str) -> str:
    """Return an instant in UTC, in a format of `strftime`; the year has four digits."""
    found = datetime.fromisoformat(iso)
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return f"{found.year:04d}{found.strftime(form)}"


def spelled_out(value: str, signs: Iterable[str], *, character: str) -> exp.Expr:
    """Return a text as literals, with some of its characters as calls that make them of their code points.

    Args:
        value: The text.
        signs: The characters that no literal shall hold.
        character: The function that makes a character.
    """
    kept = re.split(f"([{re.escape(''.join(signs))}])", value)
    parts = [
        call(character, number(str(ord(part)))) if at % 2 else text(part)
        for at, part in enumerate(kept)
        if part
    ]
    return joined(*parts) if parts else text("")


def joined(*texts: exp.Expr) -> exp.Expr:
    """Return texts as one, with `||`."""
    whole, *others = (one.copy() for one in texts)
    for other in others:
        whole = exp.DPipe(this=whole, expression=other, safe=True)
    return exp.Paren(this=whole) if others else whole
