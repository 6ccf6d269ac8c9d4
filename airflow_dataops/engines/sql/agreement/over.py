"""Totals of some rows: FILTER and OVER."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.kind import TEXT
from airflow_dataops.engines.sql.agreement.way import MARIADB, POSTGRES
from airflow_dataops.engines.sql.agreement.words import integer, one_or_zero
from airflow_dataops.engines.sql.mariadb.words import digest

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.agreement.kind import Kind
    from airflow_dataops.engines.sql.agreement.scope import Scope
    from airflow_dataops.engines.sql.agreement.values import Values

TOTALS = (exp.AggFunc, exp.WithinGroup)


def filtered(values: Values, node: exp.Expr, scope: Scope) -> Kind:
    """Say a total of the rows that a condition leaves: but in PostgreSQL it is one of a CASE."""
    where = node.expression.this
    if values.engine == POSTGRES:
        values.condition(where, scope)
        found = values.kind(node.this, scope)
        _wrap(values, node)
        return found
    total, told = node.this, exp.case().when(where.copy(), integer(1))
    if isinstance(total, exp.CountIf):
        total = exp.Sum(this=exp.case().when(where.copy(), one_or_zero(total.this)))
    elif isinstance(total.this, exp.Star):
        total.this.replace(told)
    else:
        value = total.this.expressions[0] if isinstance(total.this, exp.Distinct) else total.this
        value.replace(exp.case().when(where.copy(), value.copy()))
    found_in = total.copy()
    node.replace(found_in)
    return values.kind(found_in, scope)


def windowed(values: Values, node: exp.Expr, scope: Scope) -> Kind:
    """Say a total, or a rank, of the rows around a row."""
    values.check_parts(node, "OVER (…)", {"this", "partition_by", "order", "over"})
    if not isinstance(node.this, (*TOTALS, exp.Rank, exp.DenseRank)):
        values.kind(node.this, scope)
    for at, part in enumerate(list(node.args.get("partition_by") or ())):
        if values.kind(part, scope) == TEXT and values.engine == MARIADB:
            said = node.args["partition_by"][at]
            said.replace(digest(said))
    for part in list(node.args["order"].expressions if node.args.get("order") else ()):
        values.ordered(part, scope)
    found = values.kind(node.this, scope)
    _wrap(values, node)
    return found


def _wrap(values: Values, node: exp.Expr) -> None:
    """Put FILTER and OVER around the one total of what they stood around."""
    said = node.this
    if isinstance(said, TOTALS):
        return
    totals = [total for total in said.find_all(*TOTALS) if not isinstance(total.parent, TOTALS)]
    if len(totals) != 1:
        raise values.differs("OVER (…)", "it is reckoned there from two totals")
    total = totals[0]
    around = node.copy()
    around.set("this", total.copy())
    total.replace(around)
    node.replace(said)
