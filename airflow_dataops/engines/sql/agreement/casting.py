"""Casts: each is looked up by the kind of the value and the type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.engines.sql.agreement.asked import asked
from airflow_dataops.engines.sql.agreement.casts import CASTS
from airflow_dataops.engines.sql.agreement.kind import DECIMAL, NULL, TEXT, Differs
from airflow_dataops.engines.sql.agreement.reading import read
from airflow_dataops.engines.sql.agreement.way import SQLITE, way_of

if TYPE_CHECKING:
    from sqlglot import exp

    from airflow_dataops.engines.sql.agreement.kind import Kind
    from airflow_dataops.engines.sql.agreement.scope import Scope
    from airflow_dataops.engines.sql.agreement.values import Values


def casted(values: Values, node: exp.Expr, scope: Scope) -> Kind:
    """Say a cast."""
    values.check_parts(node, "CAST", {"this", "to"})
    wanted = asked(node.args["to"])
    if wanted is None:
        raise values.differs("CAST", "nothing is agreed about that type")
    if node.this.is_string and wanted != TEXT:
        return _read(values, node, wanted)
    found = values.kind(node.this, scope)
    if found == NULL:
        return wanted
    construct = CASTS.get((found.name, wanted.name))
    if construct is None:
        raise values.differs(f"CAST ({found} AS {wanted})", "each database does it in its own way")
    way = way_of(construct.ways, values.engine)
    try:
        if way.why:
            raise Differs(way.why)  # noqa: TRY301 - what differs is said in one place
        if way.said is not None:
            values.put(way.said(node, (found,)), node)
    except Differs as difference:
        raise values.differs(f"CAST ({construct.written})", str(difference)) from None
    return wanted


def _read(values: Values, node: exp.Expr, wanted: Kind) -> Kind:
    """Read a text that is written out, as `DATE '2026-03-01'` has it."""
    try:
        value, found = read(node.this.name, wanted, values.engine)
    except Differs as difference:
        raise values.differs(f"CAST (text AS {wanted})", str(difference)) from None
    if wanted.within((DECIMAL,)) and values.engine != SQLITE:
        return wanted
    node.replace(value)
    return found
