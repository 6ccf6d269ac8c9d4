"""SQL rules about all rows that can be asked together: aggregates over the same rows are one query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError

from airflow_dataops.core.checks.spec import Query
from airflow_dataops.core.contract.model import Scope
from airflow_dataops.engines.sql.alone import plain_source
from airflow_dataops.engines.sql.select import parse_select
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.checks.spec import Check

AGGREGATES = (exp.Avg, exp.Count, exp.CountIf, exp.Max, exp.Min, exp.Sum)
"""What may stand beside others in one query; each says the same there as alone."""

INSIDE = (exp.Query, exp.Window, exp.WithinGroup, exp.Order, exp.Lambda, exp.Anonymous)
"""What may not stand in such a query."""


def batched(checks: Iterable[Check], *, table: str) -> Mapping[str, exp.Select]:
    """Return the SQL rules that can be asked together, each by its id, as SELECTs of one expression.

    None of them has a WHERE: what it says is asked of each aggregate instead.

    Args:
        checks: Checks of a plan.
        table: What `{object}` stands for.
    """
    found = {check.id: _aggregate(check, table=table) for check in checks if isinstance(check.promise, Query)}
    several = {rule: tree for rule, tree in found.items() if tree is not None}
    return several if len(several) > 1 else {}


def together(trees: Iterable[exp.Select], *, table: str) -> exp.Select:
    """Return the one SELECT that answers all of some."""
    columns = [exp.alias_(tree.expressions[0].copy(), f"a{at}") for at, tree in enumerate(trees)]
    return exp.select(*columns).from_(exp.Table(this=exp.to_identifier(table, quoted=True)))


def _aggregate(check: Check, *, table: str) -> exp.Select | None:
    promise = check.promise
    if not isinstance(promise, Query) or promise.reads or check.filter or check.scope is not Scope.BATCH:
        return None
    try:
        tree = parse_select(promise.sql, table=table, place="query", filled=True)
    except (NotEvaluatedError, SqlglotError, RecursionError):
        return None
    source, where = plain_source(tree), tree.args.get("where")
    if source is None or len(tree.expressions) != 1:
        return None
    condition = None if where is None else where.this
    asked = exp.Paren(this=tree.expressions[0].unalias().copy())
    return _over(asked, condition, called=source.alias_or_name.casefold(), table=table)


def _over(asked: exp.Expr, condition: exp.Expr | None, *, called: str, table: str) -> exp.Select | None:
    """Return the SELECT of an expression of aggregates, each under a condition, if it is one."""
    found = list(asked.find_all(exp.AggFunc))
    if not found or not all(isinstance(one, AGGREGATES) for one in found) or asked.find(*INSIDE):
        return None
    if condition is not None and condition.find(*INSIDE, exp.AggFunc):
        return None
    if any(column.find_ancestor(exp.AggFunc) is None for column in asked.find_all(exp.Column)):
        return None
    if condition is not None:
        for one in found:
            if isinstance(one.parent, exp.Filter):
                return None
            kept = exp.Filter(this=one.copy(), expression=exp.Where(this=condition.copy()))
            one.replace(kept)
    for column in asked.find_all(exp.Column):
        if column.db or column.table.casefold() not in {"", called}:
            return None
        column.set("table", None)
    return exp.select(asked).from_(exp.Table(this=exp.to_identifier(table, quoted=True)))
