"""What databases agree about when they reckon with numbers."""

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
from airflow_dataops.engines.sql.agreement.lifted import in_64_bits, real
from airflow_dataops.engines.sql.agreement.way import MARIADB, SAME, Construct, Way, ways
from airflow_dataops.engines.sql.agreement.words import (
    cast,
    divided,
    double,
    fails_in_mariadb,
    fails_in_sqlite,
    grouped,
    if_zero,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Kinds = tuple[Kind, ...]
    Fails = Callable[[exp.Expr], exp.Expr]


def _number(_: exp.Expr, kinds: Kinds) -> Kind:
    return of(kinds, *NUMBERS)


def _exact(_: exp.Expr, kinds: Kinds) -> Kind:
    return of(kinds, WHOLE, DECIMAL)


def _whole(_: exp.Expr, kinds: Kinds) -> Kind:
    return of(kinds, WHOLE)


def _product(_: exp.Expr, kinds: Kinds) -> Kind:
    found = of(kinds, *NUMBERS)
    digits = min(sum(kind.digits for kind in kinds), 38)
    scale = sum(kind.scale for kind in kinds)
    return Kind(found.name, digits, scale) if found.within((DECIMAL,)) else found


def _double(_: exp.Expr, kinds: Kinds) -> Kind:
    for kind in kinds:
        of((kind,), *NUMBERS)
    return DOUBLE


def _guard(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """Return a number that SQLite keeps exact, as DuckDB does."""
    exact = common(kinds).within((WHOLE, DECIMAL)) and not node.is_number
    return in_64_bits(node) if exact else node


def _never_zero(tree: exp.Expr) -> bool:
    """Say whether a divisor can't be 0: a literal that isn't, or null in its place."""
    inner = tree.unnest()
    if isinstance(inner, exp.Nullif):
        return bool(inner.expression.is_number) and float(inner.expression.name) == 0
    return bool(inner.is_number) and not isinstance(inner, exp.Neg) and float(inner.name) != 0


def _postgres_division(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """Divide as DuckDB does; by a double that is 0, whose sign may be lost on the way, PostgreSQL fails."""
    this, by = node.this, node.expression
    ratio = divided(double(this, kinds[0]), double(by, kinds[1]))
    if kinds[1] == DOUBLE or _never_zero(by):
        return ratio
    infinity = double(exp.Literal.string("Infinity"))
    return if_zero(by, exp.Mul(this=double(this, kinds[0]), expression=infinity), ratio)


def _division(
    fails: Fails, real: Callable[[exp.Expr, Kind], exp.Expr]
) -> Callable[[exp.Expr, Kinds], exp.Expr]:
    def said(node: exp.Expr, kinds: Kinds) -> exp.Expr:
        return _guarded(node, fails, divided(real(node.this, kinds[0]), real(node.expression, kinds[1])))

    return said


def _guarded(node: exp.Expr, fails: Fails, found: exp.Expr) -> exp.Expr:
    """Return a quotient; the statement ends where it would go on with null, as DuckDB ends it."""
    by = node.expression
    return found if _never_zero(by) else if_zero(by, fails(by), found, of=node.this)


def _ends_by_zero(fails: Fails) -> Callable[[exp.Expr, Kinds], exp.Expr]:
    return lambda node, _: _guarded(node, fails, node.copy())


def _fails_in_mariadb(by: exp.Expr) -> exp.Expr:
    return cast(fails_in_mariadb(by), "SIGNED", MARIADB)  # so that the other values aren't made doubles


def _fails_in_sqlite(_: exp.Expr) -> exp.Expr:
    return fails_in_sqlite()


def _whole_in_sqlite(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    if kinds[0].digits > WHOLE.digits or kinds[1].digits > WHOLE.digits:
        raise Differs("SQLite has integers of 64 bits alone")
    return _guarded(node, _fails_in_sqlite, divided(node.this, node.expression))


def _extreme(comparison: type[exp.Binary]) -> Callable[[exp.Expr, Kinds], exp.Expr]:
    """Return the greatest or the least of values that aren't null, one comparison at a time."""

    def said(node: exp.Expr, _: Kinds) -> exp.Expr:
        found: exp.Expr = node.this
        for other in node.expressions:
            wins = exp.or_(
                comparison(this=grouped(found), expression=grouped(other)),
                exp.Is(this=grouped(other), expression=exp.null()),
            )
            found = exp.case().when(wins, found.copy()).else_(other.copy())
        return found

    return said


MOST = 4
"""How many values may be compared where each comparison is written out."""


def _some(node: exp.Expr, kinds: Kinds) -> Kind:
    if len(node.expressions) >= MOST:
        raise Differs(f"it is agreed on for {MOST} values alone")
    return of(kinds, *NUMBERS)


GUARD = Way("ends at an overflow, as DuckDB does", _guard)
AS_CASE = "a CASE, for `NULL` is passed over"

CONSTRUCTS: dict[type[exp.Expr], tuple[Construct, ...]] = {
    exp.Add: (Construct("x + y", _number, ways(sqlite=GUARD), alike=True),),
    exp.Sub: (Construct("x - y", _number, ways(sqlite=GUARD), alike=True),),
    exp.Mul: (Construct("x * y", _product, ways(sqlite=GUARD)),),
    exp.Div: (
        Construct(
            "x / y",
            _double,
            ways(
                Way(
                    "a division of doubles; by 0 infinite or no number, but ends at a double that is 0",
                    _postgres_division,
                ),
                Way("a division of doubles; ends at a division by 0", _division(fails_in_mariadb, double)),
                Way(
                    "a division of doubles; ends at a division by 0",
                    _division(_fails_in_sqlite, real),
                ),
            ),
            besides=frozenset({"safe", "typed"}),
        ),
    ),
    exp.IntDiv: (
        Construct(
            "x // y",
            _whole,
            ways(
                Way("`DIV(x, y)`"),
                Way("`x DIV y`; ends at a division by 0", _ends_by_zero(_fails_in_mariadb)),
                Way("`x / y` of integers; ends at a division by 0", _whole_in_sqlite),
            ),
        ),
    ),
    exp.Mod: (
        Construct(
            "x % y",
            _exact,
            ways(
                SAME,
                Way("ends at a division by 0", _ends_by_zero(_fails_in_mariadb)),
                Way("ends at a division by 0", _ends_by_zero(_fails_in_sqlite)),
            ),
            alike=True,
        ),
    ),
    exp.Neg: (Construct("-x", _number, ways(sqlite=GUARD), ("this",)),),
    exp.Abs: (Construct("abs(x)", _number, ways(), ("this",)),),
    exp.Greatest: (
        Construct(
            "greatest(x, y)",
            _some,
            ways(SAME, Way(AS_CASE, _extreme(exp.GTE)), Way(AS_CASE, _extreme(exp.GTE))),
            ("this", "expressions"),
            frozenset({"ignore_nulls"}),
            alike=True,
        ),
    ),
    exp.Least: (
        Construct(
            "least(x, y)",
            _some,
            ways(SAME, Way(AS_CASE, _extreme(exp.LTE)), Way(AS_CASE, _extreme(exp.LTE))),
            ("this", "expressions"),
            frozenset({"ignore_nulls"}),
            alike=True,
        ),
    ),
}
"""Class of sqlglot -> what is agreed on; of several the first holds whose operands are right."""
