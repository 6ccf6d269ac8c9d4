"""The value that a text has in PostgreSQL: each cast stands behind a condition under which it can't fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.written import translation
from airflow_dataops.core.rows.lexical import BOOLEAN, ENDS_IN_OFFSET, iso, lexical
from airflow_dataops.engines.sql.postgres.calendar import in_zone, of_calendar, on_the_calendar
from airflow_dataops.engines.sql.postgres.double import double_of_text
from airflow_dataops.engines.sql.postgres.of_value import HIGHEST, LOWEST
from airflow_dataops.engines.sql.postgres.words import between, cast, matches, number, replaced, when
from airflow_dataops.warehouse.column_type import postgres_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.contract.model import ColumnType

LATE_ZEROS = r"(\.[0-9]{6})0+"
"""PostgreSQL takes no longer texts of an instant than 128 characters."""


def _whole(lexeme: str) -> str:
    return f"^({lexeme})$"


def _integer_of_text(column: exp.Expr, _: ColumnType) -> exp.Expr:
    short = matches(column, r"^[+-]?0*[0-9]{1,19}$")
    in_range = between(cast(column, "numeric"), number(LOWEST), number(HIGHEST))
    return when(short, when(in_range, cast(column, "bigint")))


def _decimal_of_text(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    scale = column_type.scale or 0
    plain = replaced(column, rf"^([+-]?)([0-9]*)\.?([0-9]{{0,{scale}}})0*$", r"\10\2.\30")
    return when(matches(column, _whole(lexical(column_type))), cast(plain, postgres_type(column_type)))


def _boolean_of_text(column: exp.Expr, _: ColumnType) -> exp.Expr:
    return when(matches(column, _whole(BOOLEAN)), cast(column, "boolean"))


def _in_iso(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    """Return a text in ISO 8601; null for one that isn't in the column's format."""
    form = column_type.written.format
    if not form:
        return column
    found = column
    for pattern, replacement in translation(form, column_type.logical).steps:
        found = replaced(found, pattern, replacement)
    return when(matches(column, _whole(lexical(column_type))), found)


def _date_of_text(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    day = _in_iso(column, column_type)
    written = exp.and_(matches(day, _whole(iso(column_type))), on_the_calendar(day))
    return when(written, cast(day, "date"))


def _instant_of_text(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    stamp = _in_iso(column, column_type)
    written = exp.and_(matches(stamp, _whole(iso(column_type))), on_the_calendar(stamp))
    short = replaced(stamp, LATE_ZEROS, r"\1")
    instant = cast(short, "timestamptz")
    if column_type.written.zone:
        local = in_zone(cast(short, "timestamp"), column_type.written.zone)
        instant = when(matches(stamp, ENDS_IN_OFFSET), instant).else_(local)
    return when(written, of_calendar(instant, column_type))


def _time_of_text(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    clock = _in_iso(column, column_type)
    short = replaced(clock, LATE_ZEROS, r"\1")
    return when(matches(clock, _whole(iso(column_type))), cast(short, "time"))


TEXTS: dict[str, Callable[[exp.Expr, ColumnType], exp.Expr]] = {
    "integer": _integer_of_text,
    "number": lambda column, _: double_of_text(column),
    "decimal": _decimal_of_text,
    "boolean": _boolean_of_text,
    "date": _date_of_text,
    "timestamp": _instant_of_text,
    "time": _time_of_text,
}
"""Type of the contract -> the value that a text has in it."""
