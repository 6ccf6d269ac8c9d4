"""The one SELECT of a scan: each step is a name (WITH) in those that follow, so that nothing is written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql import judging
from airflow_dataops.engines.sql.judging import INCOMING, JUDGED, MARKED, READ

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.engines.sql.shape import Shape
    from airflow_dataops.warehouse.database import TableName


def table_of(name: TableName, *, home: str = "") -> exp.Table:
    """Return a table as it stands in a statement.

    Args:
        name: Its name.
        home: Where it is if the name doesn't say so; empty where the database knows.
    """
    found = name.schema or home
    schema = exp.to_identifier(found, quoted=True) if found else None
    return exp.Table(this=exp.to_identifier(name.name, quoted=True), db=schema)


def with_tables(tables: Mapping[str, exp.Query], query: exp.Select) -> exp.Select:
    """Return a SELECT in which names stand for queries, each of which may use those before it."""
    whole = query
    for name, rows in tables.items():
        whole = whole.with_(name, as_=rows)
    return whole


def incoming(shape: Shape, table: exp.Table, where: exp.Expr | None) -> exp.Select:
    """Return the rows of a table as INCOMING has them.

    Args:
        shape: The columns and the plan.
        table: The table.
        where: The condition of those rows that are looked at; None for all.
    """
    names = [
        exp.alias_(exp.column(exp.to_identifier(name, quoted=True)), f"s{at}")
        for at, name in enumerate(shape.columns)
    ]
    rows = exp.select(*(names or [exp.alias_(exp.Literal.number(1), "line")])).from_(table)
    return rows if where is None else rows.where(where)


def judged(
    shape: Shape, told: Mapping[str, exp.Expr], *, unread: Mapping[str, exp.Expr], wanted: Iterable[str]
) -> exp.Select:
    """Return JUDGED as far as it is asked for: what nothing needs is not computed.

    Args:
        shape: The columns and the plan.
        unread: More of its columns -> what they are, over the columns of INCOMING.
        told: More of its columns -> what they are, over texts and values.
        wanted: Those of its columns that are asked for.
    """
    alone = [*judging.flagged(shape, exp.Table()).expressions[1:]]
    alone.extend(exp.alias_(value, name) for name, value in told.items())
    asked = set(wanted)
    flags = [flag for flag in alone if flag.alias in asked] or [exp.alias_(exp.false(), "f")]
    needed = asked | _columns(*flags)
    rows = judging.read(shape).select(*(exp.alias_(value, name) for name, value in unread.items()))
    read = [column for column in rows.expressions if column.alias_or_name in needed]
    rows.set("expressions", read or [exp.alias_(exp.Literal.number(1), "line")])
    kept = [exp.column(column.alias_or_name) for column in read if column.alias_or_name in asked]
    once = shape.spelling.once
    return once(exp.select(*kept, *flags).from_(once(rows).subquery(READ)))


def marked(shape: Shape, sought: Mapping[str, exp.Expr]) -> exp.Select:
    """Return MARKED, with more of its columns that are told of the rows of JUDGED."""
    # JUDGED itself has what was told by other means: there are no tables to be joined.
    rows = judging.marked(replace(shape, named=(), filters={}))
    rows.set("expressions", [exp.Star(), exp.alias_(shape.bad, "bad")])
    grouped = rows.find(exp.From)
    if sought and grouped is not None:
        inner = grouped.this.this
        grouped.this.set("this", inner.select(*(exp.alias_(value, name) for name, value in sought.items())))
    return rows


def steps(
    shape: Shape,
    *,
    rows: exp.Select,
    unread: Mapping[str, exp.Expr],
    told: Mapping[str, exp.Expr],
    sought: Mapping[str, exp.Expr],
    beside: Mapping[str, exp.Query],
    asked: exp.Select,
) -> dict[str, exp.Query]:
    """Return the steps of a scan, by their names.

    Args:
        shape: The columns and the plan.
        rows: The rows of INCOMING.
        unread: Columns of JUDGED that say of which value there is no text, over those of INCOMING.
        told: Columns of JUDGED that people's rules are, over its texts and values.
        sought: Columns of MARKED that are looked up.
        beside: The tables in which they are looked up.
        asked: What is asked of the steps.
    """
    keys = {f"k{at}": judging.repeated(values) for at, values in enumerate(shape.keys.values())}
    told_apart = marked(shape, sought)
    wanted = _columns(*keys.values(), told_apart, asked, *sought.values())
    return {
        **beside,
        INCOMING: rows,
        JUDGED: judged(shape, told, unread=unread, wanted=wanted),
        **keys,
        MARKED: told_apart,
    }


def good(shape: Shape) -> exp.Select:
    """Return the rows that pass: the contract's columns, in no order."""
    return judging.typed(shape, of=MARKED).where(exp.not_(exp.column("bad")))


def failing(shape: Shape, *, most: int) -> exp.Select:
    """Return the first rows that broke a rule: the texts of the key, and whether they broke each mark's.

    A table has no order: they are in that of their keys.
    """
    rows = judging.failing(shape, of=MARKED, most=most)
    rows.set("order", None)
    key = shape.plan.key
    for name in (*(f"v{shape.planned[one]}" for one in key), *(f"t{shape.positions[one]}" for one in key)):
        rows = rows.order_by(exp.Ordered(this=exp.column(name), nulls_first=False))
    rows.set("expressions", rows.expressions[1:] or [exp.null()])  # a table has no lines
    return rows


def _columns(*trees: exp.Expr) -> set[str]:
    return {column.name for tree in trees for column in tree.find_all(exp.Column)}
