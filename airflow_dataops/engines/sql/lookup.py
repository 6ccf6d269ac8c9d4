"""Rules whose rows are looked up: in another table, in the rest of their own, or among some of the batch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.spec import References, Unique
from airflow_dataops.core.contract.model import LogicalType, Scope
from airflow_dataops.core.contract.written import ISO
from airflow_dataops.engines.sql.judging import ROW
from airflow_dataops.engines.sql.problem import NO_COLUMN
from airflow_dataops.engines.sql.selection import NUMBERED, RECORDS
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.engines.sql.far import Far
    from airflow_dataops.engines.sql.shape import Shape
    from airflow_dataops.engines.sql.spelling import Spelling

DOUBLES = ("double", "float", "real")
"""How the names of types begin whose values have no text that all databases agree on."""

NEAR, FAR = "near", "far"
"""What a row is called there, and what it is looked up in."""


def sought(check: Check, shape: Shape, *, beside: Far, among: str = "") -> exp.Query:
    """Return ROW of each record that breaks a rule which looks it up.

    Args:
        check: The rule: a foreign key, or uniqueness in a whole table or among some of the rows.
        shape: The columns and the plan.
        beside: Where it is looked up.
        among: The table of the ROWs that the rule speaks of; empty for all.

    Raises:
        NotEvaluatedError: If the rule speaks of a column that isn't there, or what it looks at isn't.
    """
    known = {column.name: column.type for column in shape.plan.columns}
    promise = check.promise
    if not isinstance(promise, References | Unique) or not known.keys() >= set(promise.columns):
        raise NotEvaluatedError(NO_COLUMN)
    if isinstance(promise, References):
        pairs = zip(promise.to, promise.columns, strict=True)
        far = beside.dataset(promise.other, {there: known[here] for there, here in pairs})
        return dangling(promise, far=far)
    whole = check.scope is Scope.TABLE
    rest = beside.rest(promise.columns, condition=check.filter) if whole else ""
    return shared(promise, rest=rest, among=among)


def typed(
    source: str, kinds: Mapping[str, str], wanted: Mapping[str, ColumnType], *, spelling: Spelling
) -> exp.Select:
    """Return columns of a table, each read in a type of the contract; null where it has no such value.

    Args:
        source: The table.
        kinds: Its columns -> the database's names of their types.
        wanted: Name of a column -> the type.
        spelling: How the database says it.

    Raises:
        NotEvaluatedError: If the table lacks one of the columns, or has doubles where texts are wanted.
    """
    missing = [name for name in wanted if name not in kinds]
    if missing:
        raise NotEvaluatedError(f"what the rule looks at has no column `{missing[0]}`")
    for name, column_type in wanted.items():
        if column_type.is_text and kinds[name].lower().startswith(DOUBLES):
            raise NotEvaluatedError(
                f"what the rule looks at has doubles in `{name}`, of which each database writes another text",
                hint="Give both columns the same type.",
            )
    values = [
        exp.alias_(
            spelling.value_of(
                exp.column(exp.to_identifier(name, quoted=True)), kinds[name], _published(column_type)
            ),
            name,
            quoted=True,
        )
        for name, column_type in wanted.items()
    ]
    return exp.select(*values).from_(exp.to_identifier(source, quoted=True))


def _published(column_type: ColumnType) -> ColumnType:
    """Return the type that a column is published in: a time of day may be a text there, in ISO 8601."""
    return replace(column_type, written=ISO) if column_type.logical is LogicalType.TIME else column_type


def dangling(promise: References, *, far: str) -> exp.Select:
    """Return ROW of each record whose values are not those of a row of another table.

    Args:
        promise: The foreign key.
        far: The other table; its columns are read in the types of those that point to them.
    """
    pairs = zip(promise.columns, promise.to, strict=True)
    return _numbers(promise.columns).where(exp.not_(_exists(exp.Table(this=_name(far)), pairs)))


def shared(promise: Unique, *, rest: str = "", among: str = "") -> exp.Query:
    """Return ROW of each record that shares the values of a key with another one.

    Args:
        promise: The key.
        rest: The rest of the table, as far as the rule speaks of it: no row there may have the values either;
            or empty.
        among: The table of the ROWs that the rule speaks of; empty for all.
    """
    columns = promise.columns
    records: exp.Expr = exp.Table(this=_name(NUMBERED if among else RECORDS))
    repeated = exp.select(*(_column(name) for name in columns)).from_(records)
    if among:
        repeated = repeated.where(_among(_name(ROW), among))
    many = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
    repeated = repeated.group_by(*(_column(name) for name in columns)).having(many)
    same = [(name, name) for name in columns]
    within = _numbers(columns, among=among).where(_exists(repeated.subquery(), same))
    if not rest:
        return within
    outside = exp.Table(this=_name(rest))
    return exp.union(within, _numbers(columns, among=among).where(_exists(outside, same)), distinct=True)


def _numbers(columns: Iterable[str], *, among: str = "") -> exp.Select:
    """Return ROW of each record that has a value in each column."""
    present = [exp.not_(exp.Is(this=_column(name, NEAR), expression=exp.null())) for name in columns]
    rows = exp.select(exp.column(ROW, table=NEAR)).from_(
        exp.alias_(exp.Table(this=_name(NUMBERED)), NEAR, table=True)
    )
    return rows.where(*present, *([_among(exp.column(ROW, table=NEAR), among)] if among else []))


def _exists(source: exp.Table | exp.Subquery, pairs: Iterable[tuple[str, str]]) -> exp.Expr:
    same = [exp.EQ(this=_column(there, FAR), expression=_column(here, NEAR)) for here, there in pairs]
    found = exp.select(exp.Literal.number(1)).from_(exp.alias_(source, FAR, table=True))
    return exp.Exists(this=found.where(*same))


def _among(row: exp.Expr, table: str) -> exp.Expr:
    return exp.In(this=row, query=exp.select(exp.column(ROW)).from_(_name(table)).subquery())


def _column(name: str, table: str = "") -> exp.Column:
    return exp.column(_name(name), table=table or None)


def _name(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
