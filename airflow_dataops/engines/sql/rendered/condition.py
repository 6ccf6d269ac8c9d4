"""Promise -> the condition that holds for a row that breaks it, over a column that has the contract's type.

Where it is null the row keeps the promise, as a count takes it. Which bound a promise has in the column's
type is said in `lower.py`, once for all databases.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.spec import (
    Matches,
    MultipleOf,
    NotLonger,
    NotNull,
    NotShorter,
    OfType,
    OneOf,
)
from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.core.rows.typed import typed
from airflow_dataops.engines.sql.lower import lower
from airflow_dataops.engines.sql.reading import Reading
from airflow_dataops.engines.sql.rendered.words import cast, missing, never, none_of, number, present
from airflow_dataops.engines.sql.source import identifier
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.core.checks.spec import RowPromise
    from airflow_dataops.core.contract.model import Column, ColumnType
    from airflow_dataops.core.rows.typed import Typed
    from airflow_dataops.engines.sql.rendered.database import Database

HELD = "the type of the table's column holds it"


def broken(promise: RowPromise, column: Column, database: Database) -> exp.Expr:
    """Return the condition that a row breaks a promise.

    Args:
        promise: The promise.
        column: Its column.
        database: Whose SQL.

    Raises:
        NotEvaluatedError: If the database can't say it so that it agrees.
    """
    here = named(column.name, database)
    match promise:
        case NotNull(missing=values):
            return exp.or_(missing(here), *_is_listed(here, column.type, values, database))
        case OfType():
            condition = database.value(here, column.type)
            if condition is None:
                raise NotEvaluatedError(HELD)
            negated = condition.this if isinstance(condition, exp.Not) else exp.not_(condition)
            return exp.and_(present(here), negated)
        case OneOf(values=values):
            listed = listed_in(values, column.type, database)
            return none_of(comparable(here, column.type, database), listed) if listed else present(here)
        case Matches(pattern=pattern):
            return exp.not_(database.found(text_of(here, column.type, database), pattern))
        case NotShorter(length=length) | NotLonger(length=length):
            beyond = exp.LT if isinstance(promise, NotShorter) else exp.GT
            characters = database.length(text_of(here, column.type, database))
            return beyond(this=characters, expression=number(str(length)))
        case _:
            return _outside(promise, here, column.type, database)


def named(name: str, database: Database, *, table: str = "") -> exp.Column:
    """Return a column, whatever its name holds.

    Raises:
        NotEvaluatedError: If the database can't quote the name.
    """
    database.check_name(name)
    return exp.column(identifier(name), table=identifier(table) if table else None)


def comparable(column: exp.Expr, column_type: ColumnType, database: Database) -> exp.Expr:
    """Return what is equal for equal values of a column alone."""
    database.check_type(column_type)
    return database.exact(column) if column_type.is_text else column.copy()


def text_of(column: exp.Expr, column_type: ColumnType, database: Database) -> exp.Expr:
    """Return the text of a value.

    Raises:
        NotEvaluatedError: If each database writes such a value its own way.
    """
    if column_type.is_text:
        return column.copy()
    if column_type.logical is LogicalType.INTEGER:
        return cast(column, database.types[LogicalType.STRING])
    raise NotEvaluatedError(f"the text of a {column_type} is {database.title}'s own, and not the contract's")


def listed_in(values: Sequence[str], column_type: ColumnType, database: Database) -> list[exp.Expr]:
    """Return the values that some texts are in a type, as literals; those without a value are left out."""
    found = [value_of(value, column_type) for value in values]
    return [
        comparable_literal(canonical(one), column_type, database)
        for one in dict.fromkeys(found)
        if one is not None and (one != "" or database.empty)
    ]


def value_of(text: str, column_type: ColumnType) -> Typed | None:
    """Return the value of a text in a type, or None when it has none; JSON is a text."""
    return text if column_type.is_text else typed(text, column_type)


def comparable_literal(value: str, column_type: ColumnType, database: Database) -> exp.Expr:
    """Return a value as a literal that stands beside what `comparable` returns."""
    if not column_type.is_text:
        return database.literal(value, column_type)
    return database.quoted(value + database.mark)


def canonical(value: Typed) -> str:
    """Return the one text of a value, as `Database.literal` wants it."""
    match value:
        case bool():
            return str(value).lower()
        case Decimal():
            return format(value, "f")
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)


def _is_listed(
    here: exp.Expr, column_type: ColumnType, values: Sequence[str], database: Database
) -> tuple[exp.Expr, ...]:
    # An empty text says nothing of a column that isn't text.
    said = [value for value in values if value or column_type.is_text]
    listed = listed_in(said, column_type, database)
    if not listed:
        return ()
    return (exp.In(this=comparable(here, column_type, database), expressions=listed),)


def _outside(promise: RowPromise, here: exp.Expr, column_type: ColumnType, database: Database) -> exp.Expr:
    """Return the condition of a promise on bounds, with what must hold for the value to be a value at all."""
    decimal = column_type.precision is not None and column_type.logical is LogicalType.NUMBER
    if isinstance(promise, MultipleOf) and decimal and not database.remainder:
        raise NotEvaluatedError(f"{database.title}'s manual doesn't say what the remainder of decimals is")
    condition = database.value(here, column_type)
    tree = lower(promise, Reading(column_type, here.copy(), here.copy()))
    if isinstance(tree, exp.Boolean):
        return never()
    for found in list(tree.find_all(exp.Cast)):
        found.replace(database.literal(found.this.name, column_type))
    tree = tree.transform(_without_presence)
    return tree if condition is None else exp.and_(condition, tree)


def _without_presence(node: exp.Expr) -> exp.Expr:
    """Leave out that there is a value where it is compared: a comparison with null holds for no row."""
    if isinstance(node, exp.And) and isinstance(node.this, exp.Not) and isinstance(node.this.this, exp.Is):
        compared: exp.Expr = node.expression
        return compared
    return node
