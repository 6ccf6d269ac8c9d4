"""Comparisons of a SQL rule: literals in the types of their columns, and texts so that they are exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.rendered.condition import canonical, comparable_literal, value_of
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.engines.sql.rendered.database import Database

    Types = Mapping[str, ColumnType]

EQUALITIES = (exp.EQ, exp.NEQ, exp.In)
COMPARISONS = (*EQUALITIES, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between)
NUMBERS = frozenset({LogicalType.INTEGER, LogicalType.NUMBER})

EXACT = (*EQUALITIES, exp.Is, exp.Count, exp.Select, exp.Like)
"""Where a text may stand in a database that compares texts in a way of its own."""


def unlike(what: str, database: Database) -> NotEvaluatedError:
    """Return the error of a part of a rule that isn't known to mean the same."""
    return NotEvaluatedError(f"the rule has {what}, which {database.title} may take otherwise than DuckDB")


def compare(tree: exp.Query, types: Types, database: Database) -> None:
    """Write the comparisons of a rule.

    Args:
        tree: The rule; it is changed.
        types: Name of a column, in lower case -> its type.
        database: Whose SQL.

    Raises:
        NotEvaluatedError: If something is compared that isn't known to be compared alike.
    """
    compared = list(tree.find_all(*COMPARISONS))
    for literal in tree.find_all(exp.Literal):
        if not isinstance(_above(literal), (*COMPARISONS, exp.Like)) and not literal.is_int:
            raise unlike("a literal that is compared with no column", database)
    if not database.same:
        _check_texts(tree, types, database)
    for like in list(tree.find_all(exp.Like)):
        _like(like, types, database)
    for node in compared:
        _compare(node, types, database)


def type_of(side: exp.Expr | None, types: Types) -> ColumnType | None:
    """Return the type of a column; None for anything else."""
    return types.get(side.name.casefold()) if isinstance(side, exp.Column) else None


def _above(literal: exp.Expr) -> exp.Expr | None:
    """Return what a literal stands in, its sign apart."""
    return literal.parent.parent if isinstance(literal.parent, exp.Neg) else literal.parent


def _check_texts(tree: exp.Query, types: Types, database: Database) -> None:
    """Refuse texts where they would be compared without being seen to be."""
    distinct = tree.find(exp.Distinct) is not None
    for column in tree.find_all(exp.Column):
        found = type_of(column, types)
        if found is not None and found.is_text and (distinct or not isinstance(column.parent, EXACT)):
            raise unlike("texts that are compared in another way than for equality", database)


def _like(node: exp.Expr, types: Types, database: Database) -> None:
    found, pattern = type_of(node.this, types), node.expression
    plain = isinstance(pattern, exp.Literal) and pattern.is_string and not set("\\[") & set(pattern.name)
    if not (plain and database.likes and found is not None and found.is_text):
        raise unlike("`LIKE`", database)
    node.set("expression", database.quoted(pattern.name))


def _compare(node: exp.Expr, types: Types, database: Database) -> None:
    sides = _sides(node)
    columns = [one for one in (type_of(side, types) for side in sides) if one is not None]
    literals = [side for side in sides if _text_of(side) is not None]
    if not columns:
        if any(not literal.is_int for literal in literals):
            raise unlike("a literal that is compared with no column", database)
        return
    first, *others = columns
    if any(not _alike(first, other) for other in others):
        raise unlike("a comparison of several types", database)
    for literal in literals:
        literal.replace(_typed(literal, first, database))
    if first.is_text and not database.same:
        if len(columns) + len(literals) < len(sides) or node.args.get("query"):
            raise unlike("texts that are compared with what is no column", database)
        if not isinstance(node, EQUALITIES):
            raise unlike("texts that are compared in another way than for equality", database)
        for side in sides:
            if isinstance(side, exp.Column):
                side.replace(database.exact(side))


def _sides(node: exp.Expr) -> list[exp.Expr]:
    arguments = (node.this, node.args.get("expression"), node.args.get("low"), node.args.get("high"))
    return [one for one in (*arguments, *node.expressions) if isinstance(one, exp.Expr)]


def _text_of(side: exp.Expr) -> str | None:
    """Return what a literal says; None for anything else."""
    if isinstance(side, exp.Neg) and isinstance(side.this, exp.Literal):
        return f"-{side.this.name}"
    return side.name if isinstance(side, exp.Literal) else None


def _typed(literal: exp.Expr, column_type: ColumnType, database: Database) -> exp.Expr:
    text = _text_of(literal) or ""
    found = value_of(text, column_type)
    number_for_text = column_type.is_text and not literal.is_string
    if found is None or number_for_text or (found == "" and not database.empty):
        raise unlike("a literal that is no value of its column", database)
    return comparable_literal(canonical(found), column_type, database)


def _alike(one: ColumnType, other: ColumnType) -> bool:
    return one.logical is other.logical or {one.logical, other.logical} <= NUMBERS
