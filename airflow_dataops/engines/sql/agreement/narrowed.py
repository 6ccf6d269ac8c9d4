"""Casts to an integer, which end where the number does not fit: MariaDB would keep the largest integer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.kind import WHOLE, Differs
from airflow_dataops.engines.sql.agreement.words import (
    cast,
    fails_in_mariadb,
    fails_in_sqlite,
    grouped,
    integer,
)

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.agreement.kind import Kind

    Kinds = tuple[Kind, ...]

BITS: dict[exp.DType, int] = {
    exp.DType.TINYINT: 8,
    exp.DType.SMALLINT: 16,
    exp.DType.INT: 32,
    exp.DType.BIGINT: 64,
}
"""Type of an integer with a sign -> its bits."""


def in_postgres(node: exp.Expr, _: Kinds) -> exp.Expr:
    """Return the cast as it stands: it ends by itself."""
    if node.args["to"].this == exp.DType.TINYINT:
        raise Differs("it has no integers of 8 bits")
    return node


def in_mariadb(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """Return the cast to an integer of 64 bits, the largest that MariaDB has."""
    bits = BITS.get(node.args["to"].this)
    if bits is None:
        raise Differs("it has integers of 64 bits, with a sign, alone")
    value = cast(node.this, "SIGNED", "mysql")
    if _fits(kinds[0], bits):
        return value
    zero = exp.Mul(this=exp.Length(this=node.this.copy()), expression=integer(0))
    fails = cast(fails_in_mariadb(zero), "SIGNED", "mysql")
    return exp.case().when(_beyond(node.this, bits), fails).else_(value)


def in_sqlite(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """Return an integer as it is."""
    bits = BITS.get(node.args["to"].this)
    if bits is None or _fits(kinds[0], bits):
        return grouped(node.this)
    return exp.case().when(_beyond(node.this, bits), fails_in_sqlite()).else_(grouped(node.this))


def _fits(kind: Kind, bits: int) -> bool:
    """Say whether every number of a kind is an integer of so many bits, rounded."""
    digits = kind.digits - kind.scale
    return 10**digits < 2 ** (bits - 1) or (kind == WHOLE and bits == BITS[exp.DType.BIGINT])


def _beyond(number: exp.Expr, bits: int) -> exp.Expr:
    """Return whether a number, rounded half away from 0, is no integer of so many bits."""
    most = exp.Literal.number(f"{2 ** (bits - 1) - 1}.5")
    least = exp.Neg(this=exp.Literal.number(f"{2 ** (bits - 1)}.5"))
    return exp.or_(
        exp.GTE(this=grouped(number), expression=most), exp.LTE(this=grouped(number), expression=least)
    )
