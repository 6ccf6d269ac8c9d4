"""What databases agree about when they round numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.kind import (
    DECIMAL,
    DOUBLE,
    NUMBERS,
    WHOLE,
    Differs,
    Kind,
    common,
    of,
)
from airflow_dataops.engines.sql.agreement.way import SAME, Construct, Way, ways
from airflow_dataops.engines.sql.agreement.words import cast, divided, double, grouped

if TYPE_CHECKING:
    Kinds = tuple[Kind, ...]

NO_DECIMALS = "SQLite has no decimals to round"
MOST_PLACES = 22
"""Powers of ten up to this one are doubles."""


def _fraction(_: exp.Expr, kinds: Kinds) -> Kind:
    found = of(kinds, DECIMAL, DOUBLE)
    return Kind(found.name, found.digits) if found.within((DECIMAL,)) else found


def _rounded(node: exp.Expr, kinds: Kinds) -> Kind:
    places = node.args.get("decimals")
    written = isinstance(places, exp.Literal) and places.is_int  # a sign before it is no part of its name
    if places is not None and not (written and int(places.name) <= MOST_PLACES):
        raise Differs(f"it is agreed on for a literal number of places, 0 to {MOST_PLACES}, alone")
    found = of(kinds, *NUMBERS)
    scale = min(found.scale, 0 if places is None else int(places.name))
    return Kind(found.name, found.digits, scale) if found.within((DECIMAL,)) else found


def without_decimals(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """Return a part as it stands, unless SQLite would reckon with decimals."""
    if common(kinds).within((DECIMAL,)):
        raise Differs(NO_DECIMALS)
    return node


def _scaled(node: exp.Expr) -> tuple[exp.Expr, exp.Expr | None]:
    """Return a double times the power of ten that rounding is about, and the power; none where it is 1."""
    places = int(node.args["decimals"].name) if node.args.get("decimals") else 0
    if not places:
        return grouped(node.this), None
    power = double(exp.Literal.number(f"1{'0' * places}"))
    return exp.Mul(this=grouped(node.this), expression=power), power


def _back(rounded: exp.Expr, power: exp.Expr | None) -> exp.Expr:
    return rounded if power is None else divided(rounded, power)


def _postgres_round(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """Round a double as DuckDB does: half away from 0. Its text is a numeric, which PostgreSQL rounds so."""
    if common(kinds).within((WHOLE,)):
        return grouped(node.this)
    if not common(kinds).within((DOUBLE,)):
        return node
    scaled, power = _scaled(node)
    exact = cast(cast(scaled, "text", "postgres"), "numeric", "postgres")
    return _back(double(exp.Round(this=exact)), power)


def _other_round(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    if common(kinds).within((WHOLE,)):
        return grouped(node.this)
    if not common(kinds).within((DOUBLE,)):
        return node
    scaled, power = _scaled(node)
    size = exp.Abs(this=scaled)
    below = exp.Floor(this=size.copy())
    half = exp.GTE(
        this=exp.Sub(this=size.copy(), expression=below.copy()), expression=exp.Literal.number("0.5")
    )
    up = exp.Paren(this=exp.Add(this=below, expression=exp.Paren(this=half)))
    return _back(exp.Mul(this=exp.Sign(this=scaled.copy()), expression=up), power)


def _mariadb_round(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    return _unbounded(_other_round(node, kinds), kinds)


def _unbounded(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """Return what is whole as a double of any size.

    MariaDB takes a double without places for one of 17 digits, and cuts a larger one off where it keeps it.
    """
    if not common(kinds).within((DOUBLE,)):
        return node
    return exp.Paren(this=exp.Add(this=grouped(node), expression=exp.Literal.number("0e0")))


def _sqlite_round(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    return _other_round(without_decimals(node, kinds), kinds)


CONSTRUCTS: dict[type[exp.Expr], tuple[Construct, ...]] = {
    exp.Round: (
        Construct(
            "round(x, places)",
            _rounded,
            ways(
                Way("half away from 0, also of doubles", _postgres_round),
                Way("half away from 0, also of doubles", _mariadb_round),
                Way("half away from 0, of doubles alone", _sqlite_round),
            ),
            ("this",),
            frozenset({"decimals"}),
        ),
    ),
    exp.Floor: (
        Construct(
            "floor(x)", _fraction, ways(SAME, Way("", _unbounded), Way("", without_decimals)), ("this",)
        ),
    ),
    exp.Ceil: (
        Construct(
            "ceil(x)", _fraction, ways(SAME, Way("", _unbounded), Way("", without_decimals)), ("this",)
        ),
    ),
    exp.Trunc: (
        Construct(
            "trunc(x)",
            _fraction,
            ways(SAME, Way("`TRUNCATE(x, 0)`", _unbounded), Way("", without_decimals)),
            ("this",),
            frozenset({"fractions_supported"}),
        ),
    ),
}
"""Class of sqlglot -> what is agreed on."""
