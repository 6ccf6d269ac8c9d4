"""Oracle Database 19c (https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/).

- An empty text is null (`Nulls`): a row with one passes where an engine that runs would blame it.
- There is no BOOLEAN before 23ai: it is NUMBER(1). There is no type of times of day, and DATE has a time.
- What a cast of a text means hangs on NLS settings: so days and instants have their format beside them, and
  numbers are literals.
- SQL*Plus asks for a variable where a text has `&`, and ends a statement at an empty line: such characters
  are calls of CHR.
- REGEXP_LIKE finds a pattern of POSIX anywhere; `c` heeds case whatever NLS_SORT says (`Oracle Regular
  Expression Support`). BINARY_DOUBLE has NaN, equal to itself, and infinity (`Floating-Point Numbers`).
- LENGTH4 counts code points (`LENGTH`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.reading import CALENDAR
from airflow_dataops.engines.sql.rendered.database import Database
from airflow_dataops.engines.sql.rendered.ends import calendar, in_64_bits
from airflow_dataops.engines.sql.rendered.pattern import posix, translated
from airflow_dataops.engines.sql.rendered.words import (
    call,
    cast,
    in_utc,
    none_of,
    number,
    spelled_out,
    text,
    within,
)
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable

FLAVOUR = posix("Oracle")
SIGNS = "&" + "".join(map(chr, range(1, 32)))
INSTANT = "TIMESTAMP(6) WITH TIME ZONE"
LONGEST = 512
"""Bytes of a pattern (`REGEXP_LIKE Condition`)."""

LARGEST, SMALLEST = 125, -130
"""Exponents of the numbers that a literal can be."""


def _text(value: str) -> exp.Expr:
    return spelled_out(value, SIGNS, character="CHR")


def _number(value: str, name: str) -> exp.Expr:
    if name != "BINARY_DOUBLE":
        return number(value)
    found = Decimal(value)
    if found and not SMALLEST < found.adjusted() < LARGEST:
        raise NotEvaluatedError("Oracle's literals have no number so large or so small")
    return cast(number(value), name)


def _day(value: str, _: str) -> exp.Expr:
    return call("TO_DATE", text(value), text("YYYY-MM-DD"))


def _instant(value: str, _: str) -> exp.Expr:
    written = in_utc(value, "-%m-%d %H:%M:%S.%f +00:00")
    return call("TO_TIMESTAMP_TZ", text(written), text("YYYY-MM-DD HH24:MI:SS.FF6 TZH:TZM"))


def _time(_value: str, _name: str) -> exp.Expr:
    raise NotEvaluatedError("Oracle has no type of times of day")


def _finite(column: exp.Expr) -> exp.Expr:
    infinity = exp.Var(this="BINARY_DOUBLE_INFINITY")
    return none_of(column, [exp.Var(this="BINARY_DOUBLE_NAN"), infinity, exp.Neg(this=infinity.copy())])


def _whole_day() -> Callable[[exp.Expr], exp.Expr]:
    first, last = (_day(end, "DATE") for end in CALENDAR[LogicalType.DATE])
    ends = within(first, last)
    return lambda column: exp.and_(exp.EQ(this=column.copy(), expression=call("TRUNC", column)), ends(column))


def _found(column: exp.Expr, pattern: str) -> exp.Expr:
    sought = translated(pattern, FLAVOUR)
    if len(sought.encode()) > LONGEST:
        raise NotEvaluatedError(f"the pattern has more than {LONGEST} bytes, which Oracle refuses")
    return call("REGEXP_LIKE", column, _text(sought), text("c"))


ORACLE = Database(
    name="oracle",
    title="Oracle",
    types={
        LogicalType.STRING: "VARCHAR2(4000)",
        LogicalType.INTEGER: "NUMBER(19)",
        LogicalType.NUMBER: "BINARY_DOUBLE",
        LogicalType.BOOLEAN: "NUMBER(1)",
        LogicalType.DATE: "DATE",
        LogicalType.TIMESTAMP: INSTANT,
    },
    decimal="NUMBER({precision}, {scale})",
    numbers=_number,
    dates=_day,
    instants=_instant,
    times=_time,
    beyond={
        LogicalType.INTEGER: in_64_bits,
        LogicalType.NUMBER: _finite,
        LogicalType.BOOLEAN: lambda column: exp.In(
            this=column.copy(), expressions=[number("0"), number("1")]
        ),
        LogicalType.DATE: _whole_day(),
        LogicalType.TIMESTAMP: calendar(LogicalType.TIMESTAMP, _instant, INSTANT),
    },
    found=_found,
    length=lambda column: call("LENGTH4", column),
    text=_text,
    booleans=False,
    empty=False,
    names='"',
    replaced="&",
    lacks=(
        "promises about times of day: there is no type for them, the column is a text",
        "what is promised of an empty text: it is null there, and passes",
        "patterns with constructs that POSIX's regular expressions lack",
        "sessions whose NLS_COMP or NLS_SORT isn't BINARY, which compare texts their own way",
        "names with a double quote",
    ),
)
