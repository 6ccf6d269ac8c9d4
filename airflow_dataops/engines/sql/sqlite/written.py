"""A statement of a scan as SQLite's text: bounds as they are held there, texts whole whatever is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import ErrorLevel, UnsupportedError

from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.core.rows.typed import typed
from airflow_dataops.engines.sql.sqlite import names
from airflow_dataops.engines.sql.sqlite.functions import key_of
from airflow_dataops.engines.sql.sqlite.stored import DUCKDB_TYPES, is_wide, stored
from airflow_dataops.engines.sql.sqlite.words import call, literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.core.rows.typed import Typed


DEEP = 200
"""So many conditions are joined as they stand; SQLite nests no deeper than 1000
(https://www.sqlite.org/limits.html)."""


AS_THEY_ARE = frozenset({exp.DType.INT, exp.DType.TEXT})
"""Types of SQLite's own that a literal may be cast to."""


def written(tree: exp.Expr, *, pretty: bool = False) -> str:
    """Return a statement of a scan as SQLite reads it.

    Args:
        tree: The statement. A cast of a literal in it is one to a type of DuckDB, and becomes what is held.
        pretty: Whether it is for people, on several lines.

    Raises:
        SqlglotError: If SQLite has no words for a part of it.
    """
    noted = isinstance(tree, exp.Create)  # the comments of what makes a table are ours
    said = tree.transform(_spelled)
    return said.sql("sqlite", unsupported_level=ErrorLevel.RAISE, comments=noted, pretty=pretty)


def bound(value: Typed | None, column_type: ColumnType) -> exp.Expr:
    """Return a value of a type as it is held."""
    if isinstance(value, float):  # SQLite's own reader may miss the nearest double
        return call(names.VALUE, exp.Literal.string(repr(value)), exp.Literal.string(key_of(column_type)))
    return literal(None if value is None else stored(value, column_type))


def duckdb_type(found: exp.DataType) -> ColumnType | None:
    """Return the type of a contract whose values a type of DuckDB has; None where there is none."""
    name = found.this.name if isinstance(found.this, exp.DType) else str(found.this)
    if name == "DECIMAL":
        digits = [int(part.name) for part in found.expressions]
        return ColumnType(LogicalType.NUMBER, digits[0], digits[1]) if len(digits) == 2 else None
    logical = DUCKDB_TYPES.get(name)
    return ColumnType(logical) if logical else None


def _spelled(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.Or() if not isinstance(node.parent, exp.Or):
            return _balanced([*node.flatten()]).transform(_spelled) if _is_deep(node) else node
        case exp.Cast(this=exp.Literal(this=text)) if node.to.this not in AS_THEY_ARE:
            column_type = duckdb_type(node.to)
            if column_type is None:
                raise UnsupportedError(f"there is no {node.to.sql('duckdb')}")
            return bound(typed(text, column_type), column_type)
        case exp.Mod(this=dividend, expression=exp.Cast(this=exp.Literal()) as divisor):
            column_type = duckdb_type(divisor.to)
            if column_type is not None and is_wide(column_type):
                return call(names.REST, dividend, _spelled(divisor))
        case exp.Length(this=text):
            return _length(text)
        case exp.Literal(is_string=True, this=text) if "\0" in text:
            return exp.Cast(
                this=exp.HexString(this=text.encode().hex()), to=exp.DataType.build("TEXT", dialect="sqlite")
            )
    return node


def _is_deep(node: exp.Expr) -> bool:
    depth = 0
    while isinstance(node, exp.Or) and depth < DEEP:
        node, depth = node.left, depth + 1
    return depth == DEEP


def _balanced(operands: Sequence[exp.Expr]) -> exp.Expr:
    """Return whether one of many conditions holds, in brackets that are nested as little as can be."""
    if len(operands) == 1:
        return operands[0]
    middle = len(operands) // 2
    halves = [exp.paren(_balanced(half)) for half in (operands[:middle], operands[middle:])]
    return exp.Or(this=halves[0], expression=halves[1])


def _length(text: exp.Expr) -> exp.Expr:
    """Return how many code points a text has: SQLite counts to the first NUL."""
    nul = call("instr", text, call("char", exp.Literal.number(0)))
    return exp.case().when(nul, call(names.LENGTH, text)).else_(call("length", text))
