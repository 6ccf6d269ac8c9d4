"""SELECTs inside of expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.agreement.grouping import is_one_row
from airflow_dataops.engines.sql.agreement.kind import BOOLEAN, NULL, Differs, common
from airflow_dataops.engines.sql.agreement.way import SQLITE

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.agreement.kind import Kind
    from airflow_dataops.engines.sql.agreement.scope import Scope
    from airflow_dataops.engines.sql.agreement.values import Values


def scalar(values: Values, node: exp.Expr, scope: Scope) -> Kind:
    """Say a SELECT in place of a value."""
    values.check_parts(node, "a SELECT in brackets", {"this"})
    if values.engine == SQLITE and not is_one_row(node.this):
        raise values.differs("a SELECT in place of a value", "of several rows SQLite takes one")
    columns = values.query(node.this, scope)
    if len(columns) != 1:
        raise values.differs("a SELECT in place of a value", "it has several columns")
    return columns[0][1]


def exists(values: Values, node: exp.Expr, scope: Scope) -> Kind:
    """Say an EXISTS."""
    values.query(node.this, scope)
    return BOOLEAN


def among(values: Values, node: exp.Expr, scope: Scope) -> Kind:
    """Say whether values are among those of a SELECT."""
    here = node.this.expressions if isinstance(node.this, exp.Tuple) else [node.this]
    query = node.args["query"]
    kinds = [values.kind(one, scope) for one in list(here)]
    columns = values.query(query.this if isinstance(query, exp.Subquery) else query, scope)
    if len(kinds) != len(columns):
        raise values.differs("a IN (SELECT …)", "both sides have another number of columns")
    for one, (_, other) in zip(kinds, columns, strict=True):
        try:
            common((one, other))
            if values.engine == SQLITE and NULL not in {one, other} and not one.is_like(other):
                raise Differs(f"SQLite compares {one} and {other} as they are held")  # noqa: TRY301
        except Differs as difference:
            raise values.differs("a IN (SELECT …)", str(difference)) from None
    return BOOLEAN
