"""Typed rows in one pass: a cheap question to every row, and the marks of the few that it leaves.

The statements are the same in every database: READ -> KEYED -> SUSPECTS -> MARKED -> BROKEN.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.core.checks.spec import OfType
from airflow_dataops.engines.sql.judging import BROKEN, JUDGED, READ, flagged, reading, typed
from airflow_dataops.engines.sql.lower import lower
from airflow_dataops.engines.sql.shape import Mark

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from airflow_dataops.engines.sql.shape import Shape

KEYED = "keyed"
"""READ, and `g0` …: which uniqueness a row breaks."""

SUSPECTS = "suspects"
"""The rows of KEYED that may have broken a rule; all that did are among them."""


def named(shape: Shape, conditions: Mapping[str, exp.Expr]) -> Shape:
    """Return a shape that has a mark for each rule in SQL that is a condition over one row.

    Args:
        shape: The columns and the plan.
        conditions: Id of the rule -> its condition over a row of READ.
    """
    asked = {check.id: check.quarantines for check in shape.plan.selections}
    marks = (Mark(rule, f"x{at}", asked[rule]) for at, rule in enumerate(conditions))
    return replace(shape, named=tuple(marks))


def keyed(shape: Shape, *, repeated: Collection[int]) -> exp.Select:
    """Return READ with the marks of its repeated keys, whose tables are `k0` ….

    Args:
        shape: The columns and the plan.
        repeated: The numbers of the keys of which some are there more than once: only those are looked up.
    """
    rows = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier(READ))).from_(READ)
    for at, values in enumerate(shape.keys.values()):
        if at not in repeated:
            rows = rows.select(exp.alias_(exp.false(), f"g{at}"))
            continue
        # Not a join: PostgreSQL would make a table of all rows for it.
        columns = [exp.column(value, table=READ) for value in values]
        key = columns[0] if len(columns) == 1 else exp.Tuple(expressions=columns)
        hit = exp.In(this=key, query=exp.select(*values).from_(f"k{at}").subquery())
        rows = rows.select(exp.alias_(exp.Coalesce(this=hit, expressions=[exp.false()]), f"g{at}"))
    return rows


def suspects(shape: Shape, conditions: Mapping[str, exp.Expr]) -> exp.Select:
    """Return SUSPECTS.

    Every row is asked by its columns as they are, where they compare as their values do, and whether they
    have values. So a value that costs something to read isn't read again for each rule.
    """
    looks: list[exp.Expr] = []
    for at, column in enumerate(shape.plan.columns):
        if not shape.spelling.total(shape.columns[column.name], column.type):
            there, value = exp.column(shape.there(column.name)), exp.column(f"v{at}")
            read = shape.spelling.value_of(there, shape.columns[column.name], column.type)
            looks.append(_unread(read) or exp.and_(exp.not_(_is_null(there)), _is_null(value)))
    for check in shape.plan.rows:
        if check.id not in shape.problems and not isinstance(check.promise, OfType):
            known = reading(check, shape)
            if shape.spelling.loose(shape.columns[check.column], known.type):
                known = replace(known, value=known.is_there)
            looks.append(_asked(lower(check.promise, known)))
    repeated = map(exp.column, (f"g{at}" for at in range(len(shape.keys))))
    asked = (*looks, *repeated, *(_sure(condition.copy()) for condition in conditions.values()))
    return exp.select(exp.Star()).from_(KEYED).where(exp.or_(*asked) if asked else exp.false())


def bad_lines() -> exp.Select:
    """Return the places of the bad rows."""
    return exp.select(exp.column("line")).from_(BROKEN).where(exp.column("bad"))


def passing(shape: Shape, *, without: exp.Select) -> exp.Select:
    """Return the rows of READ but those at some places: the contract's columns, typed."""
    bad = exp.In(this=exp.column("line"), query=without.subquery())
    return typed(shape, of=READ).where(exp.not_(bad))


def measured(shape: Shape, counts: Sequence[int], *, records: int) -> dict[str, Measured]:
    """Return the measurements of the rules in SQL that joined the pass.

    Args:
        shape: The columns and the plan.
        counts: How many rows broke the rule of each mark.
        records: How many rows there are.
    """
    broke = dict(zip(shape.marks, counts, strict=True))
    return {mark.rule: Measured.of_rows(broke[mark], checked=records) for mark in shape.named}


def marks(shape: Shape, conditions: Mapping[str, exp.Expr], *, of: str) -> exp.Select:
    """Return rows of KEYED with what each of them breaks: `f0` …, `x0` …."""
    columns = {mark.rule: mark.column for mark in shape.named}
    asked = [exp.alias_(condition.copy(), columns[rule]) for rule, condition in conditions.items()]
    return flagged(shape, exp.to_table(of)).select(*asked)


def marked(shape: Shape) -> exp.Select:
    """Return the rows of JUDGED, which has all marks, and `bad`."""
    return exp.select(exp.Star(), exp.alias_(shape.bad, "bad")).from_(JUDGED)


def _unread(value: exp.Expr) -> exp.Expr | None:
    """Return whether there is something of which a value is not made, where the value's own form says when.

    So it isn't made only to see whether it is null. The condition is null where there is nothing.
    """
    match value:
        case exp.Cast():
            return _unread(value.this)
        case exp.Case(this=None, args={"ifs": [exp.If(this=condition, args={"true": exp.Column()})]}):
            return None if value.args.get("default") else exp.not_(condition.copy())
        case exp.Nullif(this=exp.Column() as column, expression=nothing):
            return exp.EQ(this=column.copy(), expression=nothing.copy())
        case _:
            return None


def _asked(look: exp.Expr) -> exp.Expr:
    """Return a question without what only keeps it from being null: WHERE takes null for false.

    A column that has no value is no suspect by that; one whose value can't be read is one before.
    """
    match look:
        case exp.Paren():
            return _asked(look.this)
        case exp.Or():
            return exp.or_(_asked(look.this), _asked(look.expression))
        case exp.And(this=exp.Not(this=exp.Is(expression=exp.Null()))):
            return _asked(look.expression)
        case exp.Not(this=exp.Coalesce() as sure):
            return exp.not_(sure.this)
        case _:
            return look


def _sure(condition: exp.Expr) -> exp.Expr:
    """Return a condition that may be null where it was false before."""
    match condition:
        case exp.Coalesce(this=exp.Expr() as found, expressions=[exp.Boolean(this=False)]):
            return found
        case _:
            return condition


def _is_null(expression: exp.Expr) -> exp.Expr:
    return exp.Is(this=expression, expression=exp.null())
