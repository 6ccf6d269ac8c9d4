"""How SQLite reads a column: each value has a type of its own there, whatever its column is declared as.

What SQLite can say itself, it says: a value is handed to a function of ours only where it is written in a way
that is seldom. A text is compared as bytes, whichever collation the column has; it may have a NUL, at which
some functions of SQLite stop. Bytes have no value in any type.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.core.rows.typed import typed
from airflow_dataops.engines.sql.spelling import Spelling
from airflow_dataops.engines.sql.sqlite import names
from airflow_dataops.engines.sql.sqlite.functions import Unread, compiled, key_of
from airflow_dataops.engines.sql.sqlite.stored import is_decimal, is_wide
from airflow_dataops.engines.sql.sqlite.words import (
    as_integer,
    as_real,
    as_text,
    call,
    equal,
    joined,
    literal,
    of_storage,
    when,
)
from airflow_dataops.engines.sql.sqlite.written import bound
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.contract.model import ColumnType

MOST_EXACT = 15
"""So many digits of a decimal come back from a double, whichever they are."""

FIRST = "0001-"
"""What sorts before the first day, and isn't taken for a number, as SQLite takes a text beside a number."""

NORMAL = exp.Literal.string("+0 days")
"""What makes SQLite compute a day: else it gives a text back that only looks like one."""

END = 2.0**63
"""The first double above all integers of 64 bits."""


def text_of(column: exp.Expr, _: str) -> exp.Expr:
    """Return the text of a column; that of bytes is how SQL writes them."""
    return of_storage(
        column,
        text=column,
        integer=as_text(column),
        real=call(names.TEXT, column),
        blob=call("quote", column),
    )


def value_of(column: exp.Expr, _: str, column_type: ColumnType) -> exp.Expr:
    """Return the value of a column in the contract's type, as it is held; null where it has none.

    A text must be a value of the type as it is written. A number must come back the same from the contract's
    type, so that nothing is rounded.
    """
    if column_type.is_text:
        return column if isinstance(column, exp.Literal) else text_of(column, "")
    if isinstance(column, exp.Literal):
        return bound(typed(column.this, column_type), column_type)
    kind = "decimal" if is_decimal(column_type) else str(column_type.logical)
    return READERS[kind](column, column_type)


