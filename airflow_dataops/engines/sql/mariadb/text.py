"""Texts as values of a contract in MariaDB, whose casts take what begins like a value for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.written import translation
from airflow_dataops.core.rows.lexical import ENDS_IN_OFFSET, iso, lexical
from airflow_dataops.engines.sql.mariadb.column_type import mariadb_type
from airflow_dataops.engines.sql.mariadb.double import double_of_text
from airflow_dataops.engines.sql.mariadb.typed import integer_of_number, of_zone
from airflow_dataops.engines.sql.mariadb.words import (
    call,
    cast,
    equal,
    matches,
    number,
    part,
    replaced,
    string,
    when,
)
from airflow_dataops.engines.sql.mariadb.zone import shifted

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.contract.model import ColumnType

YES, NO = "[tT][rR][uU][eE]|1", "[fF][aA][lL][sS][eE]|0"


def _whole(lexeme: str) -> str:
    return f"^({lexeme})$"


def _with_one_zero(column: exp.Expr) -> exp.Expr:
    """Return a number with one zero before it where it has many: PCRE2 would go back over all of them."""
    return replaced(column, r"\A([+-]?)0++", r"\10")


def _integer_of_text(column: exp.Expr, _: ColumnType) -> exp.Expr:
    significant = _with_one_zero(column)
    short = matches(significant, r"^[+-]?0?[0-9]{1,19}$")
    return when(short, integer_of_number(cast(significant, "decimal(65,0)"), _))


def _decimal_of_text(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    significant = _with_one_zero(column)
    written = matches(significant, _whole(lexical(column_type)))
    return when(written, cast(significant, mariadb_type(column_type)))


def _boolean_of_text(column: exp.Expr, _: ColumnType) -> exp.Expr:
    yes, no = (matches(column, _whole(words)) for words in (YES, NO))
    return exp.case().when(yes, exp.true()).when(no, exp.false())


def _in_iso(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    """Return a text in ISO 8601; null for one that isn't in the column's format."""
    form = column_type.written.format
    if not form:
        return column
    text = column
    for pattern, replacement in translation(form, column_type.logical).steps:
        text = replaced(text, pattern, replacement)
    return when(matches(column, _whole(lexical(column_type))), text)


def _date_of_text(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    day = _in_iso(column, column_type)
    return when(matches(day, _whole(iso(column_type))), cast(day, "date"))


def _instant_of_text(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    stamp = _in_iso(column, column_type)
    day, clock = call("LEFT", stamp, number(10)), part(stamp, r"(?<=[T ])[0-9:]++(?:\.[0-9]{1,6}+)?")
    local = cast(call("CONCAT", day, string(" "), clock), "datetime(6)")
    has_offset = matches(stamp, ENDS_IN_OFFSET)
    offset = part(stamp, r"(?<=:[0-9]{2}|[0-9]\.[0-9]|Z)[+-][0-9:]++\z|[+-][0-9]{2}(?::?[0-9]{2})?\z")
    digits = call("REPLACE", offset, string(":"), string(""))
    hours = cast(call("CONCAT", string("0"), call("SUBSTR", digits, number(2), number(2))), "signed")
    minutes = cast(call("CONCAT", string("0"), call("SUBSTR", digits, number(4), number(2))), "signed")
    ahead = exp.Paren(this=exp.Add(this=exp.Mul(this=hours, expression=number(60)), expression=minutes))
    sign = exp.case().when(equal(call("LEFT", digits, number(1)), string("-")), number(1)).else_(number(-1))
    shift = exp.Mul(this=ahead, expression=exp.Paren(this=sign))
    instant = exp.case().when(has_offset, shifted(local, "MINUTE", shift)).else_(of_zone(local, column_type))
    return when(matches(stamp, _whole(iso(column_type))), instant)


def _time_of_text(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    clock = _in_iso(column, column_type)
    short = part(clock, r"\A[0-9:]++(?:\.[0-9]{1,6}+)?")
    return when(matches(clock, _whole(iso(column_type))), cast(short, "time(6)"))


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
