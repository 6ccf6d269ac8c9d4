"""The few words that the ways are made of, as syntax trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.kind import DOUBLE, WHOLE, Differs
from airflow_dataops.engines.sql.agreement.way import MARIADB, POSTGRES

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.agreement.kind import Kind

LOOSE = (exp.Binary, exp.Between, exp.Cast, exp.In, exp.Not, exp.Neg, exp.Case, exp.Like, exp.Collate)
"""What stands in brackets as an operand, whatever binds tighter there."""

BYTEWISE = {POSTGRES: "C", MARIADB: "utf8mb4_nopad_bin"}
"""Database -> its collation that tells every two texts apart, and has the order of code points."""


def grouped(tree: exp.Expr) -> exp.Expr:
    """Return an operand, in brackets where it needs them."""
    return exp.Paren(this=tree.copy()) if isinstance(tree, LOOSE) else tree.copy()


def loose(tree: exp.Expr) -> bool:
    """Say whether what is said in place of something else needs brackets beside what binds tighter."""
    return isinstance(tree, exp.Binary | exp.Not | exp.Between | exp.In)


def integer(value: int) -> exp.Expr:
    """Return a whole number as a literal."""
    return exp.Literal.number(str(value)) if value >= 0 else exp.Neg(this=exp.Literal.number(str(-value)))


def literal(tree: exp.Expr, what: str) -> str:
    """Return a text that is written out.

    Raises:
        Differs: If it is none.
    """
    if not tree.is_string:
        raise Differs(f"it is agreed on for {what} that is written out alone")
    return tree.name


def cast(tree: exp.Expr, name: str, engine: str) -> exp.Cast:
    """Return an expression in a type of a database."""
    return exp.Cast(this=tree.copy(), to=exp.DataType.build(name, dialect=engine, udt=True))


def double(tree: exp.Expr, kind: Kind = WHOLE) -> exp.Expr:
    """Return a number as a double."""
    if kind == DOUBLE:
        return grouped(tree)
    return exp.Cast(this=tree.copy(), to=exp.DataType.build("DOUBLE", dialect="duckdb"))


def divided(tree: exp.Expr, by: exp.Expr) -> exp.Expr:
    """Return a division as it is written, to which sqlglot adds nothing of its own."""
    return exp.Div(this=grouped(tree), expression=grouped(by), typed=True, safe=False)


def collated(tree: exp.Expr, name: str) -> exp.Expr:
    """Return a text in a collation."""
    return exp.Collate(this=grouped(tree), expression=exp.to_identifier(name, quoted=name == "C"))


def one_or_zero(condition: exp.Expr) -> exp.Case:
    """Return 1 where a condition is true, 0 where it is false, and null where it is neither."""
    no = exp.Not(this=grouped(condition))
    return exp.case().when(condition.copy(), integer(1)).when(no, integer(0))


def if_zero(tree: exp.Expr, then: exp.Expr, otherwise: exp.Expr, *, of: exp.Expr | None = None) -> exp.Expr:
    """Return one value where a number is 0, and another where it isn't, or where another number is null."""
    zero: exp.Expr = exp.EQ(this=grouped(tree), expression=integer(0))
    if of is not None:
        zero = exp.and_(zero, exp.not_(exp.Is(this=grouped(of), expression=exp.null())))
    return exp.case().when(zero, then).else_(otherwise)


def fails_in_mariadb(where: exp.Expr) -> exp.Expr:
    """Return what MariaDB ends the statement at, where a number is 0: it knows no other error."""
    return exp.Exp(this=exp.Add(this=integer(710), expression=grouped(where)))


def fails_in_sqlite() -> exp.Expr:
    """Return what SQLite ends the statement at: the lowest number of 64 bits has no absolute value."""
    lowest = exp.Sub(this=integer(-(2**63 - 1)), expression=integer(1))
    return exp.Abs(this=lowest)