def _read(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    return call(names.VALUE, column, exp.Literal.string(key_of(column_type)))


def _integer(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    whole = as_integer(column)
    plain = when(equal(as_text(whole), column), whole).else_(_read(column, column_type))
    inside = exp.and_(
        exp.GTE(this=column.copy(), expression=literal(-END)),
        exp.LT(this=column.copy(), expression=literal(END)),
    )
    return of_storage(
        column, text=plain, integer=column, real=when(exp.and_(inside, equal(whole, column)), whole)
    )


def _number(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    double = as_real(column)
    return of_storage(
        column,
        text=_read(column, column_type),
        integer=when(equal(double, column), double),
        real=when(finite(column), column),
    )


def finite(column: exp.Expr) -> exp.Expr:
    """Return whether a double is a number."""
    return exp.LT(this=exp.Abs(this=column.copy()), expression=exp.Literal.number("9e999"))


def _decimal(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    key, scale = exp.Literal.string(key_of(column_type)), column_type.scale or 0
    exactly = call(names.EXACTLY, column, key)
    below = exp.LT(
        this=exp.Abs(this=column.copy()), expression=literal(10 ** ((column_type.precision or 0) - scale))
    )
    integer = real = exactly
    if not is_wide(column_type):
        small = exp.Between(
            this=column.copy(), low=literal(1 - 10**18), high=literal(10**18 - 1)
        )  # the absolute value of the smallest integer is none
        times = exp.Mul(this=column.copy(), expression=literal(10**scale))
        integer = when(small, when(below, times))
    if (column_type.precision or 0) <= MOST_EXACT:
        digits = as_integer(call("round", exp.Mul(this=column.copy(), expression=literal(float(10**scale)))))
        back = exp.Div(this=digits, expression=literal(float(10**scale)))
        real = when(exp.and_(below, equal(back, column)), digits)
    return of_storage(column, text=_read(column, column_type), integer=integer, real=real)


def _boolean(column: exp.Expr, _: ColumnType) -> exp.Expr:
    lower = call("lower", column)
    plain = exp.case()
    for value, texts in {1: ("true", "1"), 0: ("false", "0")}.items():
        listed = exp.In(this=lower.copy(), expressions=[exp.Literal.string(text) for text in texts])
        plain = plain.when(listed, literal(value))
    bit = exp.In(this=column.copy(), expressions=[literal(0), literal(1)])
    return of_storage(column, text=plain, integer=when(bit, column), real=when(bit, as_integer(column)))


def _date(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    if column_type.written.format:
        return of_storage(column, text=_read(column, column_type))
    first = exp.GTE(this=column.copy(), expression=exp.Literal.string(FIRST))
    return of_storage(column, text=when(exp.and_(equal(call("date", column, NORMAL), column), first), column))


def _timestamp(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    """Return instants; what has seconds, and is in UTC or has no offset where UTC is meant, is the usual."""
    read, written = _read(column, column_type), column_type.written
    if written.format:
        return of_storage(column, text=read)
    usual = exp.case()
    first = exp.GTE(this=column.copy(), expression=exp.Literal.string(FIRST))
    forms = {"%Y-%m-%dT%H:%M:%SZ": written.offset is not False}
    forms["%Y-%m-%d %H:%M:%S"] = not written.zone and not written.offset
    for form, meant in forms.items():
        if meant:
            again = call("strftime", exp.Literal.string(form), column, NORMAL)
            usual = usual.when(
                exp.and_(equal(again, column), first.copy()), _with_fraction(call("datetime", column))
            )
    return of_storage(column, text=usual.else_(read) if usual.args.get("ifs") else read)


def _time(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    read = _read(column, column_type)
    if column_type.written.format:
        return of_storage(column, text=read)
    usual = when(equal(call("time", column, NORMAL), column), _with_fraction(column)).else_(read)
    return of_storage(column, text=usual)


def _with_fraction(text: exp.Expr) -> exp.Expr:
    return exp.DPipe(this=text.copy(), expression=exp.Literal.string(".000000"))


READERS: dict[str, Callable[[exp.Expr, ColumnType], exp.Expr]] = {
    LogicalType.INTEGER: _integer,
    LogicalType.NUMBER: _number,
    "decimal": _decimal,
    LogicalType.BOOLEAN: _boolean,
    LogicalType.DATE: _date,
    LogicalType.TIMESTAMP: _timestamp,
    LogicalType.TIME: _time,
}
"""Type of the contract -> the value of a column in it. SQLite has no days: a number is none."""


def _found(text: exp.Expr, pattern: str) -> exp.Expr:
    try:
        compiled(pattern)
    except Unread:
        raise NotEvaluatedError("the pattern is not one that RE2 reads") from None
    return call(names.FOUND, text, exp.Literal.string(pattern))


def _chosen(texts: list[exp.Literal], marks: list[exp.Expr]) -> exp.Expr:
    """Return a JSON array: each text with a comma before it, and the first comma left out."""
    listed = [
        exp.case()
        .when(mark.copy(), exp.Literal.string(f",{json.dumps(text.name, ensure_ascii=False)}"))
        .else_(exp.Literal.string(""))
        for text, mark in zip(texts, marks, strict=True)
    ]
    inside = call("substr", joined(listed), exp.Literal.number(2))
    return joined([exp.Literal.string("["), inside, exp.Literal.string("]")])


def _once(rows: exp.Select) -> exp.Select:
    return rows.limit(exp.Neg(this=exp.Literal.number(1)))


SPELLING = Spelling(text_of=text_of, value_of=value_of, found=_found, chosen=_chosen, once=_once)
"""SQLite would compute a column anew wherever it is used, were it not for the LIMIT, which is none."""
