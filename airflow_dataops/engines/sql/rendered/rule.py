"""SQL rules, which are written as DuckDB reads them, for another database: as far as both mean the same.

A rule may be made of SAME alone. Functions, divisions, casts and the rest have a meaning of their own in each
database, and sqlglot translates words, not meanings: a rule with one of these is refused, and named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.rendered.compared import COMPARISONS, NUMBERS, compare, type_of, unlike
from airflow_dataops.engines.sql.rendered.words import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.contract.model import Column, ColumnType
    from airflow_dataops.engines.sql.rendered.database import Database

ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.Sum)
LOGICAL = (exp.And, exp.Or, exp.Not, exp.Where, exp.Having, exp.If, exp.Join)
SAME = (
    *(exp.Select, exp.From, exp.Where, exp.Group, exp.Having, exp.With, exp.CTE, exp.Join),
    *(exp.Table, exp.TableAlias, exp.Alias, exp.Column, exp.Identifier, exp.Star, exp.Subquery, exp.Paren),
    *(exp.And, exp.Or, exp.Not, exp.Is, exp.Null, exp.Boolean, exp.Exists, exp.Like, *COMPARISONS),
    *(exp.Literal, exp.Case, exp.If, exp.Coalesce, *ARITHMETIC, exp.Count, exp.Min, exp.Max, exp.Distinct),
)
"""What means one thing in all the databases."""

PLAIN: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Star: ("except_", "except", "replace", "rename"),
    exp.Group: ("all", "rollup", "cube", "grouping_sets", "totals"),
    exp.Join: ("using", "method", "match_condition"),
    exp.Table: ("sample", "joins", "pivots", "laterals"),
    exp.Select: ("limit", "offset", "order", "qualify", "windows", "kind", "operation_modifiers", "into"),
    exp.With: ("recursive",),
}
"""What -> what it may not have."""

JOINS = frozenset({"", "INNER", "LEFT", "CROSS"})


def rendered(
    tree: exp.Query, columns: Iterable[Column], names: Iterable[str], database: Database
) -> exp.Query:
    """Return the SELECT of a rule for another database.

    Args:
        tree: The SELECT, as DuckDB reads it, over tables by their own names.
        columns: The columns that it may speak of.
        names: The names of the tables, as they are written.
        database: Whose SQL.

    Raises:
        NotEvaluatedError: If it has a part that isn't known to mean the same.
    """
    spelled = tree.copy()
    for node in spelled.walk():
        _check(node, database)
    types = _types(spelled, columns, database)
    _check_aliases(spelled, types, database)
    _check_numbers(spelled, types, database)
    compare(spelled, types, database)
    if not database.booleans:
        _say_booleans(spelled, types)
    _read_values(spelled, types, database)
    written = {name.casefold(): name for name in (*names, *(column.name for column in columns))}
    for name in list(spelled.find_all(exp.Identifier)):
        folded = name.this.casefold()
        database.check_name(name.this)
        name.replace(exp.to_identifier(written.get(folded, folded), quoted=True))
    return spelled


def _types(tree: exp.Query, columns: Iterable[Column], database: Database) -> dict[str, ColumnType]:
    """Return name, whatever its case -> type, of the columns of all tables of a rule."""
    found: dict[str, set[ColumnType]] = {}
    for column in columns:
        found.setdefault(column.name.casefold(), set()).add(column.type)
    for name in {column.name.casefold() for column in tree.find_all(exp.Column)}:
        if len(found.get(name, ())) > 1:
            raise unlike(f"`{name}` of several tables and types", database)
    return {name: types.pop() for name, types in found.items()}


def _check(node: exp.Expr, database: Database) -> None:
    lacking = next((what for what in PLAIN.get(type(node), ()) if node.args.get(what)), "")
    odd_join = isinstance(node, exp.Join) and not {node.kind, node.side} <= JOINS
    several = (
        isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct) and len(node.this.expressions) > 1
    )
    odd_is = isinstance(node, exp.Is) and not isinstance(node.expression, exp.Null)
    if type(node) not in SAME or lacking or odd_join or several or odd_is:
        word = lacking or node.key
        raise unlike(f"`{word.upper()}`", database)


def _check_numbers(tree: exp.Query, types: Mapping[str, ColumnType], database: Database) -> None:
    for node in tree.find_all(*ARITHMETIC):
        for column in node.find_all(exp.Column):
            found = type_of(column, types)
            calls = column.find_ancestor(exp.Count, exp.Select)
            if found is not None and found.logical not in NUMBERS and not isinstance(calls, exp.Count):
                raise unlike(f"arithmetic with a {found}", database)


def _check_aliases(tree: exp.Query, types: Mapping[str, ColumnType], database: Database) -> None:
    """Refuse that something else is called as a column, whose type it would be taken for."""
    for alias in tree.find_all(exp.Alias):
        same = isinstance(alias.this, exp.Column) and alias.this.name == alias.alias
        if alias.alias.casefold() in types and not same:
            raise unlike(f"`{alias.alias}` as the name of what is no such column", database)


def _read_values(tree: exp.Query, types: Mapping[str, ColumnType], database: Database) -> None:
    """Read columns as a rule has them: null where a value is one of the database's type alone."""
    for column in list(tree.find_all(exp.Column)):
        found = type_of(column, types)
        condition = None if found is None else database.value(column, found)
        if condition is not None:
            value: exp.Expr = exp.case().when(condition, column.copy())
            if isinstance(column.parent, exp.Select):
                value = exp.alias_(value, column.name, quoted=True)
            column.replace(value)


def _say_booleans(tree: exp.Query, types: Mapping[str, ColumnType]) -> None:
    """Write booleans as 1 and 0, and as comparisons where a condition stands."""
    for node in list(tree.find_all(exp.Boolean, exp.Column)):
        if isinstance(node, exp.Boolean):
            value = number(str(int(node.this)))
            compared = isinstance(node.parent, COMPARISONS)
            node.replace(value if compared else exp.EQ(this=value, expression=number("1")))
            continue
        found = type_of(node, types)
        boolean = found is not None and found.logical is LogicalType.BOOLEAN
        if boolean and _is_condition(node):
            node.replace(exp.EQ(this=node.copy(), expression=number("1")))


def _is_condition(node: exp.Expr) -> bool:
    parent = node.parent
    while isinstance(parent, exp.Paren):
        node, parent = parent, parent.parent
    if isinstance(parent, exp.If):
        return parent.this is node
    return isinstance(parent, LOGICAL)
