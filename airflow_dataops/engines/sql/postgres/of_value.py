"""The value that one of another type has in PostgreSQL: it must come back the same, so nothing is rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.postgres.calendar import in_zone, of_calendar
from airflow_dataops.engines.sql.postgres.double import double_of_number, finite, is_exact, number_of_double
from airflow_dataops.engines.sql.postgres.words import between, cast, constant, equal, number, when
from airflow_dataops.engines.sql.reading import CALENDAR
from airflow_dataops.warehouse.column_type import postgres_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.contract.model import ColumnType

LOWEST, HIGHEST = -(2**63), 2**63 - 1


def _integer_of_number(column: exp.Expr, _: ColumnType) -> exp.Expr:
    same = equal(column, exp.func("trunc", column.copy()))
    return when(exp.and_(same, between(column, number(LOWEST), number(HIGHEST))), cast(column, "bigint"))


def _integer_of_float(column: exp.Expr, _: ColumnType) -> exp.Expr:
    # The literals are numbers with a fraction, or the comparison would be one of numerics.
    ends = (constant(str(float(end)), "double precision") for end in (LOWEST, 2**63))
    low, high = ends
    fits = exp.and_(
        exp.GTE(this=cast(column, "double precision"), expression=low),
        exp.LT(this=cast(column, "double precision"), expression=high),
    )
    whole = equal(cast(column, "double precision"), exp.func("trunc", cast(column, "double precision")))
    return when(exp.and_(fits, whole), cast(column, "bigint"))


def _decimal_of_number(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    scale = column_type.scale or 0
    highest = exp.Literal.number(str(10 ** ((column_type.precision or 0) - scale)))
    fits = exp.LT(this=exp.Abs(this=column.copy()), expression=highest)
    # The range first: rounding what is infinite is an error.
    same = equal(column, exp.func("round", column.copy(), number(scale)))
    return when(fits, when(same, cast(column, postgres_type(column_type))))


def _decimal_of_float(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    return when(finite(column), _decimal_of_number(number_of_double(column), column_type))


def _boolean_of_number(column: exp.Expr, _: ColumnType) -> exp.Expr:
    return exp.case().when(equal(column, number(1)), exp.true()).when(equal(column, number(0)), exp.false())


def _date_of_stamp(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    day = cast(column, "date")
    first, last = (constant(end, "date") for end in CALENDAR[column_type.logical])
    near = exp.and_(
        exp.GTE(this=column.copy(), expression=first),
        exp.LT(this=column.copy(), expression=exp.Add(this=last, expression=number(1))),
    )
    return when(near, when(equal(day, column), day))


def _instant_of_day(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    first, last = (constant(end, "date") for end in CALENDAR[LogicalType.DATE])
    return when(between(column, first, last), _instant_of(cast(column, "timestamp"), column_type))


def _instant_of_local(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    first, last = (constant(end.rstrip("Z"), "timestamp") for end in CALENDAR[LogicalType.TIMESTAMP])
    return when(between(column, first, last), _instant_of(column, column_type))


def _instant_of(local: exp.Expr, column_type: ColumnType) -> exp.Expr:
    """Return the instant of a local time; null where the contract wants an offset, which it hasn't."""
    if column_type.written.offset:
        return exp.null()
    if column_type.written.zone:
        return of_calendar(in_zone(local, column_type.written.zone), column_type)
    return cast(local, postgres_type(column_type))


def _of_bit(read: Callable[[exp.Expr, ColumnType], exp.Expr]) -> Callable[[exp.Expr, ColumnType], exp.Expr]:
    return lambda column, column_type: read(cast(column, "int"), column_type)


READERS: dict[tuple[str, str], Callable[[exp.Expr, ColumnType], exp.Expr]] = {
    ("whole", "integer"): lambda column, _: column,
    ("whole", "number"): lambda column, _: when(is_exact(column), cast(column, "double precision")),
    ("whole", "decimal"): lambda column, kind: _decimal_of_number(cast(column, "numeric"), kind),
    ("whole", "boolean"): _boolean_of_number,
    ("numeric", "integer"): _integer_of_number,
    ("numeric", "number"): lambda column, _: double_of_number(column),
    ("numeric", "decimal"): _decimal_of_number,
    ("numeric", "boolean"): _boolean_of_number,
    ("float", "integer"): _integer_of_float,
    ("float", "number"): lambda column, _: when(finite(column), cast(column, "double precision")),
    ("float", "decimal"): _decimal_of_float,
    ("float", "boolean"): _boolean_of_number,
    ("boolean", "integer"): _of_bit(lambda column, _: column),
    ("boolean", "number"): _of_bit(lambda column, _: column),
    ("boolean", "decimal"): _of_bit(lambda column, kind: _decimal_of_number(cast(column, "numeric"), kind)),
    ("boolean", "boolean"): lambda column, _: column,
    ("date", "date"): of_calendar,
    ("date", "timestamp"): _instant_of_day,
    ("local", "date"): _date_of_stamp,
    ("local", "timestamp"): _instant_of_local,
    ("instant", "date"): _date_of_stamp,
    ("instant", "timestamp"): of_calendar,
    ("clock", "time"): of_calendar,
}
"""(kind of the column, type of the contract) -> its value; a pair that isn't here has no values."""
