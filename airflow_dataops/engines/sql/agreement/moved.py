"""What databases agree about when they move days and instants, and when they say how far apart they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.days import SECONDS
from airflow_dataops.engines.sql.agreement.kind import (
    DATE,
    INSTANT,
    INTERVAL,
    LOCAL,
    NULL,
    WHOLE,
    Differs,
    of,
)
from airflow_dataops.engines.sql.agreement.way import SAME, Construct, Way, never, ways
from airflow_dataops.engines.sql.agreement.words import (
    cast,
    fails_in_mariadb,
    fails_in_sqlite,
    grouped,
    integer,
)

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.agreement.kind import (
        Kind,
    )

    Kinds = tuple[Kind, ...]

UNITS = ("SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "YEAR")
DAYS_DIGITS = 10
"""Digits of an integer of 32 bits."""


def _days_between(_: exp.Expr, kinds: Kinds) -> Kind:
    of(kinds, DATE)
    return WHOLE


def _later(_: exp.Expr, kinds: Kinds) -> Kind:
    of(kinds[:1], DATE)
    if of(kinds[1:], WHOLE).digits > DAYS_DIGITS:
        raise Differs("DuckDB adds an integer of 32 bits alone: write a CAST")
    return DATE


def _moved(_: exp.Expr, kinds: Kinds) -> Kind:
    day = of(kinds[:1], DATE, LOCAL, INSTANT)
    of(kinds[1:], INTERVAL)
    return LOCAL if day == DATE else day


def _between(_: exp.Expr, kinds: Kinds) -> Kind:
    of(kinds, LOCAL, INSTANT)
    if NULL in kinds:
        raise Differs("it is asked of NULL")
    return INTERVAL


def _unit(interval: exp.Expr) -> str:
    return str(interval.args.get("unit") or "").upper().removesuffix("S")


def _interval(node: exp.Expr, _: Kinds) -> Kind:
    if _unit(node) not in UNITS or not node.this.name.lstrip("-").isdigit():
        raise Differs("it is agreed on for a whole number of one unit alone")
    return INTERVAL


def _beside_a_day(node: exp.Expr, _: Kinds) -> exp.Expr:
    if not isinstance(node.parent, exp.Add | exp.Sub):
        raise Differs("SQLite has no intervals")
    return node


def _difference(node: exp.Expr, kinds: Kinds) -> Kind:
    if str(node.args.get("unit") or "DAY").upper().removesuffix("S") != "DAY":
        raise Differs("it is agreed on for days alone")
    return _days_between(node, kinds)


def _whole_days(node: exp.Expr, _: Kinds) -> exp.Expr:
    """Return a day some days later, or earlier: PostgreSQL takes them as an integer of 32 bits."""
    found = node.copy()
    found.expression.replace(cast(found.expression, "int", "postgres"))
    return found


def _days_later(node: exp.Expr, _: Kinds) -> exp.Expr:
    function = "DATE_SUB" if isinstance(node, exp.Sub) else "DATE_ADD"
    days = exp.Interval(this=grouped(node.expression), unit=exp.var("DAY"))
    later = exp.Anonymous(this=function, expressions=[node.this.copy(), days])
    return _in_9999_years(later, (node.this, node.expression), "DATE")


def _moved_in_mariadb(node: exp.Expr, _: Kinds) -> exp.Expr:
    later = cast(node, "DATETIME(6)", "mysql")
    return _in_9999_years(later, (node.this,), "DATETIME(6)")


def _in_9999_years(later: exp.Expr, of: tuple[exp.Expr, ...], name: str) -> exp.Expr:
    """End the statement where MariaDB would go on with null, for it has no day after the year 9999."""
    zero = exp.Mul(this=exp.Length(this=of[0].copy()), expression=integer(0))
    fails = cast(fails_in_mariadb(zero), name, "mysql")
    given = exp.and_(*(exp.not_(exp.Is(this=grouped(one), expression=exp.null())) for one in of))
    return exp.Coalesce(this=later, expressions=[exp.case().when(given, fails)])


def _days_in_postgres(node: exp.Expr, _: Kinds) -> exp.Expr:
    return exp.Paren(this=exp.Sub(this=grouped(node.this), expression=grouped(node.expression)))


def _days_in_mariadb(node: exp.Expr, _: Kinds) -> exp.Expr:
    return exp.Anonymous(this="DATEDIFF", expressions=[node.this.copy(), node.expression.copy()])


def _days_in_sqlite(node: exp.Expr, _: Kinds) -> exp.Expr:
    days = [exp.Anonymous(this="JULIANDAY", expressions=[one.copy()]) for one in (node.this, node.expression)]
    return cast(exp.Sub(this=days[0], expression=days[1]), "INTEGER", "sqlite")


def _moved_in_sqlite(node: exp.Expr, kinds: Kinds) -> exp.Expr:
    """Return a day, or an instant whose fraction of a second stays, some time later or earlier."""
    step = node.expression.unnest()
    unit = _unit(step)
    if unit in {"MONTH", "YEAR"}:
        raise Differs("SQLite goes on to the next month from a day that a month hasn't")
    count = int(step.this.name) * (7 if unit == "WEEK" else 1) * (-1 if isinstance(node, exp.Sub) else 1)
    moved = exp.Literal.string(f"{count:+d} {'day' if unit == 'WEEK' else unit.lower()}s")
    second: exp.Expr = node.this.copy()
    fraction: exp.Expr = exp.Literal.string(".000000")
    if kinds[0] != DATE:
        second = exp.Substring(this=node.this.copy(), start=integer(1), length=integer(SECONDS))
        fraction = exp.Substring(this=node.this.copy(), start=integer(SECONDS + 1))
    later = exp.Anonymous(this="DATETIME", expressions=[second, moved])
    return _in_years_of_sqlite(exp.DPipe(this=later, expression=fraction), (node.this,))


def _days_later_in_sqlite(node: exp.Expr, _: Kinds) -> exp.Expr:
    count = exp.Neg(this=grouped(node.expression)) if isinstance(node, exp.Sub) else grouped(node.expression)
    days = exp.DPipe(this=exp.Paren(this=count), expression=exp.Literal.string(" days"))
    later = exp.Anonymous(this="DATE", expressions=[node.this.copy(), days])
    return _in_years_of_sqlite(later, (node.this, node.expression))


def _in_years_of_sqlite(later: exp.Expr, of: tuple[exp.Expr, ...]) -> exp.Expr:
    """End the statement where SQLite would go on with null, or with a year below 0."""
    fits = exp.GTE(this=grouped(later), expression=exp.Literal.string("0000"))
    nothing = [exp.Is(this=grouped(one), expression=exp.null()) for one in of]
    return exp.case().when(fits, later.copy()).when(exp.or_(*nothing), exp.null()).else_(fails_in_sqlite())


APART_IN_DAYS = {
    "mariadb": Way("`DATEDIFF`", _days_in_mariadb),
    "sqlite": Way("of `JULIANDAY`", _days_in_sqlite),
}

DAYS_APART = Construct("date - date", _days_between, ways(**APART_IN_DAYS))
DAYS_LATER = Construct(
    "date + days, date - days",
    _later,
    ways(
        Way("days of 32 bits", _whole_days),
        Way("`DATE_ADD`, `DATE_SUB`", _days_later),
        Way("`DATE(a, 'n days')`", _days_later_in_sqlite),
    ),
)
MOVED = Construct(
    "date + interval, timestamp - interval",
    _moved,
    ways(SAME, Way("", _moved_in_mariadb), Way("`DATETIME`; no months", _moved_in_sqlite)),
)
APART = Construct(
    "timestamp - timestamp",
    _between,
    ways(SAME, never("MariaDB takes the difference of two numbers"), never("SQLite has no intervals")),
)

CONSTRUCTS: dict[type[exp.Expr], tuple[Construct, ...]] = {
    exp.Add: (DAYS_LATER, MOVED),
    exp.Sub: (DAYS_APART, DAYS_LATER, MOVED, APART),
    exp.DateDiff: (
        Construct(
            "date_diff('day', a, b)",
            _difference,
            ways(
                Way("`b - a`", _days_in_postgres),
                **APART_IN_DAYS,
            ),
            besides=frozenset({"unit", "date_part_boundary", "big_int"}),
        ),
    ),
    exp.Interval: (
        Construct(
            "INTERVAL 3 DAY",
            _interval,
            ways(sqlite=Way("beside a day or an instant", _beside_a_day)),
            (),
            frozenset({"this", "unit", "fraction_in_string"}),
        ),
    ),
}
"""Class of sqlglot -> what is agreed on."""
