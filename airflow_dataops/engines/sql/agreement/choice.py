"""Values that hang on conditions: CASE and IF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.alike import lift
from airflow_dataops.engines.sql.agreement.kind import TEXT, Differs, common
from airflow_dataops.engines.sql.agreement.way import SQLITE

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.agreement.kind import Kind
    from airflow_dataops.engines.sql.agreement.scope import Scope
    from airflow_dataops.engines.sql.agreement.values import Values


def case(values: Values, node: exp.Expr, scope: Scope) -> Kind:
    """Say a CASE; that of a value becomes one of conditions."""
    branches = node.args["ifs"]
    subject = node.args.get("this")
    if subject is not None:
        for branch in branches:
            branch.set("this", exp.EQ(this=subject.copy(), expression=branch.this))
        node.set("this", None)
    for branch in branches:
        values.condition(branch.this, scope)
    default = node.args.get("default")
    results = [*(branch.args["true"] for branch in branches), *([default] if default else [])]
    return _choice(values, results, scope)


def if_(values: Values, node: exp.Expr, scope: Scope) -> Kind:
    """Say an IF."""
    values.condition(node.this, scope)
    results = [part for part in (node.args["true"], node.args.get("false")) if part]
    return _choice(values, results, scope)


def _choice(values: Values, results: list[exp.Expr], scope: Scope) -> Kind:
    parents = [(result.parent, result.arg_key) for result in results]
    kinds = [values.kind(result, scope) for result in results]
    said = [parent.args[key] for parent, key in parents if parent is not None and key]
    try:
        found = common(kinds)
        if values.engine == SQLITE:
            lift(said, kinds)
    except Differs as difference:
        raise values.differs("CASE", str(difference)) from None
    if found == TEXT:
        values.spread(said)
    return found
