"""Values of MariaDB's own types as values of a contract: each must come back the same.

Days, and times, are what the calendar has: `0000-00-00` and `2026-00-10`, which a column may hold, are none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.mariadb.column_type import mariadb_type
from airflow_dataops.engines.sql.mariadb.double import decimal_of_double, double_of_text
from airflow_dataops.engines.sql.mariadb.words import (
    as_text,
    between,
    call,
    cast,
    equal,
    number,
    string,
    when,
)
from airflow_dataops.engines.sql.mariadb.zone import in_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.contract.model import ColumnType

LOWEST, HIGHEST = -(2**63), 2**63 - 1

END_OF_DAY = "23:59:59.999999"


def of_zone(local: exp.Expr, column_type: ColumnType) -> exp.Expr:
    """Return the instant of a local time, in the zone that the contract names or in UTC."""
    return in_zone(local, column_type.written.zone) if column_type.written.zone else local


def integer_of_number(column: exp.Expr, _: ColumnType) -> exp.Expr:
    """Return the integer of 64 bits that a number is."""
    same = equal(column, call("TRUNCATE", column, number(0)))
    return when(exp.and_(same, between(column, number(LOWEST), number(HIGHEST))), cast(column, "signed"))


def _integer_of_double(column: exp.Expr, _: ColumnType) -> exp.Expr:
    double = cast(column, "double")
    low, high = (exp.Literal.number(f"{2**63}e0") for _ in range(2))
    fits = exp.and_(
        exp.GTE(this=double, expression=exp.Neg(this=low)), exp.LT(this=double.copy(), expression=high)
    )
    return when(exp.and_(fits, equal(double, call("FLOOR", double))), cast(double, "signed"))


def _decimal_of_number(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    same = cast(column, mariadb_type(column_type))
    return when(equal(same, column), same)


def _boolean_of_number(column: exp.Expr, _: ColumnType) -> exp.Expr:
    return exp.case().when(equal(column, number(1)), exp.true()).when(equal(column, number(0)), exp.false())


def _is_day(column: exp.Expr) -> exp.Expr:
    """Return whether a day is of the calendar: a column may hold `0000-00-00` and others that aren't."""
    day, last = call("DAYOFMONTH", column), call("DAYOFMONTH", call("LAST_DAY", column))
    return exp.and_(exp.GTE(this=call("YEAR", column), expression=number(1)), between(day, number(1), last))


def _date_of_day(column: exp.Expr, _: ColumnType) -> exp.Expr:
    return when(_is_day(column), column)


def _date_of_stamp(column: exp.Expr, _: ColumnType) -> exp.Expr:
    midnight = equal(cast(column, "time(6)"), cast(string("00:00:00"), "time(6)"))
    return when(exp.and_(_is_day(column), midnight), cast(column, "date"))


def _instant_of_local(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    """Return the instant of a local time; null where the contract wants an offset, which it hasn't."""
    if column_type.written.offset:
        return exp.null()
    return when(_is_day(column), of_zone(cast(column, "datetime(6)"), column_type))


def _instant_of_instant(column: exp.Expr, _: ColumnType) -> exp.Expr:
    return when(_is_day(column), cast(column, "datetime(6)"))


def _time_of_clock(column: exp.Expr, _: ColumnType) -> exp.Expr:
    first, last = (cast(string(end), "time(6)") for end in ("00:00:00", END_OF_DAY))
    return when(between(column, first, last), column)


def _of_double(column: exp.Expr) -> exp.Expr:
    """Return a double; the zero below 0 is the one zero."""
    return exp.Add(this=cast(column, "double"), expression=exp.Literal.number("0e0"))


READERS: dict[tuple[str, str], Callable[[exp.Expr, ColumnType], exp.Expr]] = {
    ("whole", "integer"): integer_of_number,
    ("whole", "number"): lambda column, _: double_of_text(as_text(column)),
    ("whole", "decimal"): _decimal_of_number,
    ("whole", "boolean"): _boolean_of_number,
    ("decimal", "integer"): integer_of_number,
    ("decimal", "decimal"): _decimal_of_number,
    ("decimal", "boolean"): _boolean_of_number,
    ("float", "integer"): _integer_of_double,
    ("float", "number"): lambda column, _: _of_double(column),
    ("float", "decimal"): lambda column, kind: decimal_of_double(column, mariadb_type(kind), back="float"),
    ("float", "boolean"): _boolean_of_number,
    ("double", "integer"): _integer_of_double,
    ("double", "number"): lambda column, _: _of_double(column),
    ("double", "decimal"): lambda column, kind: decimal_of_double(column, mariadb_type(kind), back="double"),
    ("double", "boolean"): _boolean_of_number,
    ("date", "date"): _date_of_day,
    ("date", "timestamp"): _instant_of_local,
    ("local", "date"): _date_of_stamp,
    ("local", "timestamp"): _instant_of_local,
    ("instant", "date"): _date_of_stamp,
    ("instant", "timestamp"): _instant_of_instant,
    ("clock", "time"): _time_of_clock,
}
"""(kind of the column, type of the contract) -> its value; a pair that isn't here has no values."""
