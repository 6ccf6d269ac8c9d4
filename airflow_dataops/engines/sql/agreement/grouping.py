"""Columns and totals: what a group of rows has one value of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.agreement.scope import Scope
    from airflow_dataops.engines.sql.agreement.values import Values


def check_grouped(query: exp.Select, scope: Scope, values: Values) -> None:
    """Refuse a column that stands beside totals, and by which the rows aren't grouped.

    Raises:
        Differs: If there is one.
    """
    group = query.args.get("group")
    having = query.args.get("having")
    told = [*query.expressions, *([having.this] if having else [])]
    if group is None and not any(_is_total(one) for one in told):
        return
    keys = [key_of(one, query, scope) for one in group.expressions] if group else []
    for one in told:
        _check(one.unalias(), keys, scope, values)


def key_of(node: exp.Expr, query: exp.Select, scope: Scope) -> exp.Expr:
    """Return what a key of GROUP BY stands for: a number, and a name, may be those of what is selected."""
    if node.is_int and 0 < int(node.name) <= len(query.expressions):
        selected: exp.Expr = query.expressions[int(node.name) - 1]
        return selected.unalias()
    if isinstance(node, exp.Column) and not node.table and not scope.owns(node):
        return scope.named.get(node.name.casefold(), node)
    return node


def is_one_row(query: exp.Expr) -> bool:
    """Say whether a SELECT has one row at most, whatever it reads."""
    if not isinstance(query, exp.Select) or query.args.get("group"):
        return False
    return query.args.get("from_") is None or any(_is_total(one) for one in query.expressions)


def _check(node: exp.Expr, keys: list[exp.Expr], scope: Scope, values: Values) -> None:
    if node in keys or isinstance(node, exp.Query | exp.Subquery):
        return
    if isinstance(node, exp.AggFunc | exp.Filter) and not isinstance(node.parent, exp.Window):
        return
    if isinstance(node, exp.Star) or (isinstance(node, exp.Column) and scope.owns(node)):
        raise values.differs("a column beside totals", "each database takes another value, or none")
    for child in node.iter_expressions():
        _check(child, keys, scope, values)


def _is_total(node: exp.Expr) -> bool:
    """Say whether an expression is a total of rows itself: not over a window, and not in a SELECT inside."""
    return any(
        not isinstance(total.parent, exp.Window)
        and not (isinstance(total.parent, exp.Filter) and isinstance(total.parent.parent, exp.Window))
        and total.find_ancestor(exp.Query, exp.Subquery) is node.find_ancestor(exp.Query, exp.Subquery)
        for total in node.find_all(exp.AggFunc)
    )
