"""The order of the rows of a SELECT: it is said where it decides which rows are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.kind import TEXT
from airflow_dataops.engines.sql.agreement.way import SQLITE

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.agreement.scope import Scope
    from airflow_dataops.engines.sql.agreement.values import Values


def say_order(query: exp.Select, scope: Scope, values: Values) -> None:
    """Say the order where it decides which rows are taken, and leave it out where it doesn't."""
    order, limit = query.args.get("order"), query.args.get("limit")
    if limit is None and not query.args.get("offset"):
        query.set("order", None)
        return
    if limit is not None and (not isinstance(limit, exp.Limit) or not limit.expression.is_int):
        raise values.unknown("LIMIT")
    by = [one.this for one in order.expressions] if order else []
    names = {one.name.casefold() for one in by if is_plain(one)}
    for at, one in enumerate(query.expressions, start=1):
        told = (
            one.unalias() in by
            or one.alias.casefold() in names
            or any(key.is_int and key.name == str(at) for key in by)
        )
        if not told and _names_columns(one, scope):
            raise values.differs("LIMIT", "of rows that tie any are taken: order by what is selected")
    for one in list(order.expressions) if order else []:
        if one.this.is_int or (is_plain(one.this) and one.this.name.casefold() in scope.named):
            if values.engine != SQLITE:
                _check_no_text(one.this, query, scope, values)
            continue
        values.ordered(one, scope)


def _check_no_text(key: exp.Expr, query: exp.Select, scope: Scope, values: Values) -> None:
    told = query.expressions[int(key.name) - 1] if key.is_int else scope.named[key.name.casefold()]
    if values.kind(told.unalias().copy(), scope) == TEXT:
        why = "a text is ordered by a name or a number: repeat what that stands for"
        raise values.differs("ORDER BY", why)


def is_plain(node: exp.Expr) -> bool:
    """Say whether an expression is a name alone."""
    return isinstance(node, exp.Column) and not node.table


def _names_columns(node: exp.Expr, scope: Scope) -> bool:
    """Say whether an expression names columns of what its SELECT reads, but for SELECTs inside of it."""
    if isinstance(node, exp.Query | exp.Subquery):
        return False
    if isinstance(node, exp.Star) or (isinstance(node, exp.Column) and scope.owns(node)):
        return True
    return any(_names_columns(child, scope) for child in node.iter_expressions())
