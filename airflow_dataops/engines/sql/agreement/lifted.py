"""Values of one kind as those of a richer one in SQLite, which holds both as `sqlite/stored.py` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.rows.typed import HIGHEST
from airflow_dataops.engines.sql.agreement.kind import (
    DATE,
    DECIMAL,
    DOUBLE,
    INSTANT,
    LOCAL,
    WHOLE,
    Differs,
)
from airflow_dataops.engines.sql.agreement.words import divided, double, fails_in_sqlite, grouped, integer

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.agreement.kind import (
        Kind,
    )

MIDNIGHT = " 00:00:00.000000"


def in_64_bits(node: exp.Expr) -> exp.Expr:
    """Return an integer; the statement ends where SQLite would go on with a double, as DuckDB ends it."""
    whole = node.copy()
    for name in ("this", "expression"):
        if isinstance(part := whole.args.get(name), exp.Expr):
            part.replace(_unguarded(part))  # what goes on with a double there is one here as well
    kind = exp.Anonymous(this="TYPEOF", expressions=[whole])
    too_big = exp.EQ(this=kind, expression=exp.Literal.string("real"))
    return exp.case().when(too_big, fails_in_sqlite()).else_(whole.copy())


def _unguarded(node: exp.Expr) -> exp.Expr:
    """Return an integer as `in_64_bits` took it."""
    inner = node.unnest()
    if not isinstance(inner, exp.Case) or inner.this is not None:
        return node
    condition = inner.args["ifs"][0].this
    guards = isinstance(condition, exp.EQ) and condition.this.name == "TYPEOF"
    return grouped(inner.args["default"]) if guards else node


def real(node: exp.Expr, kind: Kind) -> exp.Expr:
    """Return a number as a double."""
    if not kind.scale:
        return double(node, kind)
    return exp.Paren(this=divided(double(node), double(integer(10**kind.scale))))


def scaled(node: exp.Expr, by: int) -> exp.Expr:
    """Return an integer with more digits behind the point that it hasn't."""
    if not by:
        return node.copy()
    if node.is_int:
        found = (-1 if isinstance(node, exp.Neg) else 1) * int(node.name) * 10**by
        if abs(found) > HIGHEST:
            raise Differs("SQLite has integers of 64 bits alone")
        return integer(found)
    return in_64_bits(exp.Mul(this=grouped(node), expression=integer(10**by)))


def lifted(node: exp.Expr, kind: Kind, to: Kind) -> exp.Expr:
    """Return a value of one kind as one of a richer kind."""
    if kind.within((WHOLE, DECIMAL)) and to == DOUBLE:
        return real(node, kind)
    if kind.within((WHOLE, DECIMAL)) and to.within((DECIMAL,)):
        return scaled(node, to.scale - kind.scale)
    if kind == DATE and to in {LOCAL, INSTANT}:
        return exp.Paren(this=exp.DPipe(this=grouped(node), expression=exp.Literal.string(MIDNIGHT)))
    return node.copy()
