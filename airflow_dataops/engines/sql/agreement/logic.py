"""What databases agree about when they compare values and choose among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.kind import (
    BOOLEAN,
    NULL,
    TEXT,
    Differs,
    common,
    of,
)
from airflow_dataops.engines.sql.agreement.way import SAME, Construct, Way, ways
from airflow_dataops.engines.sql.agreement.words import collated

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.agreement.kind import (
        Kind,
    )

    Kinds = tuple[Kind, ...]


def _compared(_: exp.Expr, kinds: Kinds) -> Kind:
    common(kinds)
    return BOOLEAN


def _conditions(_: exp.Expr, kinds: Kinds) -> Kind:
    of(kinds, BOOLEAN)
    return BOOLEAN


def _state(node: exp.Expr, kinds: Kinds) -> Kind:
    if isinstance(node.expression, exp.Boolean):
        of(kinds, BOOLEAN)
    elif kinds[1] != NULL:
        raise Differs("it is asked of something else than TRUE, FALSE or NULL")
    return BOOLEAN


def _first(_: exp.Expr, kinds: Kinds) -> Kind:
    common(kinds)
    return kinds[0]


def _one(_: exp.Expr, kinds: Kinds) -> Kind:
    return common(kinds)


def in_order(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """Return a part whose texts PostgreSQL orders by their code points, as DuckDB does."""
    if not common(kinds).within((TEXT,)):
        return node
    found = node.copy()
    found.this.replace(collated(found.this, "C"))
    return found


ORDERED = Way('texts in the collation `"C"`', in_order)
TEXTS = Way("texts in the collation `utf8mb4_nopad_bin`")
BYTES = Way("texts in the collation `BINARY`")


def _comparison(written: str, postgres: Way = SAME) -> tuple[Construct, ...]:
    return (Construct(written, _compared, ways(postgres, TEXTS, BYTES), reads=True, compares=True),)


CONSTRUCTS: dict[type[exp.Expr], tuple[Construct, ...]] = {
    exp.EQ: _comparison("a = b"),
    exp.NEQ: _comparison("a <> b"),
    exp.NullSafeEQ: _comparison("a IS NOT DISTINCT FROM b"),
    exp.NullSafeNEQ: _comparison("a IS DISTINCT FROM b"),
    exp.LT: _comparison("a < b", ORDERED),
    exp.LTE: _comparison("a <= b", ORDERED),
    exp.GT: _comparison("a > b", ORDERED),
    exp.GTE: _comparison("a >= b", ORDERED),
    exp.Between: (
        Construct(
            "a BETWEEN b AND c",
            _compared,
            ways(ORDERED, TEXTS, BYTES),
            ("this", "low", "high"),
            reads=True,
            compares=True,
        ),
    ),
    exp.In: (
        Construct(
            "a IN (b, c)",
            _compared,
            ways(SAME, TEXTS, BYTES),
            ("this", "expressions"),
            reads=True,
            compares=True,
        ),
    ),
    exp.Is: (Construct("a IS NULL, a IS TRUE", _state, ways()),),
    exp.And: (Construct("a AND b", _conditions, ways()),),
    exp.Or: (Construct("a OR b", _conditions, ways()),),
    exp.Not: (Construct("NOT a", _conditions, ways(), ("this",)),),
    exp.Coalesce: (
        Construct(
            "coalesce(a, b), ifnull(a, b)",
            _one,
            ways(),
            ("this", "expressions"),
            reads=True,
        ),
    ),
    exp.Nullif: (Construct("nullif(a, b)", _first, ways(SAME, TEXTS, BYTES), reads=True),),
}
"""Class of sqlglot -> what is agreed on."""
