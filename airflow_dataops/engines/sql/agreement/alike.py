"""Operands as values of one kind: what is written out is read as what stands beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.kind import (
    DECIMAL,
    EXACT,
    NULL,
    TEXT,
    WHOLE,
    Differs,
    Kind,
    common,
    is_wide,
)
from airflow_dataops.engines.sql.agreement.lifted import lifted
from airflow_dataops.engines.sql.agreement.reading import read
from airflow_dataops.engines.sql.agreement.way import SQLITE
from airflow_dataops.engines.sql.sqlite.stored import EXACTLY, as_wide

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.agreement.way import Construct

Kinds = tuple[Kind, ...]


def alike(construct: Construct, operands: list[exp.Expr], kinds: Kinds, engine: str) -> Kinds:
    """Make operands alike where they stand, and return their kinds.

    Raises:
        Differs: If they aren't of one kind in every database.
    """
    found = list(kinds)
    others = [kind for kind in found if kind not in {TEXT, NULL}]
    if construct.reads and others and TEXT in found:
        wanted = common(others)
        for at, operand in enumerate(operands):
            if found[at] == TEXT and operand.is_string:
                value, found[at] = read(operand.name, wanted, engine)
                operand.replace(value)
                operands[at] = value
    if engine != SQLITE:
        common(found)
        return tuple(found)
    if construct.compares:
        found = _beside(operands, found)
    return lift(operands, found)


def lift(operands: list[exp.Expr], kinds: list[Kind]) -> Kinds:
    """Make operands what they are together, which SQLite holds otherwise, and return their kinds.

    Raises:
        Differs: If that is nothing in every database.
    """
    together = common(kinds)
    for operand, kind in zip(operands, kinds, strict=True):
        if kind not in {NULL, together}:
            operand.replace(lifted(operand, kind, together))
    return tuple(kind if kind == NULL else together for kind in kinds)


def _beside(operands: list[exp.Expr], kinds: list[Kind]) -> list[Kind]:
    """Make numbers that are written out such as those beside them are held; return all kinds."""
    numbers = [_number(operand, kind) for operand, kind in zip(operands, kinds, strict=True)]
    columns = [kind for number, kind in zip(numbers, kinds, strict=True) if number is None and kind != NULL]
    if not columns:
        return kinds
    wanted = common(columns)
    if not (wanted.within((WHOLE, DECIMAL)) or is_wide(wanted)):
        return kinds
    for operand, number in zip(operands, numbers, strict=True):
        if number is not None:
            operand.replace(_held(number, wanted))
    return [kind if number is None else wanted for number, kind in zip(numbers, kinds, strict=True)]


def _number(operand: exp.Expr, kind: Kind) -> Decimal | None:
    """Return a number that is written out, which SQLite was told as a whole number already."""
    inner = operand.unnest()
    size = inner.this.unnest() if isinstance(inner, exp.Neg) else inner
    of_numbers = kind.within((WHOLE, DECIMAL)) or is_wide(kind)
    if not of_numbers or not isinstance(size, exp.Literal):
        return None
    sign = -1 if isinstance(inner, exp.Neg) else 1
    return Decimal(sign * int(size.name)).scaleb(-kind.scale)


def _held(number: Decimal, kind: Kind) -> exp.Expr:
    """Return a number as values of a kind are held; one between two of them is between them there."""
    digits = EXACTLY.scaleb(number, kind.scale)
    whole = digits == digits.to_integral_value()
    if is_wide(kind):
        if not whole:
            raise Differs("SQLite holds no number between two decimals of over 18 digits")
        return exp.Literal.string(as_wide(int(digits)))
    if not whole and len(digits.as_tuple().digits) > EXACT:
        raise Differs(f"SQLite compares decimals with numbers of {EXACT} digits")
    size = exp.Literal.number(str(abs(int(digits))) if whole else f"{abs(digits):f}")
    return exp.Neg(this=size) if number < 0 else size
