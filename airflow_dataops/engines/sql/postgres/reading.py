"""How PostgreSQL reads a column: which texts are values, without a cast that could fail.

PostgreSQL has no TRY_CAST. So each cast stands in a CASE behind a condition under which it can't fail: a
pattern, a range, the calendar. What is a value is said in `core/rows/lexical.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.core.contract.written import translation
from airflow_dataops.core.rows.lexical import BOOLEAN, ENDS_IN_OFFSET, iso, lexical
from airflow_dataops.engines.sql.postgres.double import (
    double_of_number,
    double_of_text,
    finite,
    is_exact,
    number_of_double,
    text_of_double,
)
from airflow_dataops.engines.sql.postgres.pattern import translated
from airflow_dataops.engines.sql.postgres.words import (
    as_text,
    between,
    call,
    cast,
    constant,
    equal,
    matches,
    number,
    replaced,
    text,
    when,
)
from airflow_dataops.engines.sql.reading import CALENDAR
from airflow_dataops.engines.sql.spelling import BYTES, TEXT, Spelling
from airflow_dataops.warehouse.column_type import postgres_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.contract.model import ColumnType

LOWEST, HIGHEST = -(2**63), 2**63 - 1

KINDS: tuple[tuple[str, str], ...] = (
    (r"smallint|integer|bigint", "whole"),
    (r"numeric(\(.*\))?", "numeric"),
    (r"real|double precision", "float"),
    (r"boolean", "boolean"),
    (r"date", "date"),
    (r"timestamp(\(\d\))? without time zone", "local"),
    (r"timestamp(\(\d\))? with time zone", "instant"),
    (r"time(\(\d\))? without time zone", "clock"),
)
"""What `format_type` says of a type -> its kind; every other type is read by its text."""

NO_DAY = r"^.{4}-(02-3|(0[469]|11)-31)"
LEAP_DAY = r"^.{4}-02-29"
LEAP_YEAR = r"^([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-"
"""Of texts that are dates as DATE has it: those that no year has; that some years have; those years."""

LATE_ZEROS = r"(\.[0-9]{6})0+"
"""PostgreSQL takes no longer texts of an instant than 128 characters."""


def kind_of(found: str) -> str:
    """Return the kind of a type: one of KINDS, or `text`."""
    return next((kind for pattern, kind in KINDS if re.fullmatch(pattern, found)), "text")


def text_of(column: exp.Expr, found: str) -> exp.Expr:
    """Return the text of a column whose type is `found`, as DuckDB writes it; an array is written as JSON."""
    if found == TEXT:
        return column
    if kind_of(found) == "float":
        return text_of_double(column)
    return as_text(call("to_json", column) if found.endswith("[]") else column)


def value_of(column: exp.Expr, found: str, column_type: ColumnType) -> exp.Expr:
    """Return the value of a column in a type of the contract; null where it has none.

    A text must be one as it is written. A value of another type must come back the same, so that nothing is
    rounded. A day or an instant is of CALENDAR, a double is finite.
    """
    if column_type.is_text:
        return text_of(as_text(column) if found == TEXT else column, found)
    wanted = _wanted(column_type)
    if wanted == "decimal" and found == postgres_type(column_type):
        # All that it may hold besides is NaN. NULLIF keeps precision and scale, which CASE loses.
        return exp.Nullif(this=column.copy(), expression=cast(text("NaN"), "numeric"))
    read = READERS.get((kind_of(found), wanted))
    if read is None:
        value: exp.Expr = exp.null()
        if kind_of(found) == "text":
            value = TEXTS[wanted](as_text(column), column_type)
    else:
        value = read(column.copy(), column_type)
    return cast(value, postgres_type(column_type))


def _wanted(column_type: ColumnType) -> str:
    return "decimal" if column_type.precision is not None else column_type.logical.value


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


def _on_the_calendar(column: exp.Expr) -> exp.Expr:
    leaps = exp.or_(exp.not_(matches(column, LEAP_DAY)), matches(column, LEAP_YEAR))
    return exp.and_(exp.not_(matches(column, NO_DAY)), leaps)


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
    written = exp.and_(matches(day, _whole(iso(column_type))), _on_the_calendar(day))
    return when(written, cast(day, "date"))


def _instant_of_text(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    stamp = _in_iso(column, column_type)
    written = exp.and_(matches(stamp, _whole(iso(column_type))), _on_the_calendar(stamp))
    short = replaced(stamp, LATE_ZEROS, r"\1")
    instant = cast(short, "timestamptz")
    if column_type.written.zone:
        local = _in_zone(cast(short, "timestamp"), column_type.written.zone)
        instant = when(matches(stamp, ENDS_IN_OFFSET), instant).else_(local)
    return when(written, _of_calendar(instant, column_type))


def _time_of_text(column: exp.Expr, column_type: ColumnType) -> exp.Expr:
    clock = _in_iso(column, column_type)
    short = replaced(clock, LATE_ZEROS, r"\1")
    return when(matches(clock, _whole(iso(column_type))), cast(short, "time"))


def _in_zone(local: exp.Expr, zone: str) -> exp.Expr:
    """Return the instant of a local time in a zone; null for one that the zone skips."""
    instant = call("timezone", text(zone), local)
    return when(equal(call("timezone", text(zone), instant), local), instant)


def _of_calendar(value: exp.Expr, column_type: ColumnType) -> exp.Expr:
    """Return a day or an instant within the years that four digits can write, or a time before 24:00."""
    first, last = (constant(end, postgres_type(column_type)) for end in CALENDAR[column_type.logical])
    return when(between(value, first, last), value)


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
        return _of_calendar(_in_zone(local, column_type.written.zone), column_type)
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
    ("date", "date"): _of_calendar,
    ("date", "timestamp"): _instant_of_day,
    ("local", "date"): _date_of_stamp,
    ("local", "timestamp"): _instant_of_local,
    ("instant", "date"): _date_of_stamp,
    ("instant", "timestamp"): _of_calendar,
    ("clock", "time"): _of_calendar,
}
"""(kind of the column, type of the contract) -> its value; a pair that isn't here has no values."""


