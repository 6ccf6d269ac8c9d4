"""How PostgreSQL reads a column: which texts are values, without a cast that could fail.

PostgreSQL has no TRY_CAST. So each cast stands in a CASE behind a condition under which it can't fail: a
pattern, a range, the calendar. What is a value is said in `core/rows/lexical.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.postgres.double import text_of_double
from airflow_dataops.engines.sql.postgres.of_text import TEXTS
from airflow_dataops.engines.sql.postgres.of_value import READERS
from airflow_dataops.engines.sql.postgres.pattern import translated
from airflow_dataops.engines.sql.postgres.words import as_text, call, cast, matches, text, when
from airflow_dataops.engines.sql.spelling import BYTES, TEXT, Spelling
from airflow_dataops.warehouse.column_type import postgres_type

if TYPE_CHECKING:
    from airflow_dataops.core.contract.model import ColumnType

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


def kind_of(found: str) -> str:
    """Return the kind of a type: one of KINDS, or `text`."""
    return next((kind for pattern, kind in KINDS if re.fullmatch(pattern, found)), "text")


def text_of(column: exp.Expr, found: str) -> exp.Expr:
    """Return the text of a column whose type is `found`, as DuckDB writes it; an array is written as JSON."""
    if found == TEXT:
        return column
    if kind_of(found) == "float":
        return text_of_double(column)
    if found == "inet":
        return call("abbrev", column)  # a cast would add the mask of a single host
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
