"""What databases agree about when they add up, count and choose among the values of many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.kind import (
    BOOLEAN,
    DAYS,
    DECIMAL,
    DOUBLE,
    NUMBERS,
    TEXT,
    TIME,
    WHOLE,
    Kind,
    common,
    of,
)
from airflow_dataops.engines.sql.agreement.lifted import real
from airflow_dataops.engines.sql.agreement.logic import in_order
from airflow_dataops.engines.sql.agreement.way import SAME, Construct, Way, never, ways
from airflow_dataops.engines.sql.agreement.words import cast, divided, double, one_or_zero

if TYPE_CHECKING:
    Kinds = tuple[Kind, ...]


MOST_DIGITS, MOST_PLACES = 65, 30
"""What MariaDB's decimals have at most; one that doesn't fit would become the largest that does."""


def _count(_: exp.Expr, __: Kinds) -> Kind:
    return WHOLE


def _count_if(_: exp.Expr, kinds: Kinds) -> Kind:
    of(kinds, BOOLEAN)
    return Kind(WHOLE.name, 38)


def _sum(_: exp.Expr, kinds: Kinds) -> Kind:
    found = of(kinds, *NUMBERS)
    return Kind(found.name, 38, found.scale) if found.within((WHOLE, DECIMAL)) else found


def _average(_: exp.Expr, kinds: Kinds) -> Kind:
    of(kinds, *NUMBERS)
    return DOUBLE


def _extreme(_: exp.Expr, kinds: Kinds) -> Kind:
    return of(kinds, *NUMBERS, *DAYS, TIME, TEXT)


def _middle(_: exp.Expr, kinds: Kinds) -> Kind:
    of(kinds, WHOLE, DOUBLE)
    return DOUBLE


def _all(_: exp.Expr, kinds: Kinds) -> Kind:
    return of(kinds, BOOLEAN)


def _rank(_: exp.Expr, __: Kinds) -> Kind:
    return WHOLE


def _counted(node: exp.Expr, _: Kinds) -> exp.Expr:
    """Return a count, which is null where the condition is true or false nowhere: so DuckDB has it."""
    return exp.Sum(this=one_or_zero(node.this))


def _postgres_average(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    return node if common(kinds) == DOUBLE else double(node)


def _mariadb_average(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """Return an average with all its digits: MariaDB would keep four more than the numbers have."""
    kind = common(kinds)
    if kind == DOUBLE:
        return node
    places = min(MOST_PLACES, MOST_DIGITS - (kind.digits - kind.scale))
    found = node.copy()
    found.this.replace(cast(found.this, f"DECIMAL({MOST_DIGITS}, {places})", "mysql"))
    return double(found)


def _sqlite_average(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    found = common(kinds)
    if found == DOUBLE:
        return node
    total = exp.Sum(this=node.this.copy())
    return divided(real(total, found), double(exp.Count(this=node.this.copy())))


def _median(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    order = exp.Order(expressions=[exp.Ordered(this=double(node.this, common(kinds)))])
    return exp.WithinGroup(this=exp.PercentileCont(this=exp.Literal.number("0.5")), expression=order)


AS_SUM = Way("`SUM` of a CASE", _counted)

CONSTRUCTS: dict[type[exp.Expr], tuple[Construct, ...]] = {
    exp.Count: (
        Construct(
            "count(*), count(a), count(DISTINCT a)",
            _count,
            ways(),
            ("this",),
            frozenset({"big_int"}),
        ),
    ),
    exp.CountIf: (Construct("count_if(condition)", _count_if, ways(AS_SUM, AS_SUM, AS_SUM), ("this",)),),
    exp.Sum: (
        Construct(
            "sum(x)",
            _sum,
            ways(sqlite=Way("ends beyond 64 bits")),
            ("this",),
            note="of doubles but for the last digits",
        ),
    ),
    exp.Avg: (
        Construct(
            "avg(x)",
            _average,
            ways(
                Way("as a double", _postgres_average),
                Way("of a decimal with 30 places, as a double", _mariadb_average),
                Way("`SUM` by `COUNT`, as a double", _sqlite_average),
            ),
            ("this",),
            note="but for the last digits",
        ),
    ),
    exp.Min: (
        Construct(
            "min(a)",
            _extreme,
            ways(Way('texts in the collation `"C"`', in_order)),
            ("this",),
        ),
    ),
    exp.Max: (
        Construct(
            "max(a)",
            _extreme,
            ways(Way('texts in the collation `"C"`', in_order)),
            ("this",),
        ),
    ),
    exp.Median: (
        Construct(
            "median(x)",
            _middle,
            ways(
                Way("`PERCENTILE_CONT(0.5)` of doubles", _median),
                never("MariaDB has it over windows alone"),
                never("SQLite has no such function"),
            ),
            ("this",),
            note="of integers and doubles, but for the last digits",
        ),
    ),
    exp.LogicalAnd: (
        Construct("bool_and(a)", _all, ways(SAME, Way("`MIN(a)`"), Way("`MIN(a)`")), ("this",)),
    ),
    exp.LogicalOr: (Construct("bool_or(a)", _all, ways(SAME, Way("`MAX(a)`"), Way("`MAX(a)`")), ("this",)),),
    exp.Rank: (Construct("rank() OVER (…)", _rank, ways(), ("expressions",)),),
    exp.DenseRank: (Construct("dense_rank() OVER (…)", _rank, ways(), ("expressions",)),),
}
"""Class of sqlglot -> what is agreed on."""