def _found(column: exp.Expr, pattern: str) -> exp.Expr:
    return matches(column, translated(pattern))


def _chosen(texts: list[exp.Literal], marks: list[exp.Expr]) -> exp.Expr:
    pairs = zip(texts, marks, strict=True)
    listed = exp.Array(expressions=[when(mark, as_text(found)) for found, mark in pairs])
    return exp.func("array_remove", listed, exp.null())


def _once(rows: exp.Select) -> exp.Select:
    return rows.offset(0)


TOTAL = frozenset({("whole", "integer"), ("boolean", "boolean")})
"""(kind of the column, type of the contract): every value of the one is one of the other."""

LOOSE = TOTAL | {
    ("numeric", "decimal"),
    ("float", "number"),
    ("date", "date"),
    ("instant", "timestamp"),
    ("clock", "time"),
}
"""The same: the column compares as its value does, wherever it has one."""


def _is_total(found: str, column_type: ColumnType) -> bool:
    return column_type.is_text or (kind_of(found), _wanted(column_type)) in TOTAL


def _is_loose(found: str, column_type: ColumnType) -> bool:
    return (kind_of(found), _wanted(column_type)) in LOOSE


APART: dict[str, str] = {
    "real": "PostgreSQL writes the text of a real otherwise than DuckDB: ask for the number, or a double",
    "bytea": BYTES,
}
"""Type of a column -> why its text is not the same everywhere."""


def _apart(found: str) -> str:
    return APART.get(found, "")


POSTGRES = Spelling(
    text_of=text_of,
    value_of=value_of,
    found=_found,
    chosen=_chosen,
    once=_once,
    total=_is_total,
    loose=_is_loose,
    apart=_apart,
)
"""PostgreSQL would compute a column anew wherever it is used, were it not for the OFFSET."""
