"""How a column is read: its text, and the value that the text has in the column's type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.model import NESTED, LogicalType
from airflow_dataops.core.contract.written import translation
from airflow_dataops.core.rows.lexical import ENDS_IN_OFFSET, iso, lexical
from airflow_dataops.engines.sql.spelling import BYTES, TEXT, Spelling

if TYPE_CHECKING:
    from airflow_dataops.core.contract.model import ColumnType

SQL_TYPES: dict[LogicalType, str] = {
    LogicalType.STRING: "VARCHAR",
    LogicalType.INTEGER: "BIGINT",
    LogicalType.NUMBER: "DOUBLE",
    LogicalType.BOOLEAN: "BOOLEAN",
    LogicalType.DATE: "DATE",
    LogicalType.TIMESTAMP: "TIMESTAMP WITH TIME ZONE",
    LogicalType.TIME: "TIME",
    **dict.fromkeys(NESTED, TEXT),
}
"""Logical type -> DuckDB's name of the type of its values; with a precision it is DECIMAL."""

CALENDAR: dict[LogicalType, tuple[str, str]] = {
    LogicalType.DATE: ("0001-01-01", "9999-12-31"),
    LogicalType.TIMESTAMP: ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"),
    LogicalType.TIME: ("00:00:00", "23:59:59.999999"),
}
"""Logical type -> its first and its last value (ISO 8601 has four digits for a year); infinity is neither."""

LOCAL, INSTANT = "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"
"""DuckDB's types of a day and a time of day in no zone, and of an instant."""

INSTANTS = (INSTANT, "TIMESTAMPTZ")
"""How the names of its types of instants begin; there is one in nanoseconds, too."""

FLOATS = ("DOUBLE", "FLOAT")
"""DuckDB's types of floats."""

BLOB = "BLOB"
"""DuckDB's type of bytes; a Parquet file that doesn't say that its bytes are UTF-8 has it, too."""

STRUCTURES = ("STRUCT(", "MAP(", "UNION(")
"""How the names of DuckDB's types that have fields begin; those of lists end with a bracket."""

EXACT = 2**53
"""Below it every integer is a double of its own."""

WHOLE = r"^([+-]?[0-9]+)(\.0*)?$"
"""A text that is an integer, with its digits apart."""

NONZERO = r"^[^eE]*[1-9]"
"""A text of a number that is not 0."""

ONLY_FRACTION = re.compile(r"DECIMAL\(([0-9]+),\1\)")
"""DuckDB's names of decimals that have no digit before the point."""

WIDENED: dict[str, frozenset[str]] = {
    "BIGINT": frozenset({"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"}),
    "DOUBLE": frozenset({"FLOAT", "TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"}),
}
"""Type -> the types each of whose values is one of it: a cast that needs no second look."""

NULL = '"NULL"'
"""DuckDB's name of the type of a bare NULL, alone or in a list or a struct.

It can't be cast to, and no value of such a type is one of a contract's types.
"""


def sql_type(column_type: ColumnType) -> str:
    """Return the type of a column's values, spelled as DuckDB spells it."""
    if column_type.precision is None:
        return SQL_TYPES[column_type.logical]
    return f"DECIMAL({column_type.precision},{column_type.scale or 0})"


def text_of(column: exp.Expr, found: str) -> exp.Expr:
    """Return the text of a column whose type is `found`; what has values inside it is written as JSON."""
    if found == TEXT:
        return column
    nested = found.endswith("]") or found.startswith(STRUCTURES)
    source = exp.func("to_json", column, dialect="duckdb") if nested else column
    text = exp.cast(source, "VARCHAR", dialect="duckdb")
    # DuckDB leaves out the 0 before the point of a decimal that has digits behind it alone.
    return _replaced(text, r"^(-?)\.", r"\10.") if ONLY_FRACTION.fullmatch(found) else text


def value_of(column: exp.Expr, found: str, column_type: ColumnType) -> exp.Expr:
    """Return the value that a column of type `found` has in the contract's type; null where it has none.

    A text must be a value of the type as it is written. A value of another type must come back the same from
    the contract's type, so that nothing is rounded. A day, an instant or a time of day is of CALENDAR. A
    double is the nearest to its text: it must be finite, 0 for a zero alone, and the same where the text is
    an integer.
    """
    wanted = sql_type(column_type)
    if wanted == TEXT:
        return text_of(column, found)
    if NULL in found:
        return exp.cast(exp.null(), wanted, dialect="duckdb")
    if found == TEXT:
        value, conditions = _of_text(column, column_type)
    else:
        value, conditions = _of_typed(column, found, column_type)
    if wanted == "DOUBLE":
        conditions.append(exp.func("isfinite", value.copy(), dialect="duckdb"))
        if found == TEXT:
            conditions.append(_survives(column, value))
    if column_type.logical in CALENDAR:
        first, last = (
            exp.cast(exp.Literal.string(end), wanted, dialect="duckdb")
            for end in CALENDAR[column_type.logical]
        )
        conditions.append(exp.Between(this=value.copy(), low=first, high=last))
    return exp.case().when(exp.and_(*conditions), value) if conditions else value


def _of_text(column: exp.Expr, column_type: ColumnType) -> tuple[exp.Expr, list[exp.Expr]]:
    """Return the value that a text is read as, and what must hold for it to be one."""
    conditions = [_is_whole(column, lexical(column_type))]
    text, written = column, column_type.written
    if written.format:
        for pattern, replacement in translation(written.format, column_type.logical).steps:
            text = _replaced(text, pattern, replacement)
        conditions.append(_is_whole(text, iso(column_type)))
    value = _try_cast(text, sql_type(column_type))
    if written.zone:
        has_offset = exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(ENDS_IN_OFFSET))
        value = exp.case().when(has_offset, value).else_(_in_zone(_try_cast(text, LOCAL), written.zone))
    return value, conditions


def _of_typed(column: exp.Expr, found: str, column_type: ColumnType) -> tuple[exp.Expr, list[exp.Expr]]:
    """Return the value of a column of another type or the same, and what must hold for it to be one."""
    wanted, written = sql_type(column_type), column_type.written
    if found == wanted:
        return column, []
    if found in WIDENED.get(wanted, ()):
        return exp.cast(column, wanted, dialect="duckdb"), []
    local = wanted == INSTANT and not found.startswith(INSTANTS)
    if local and written.offset:
        return exp.cast(exp.null(), wanted, dialect="duckdb"), []
    if found in FLOATS and column_type.precision is not None:
        return _of_float(column, found, wanted)
    value = _try_cast(column, LOCAL if local else wanted)
    same: list[exp.Expr] = [exp.EQ(this=_try_cast(value, found), expression=column.copy())]
    if local:
        value = _in_zone(value, written.zone) if written.zone else _try_cast(value, wanted)
    return value, same


def _of_float(column: exp.Expr, found: str, wanted: str) -> tuple[exp.Expr, list[exp.Expr]]:
    """Return the decimal that a float is, and whether it comes back the same.

    DuckDB reckons between the two in doubles, which may have too few digits: then the text has them.
    """
    direct, by_text = _try_cast(column, wanted), _try_cast(_try_cast(column, TEXT), wanted)
    comes_back = exp.EQ(this=_try_cast(direct, found), expression=column.copy())
    as_text = exp.EQ(this=_try_cast(_try_cast(by_text, TEXT), found), expression=column.copy())
    value = exp.case().when(comes_back, direct).else_(by_text)
    return value, [exp.or_(comes_back.copy(), as_text)]


def _in_zone(local: exp.Expr, zone: str) -> exp.Expr:
    """Return the instant of a local time in a zone; null for one that the zone skips."""
    name = exp.Literal.string(zone)
    instant = exp.func("timezone", name, local.copy(), dialect="duckdb")
    again = exp.func("timezone", name.copy(), instant.copy(), dialect="duckdb")
    return exp.case().when(exp.EQ(this=again, expression=local.copy()), instant)


def _is_whole(text: exp.Expr, pattern: str) -> exp.Expr:
    return exp.func("regexp_full_match", text.copy(), exp.Literal.string(pattern), dialect="duckdb")


def _replaced(text: exp.Expr, pattern: str, replacement: str) -> exp.Expr:
    arguments = (text.copy(), exp.Literal.string(pattern), exp.Literal.string(replacement))
    return exp.func("regexp_replace", *arguments, dialect="duckdb")


def _survives(text: exp.Expr, double: exp.Expr) -> exp.Expr:
    """Return whether a number's text is still itself in the double that it is read as.

    A fraction is rounded by nature; an integer must come back, and no number may become 0. Below EXACT every
    integer is a double. Above it the digits are compared as integers of any length.
    """
    digits = exp.func("regexp_extract", text.copy(), exp.Literal.string(WHOLE), exp.Literal.number(1))
    same = exp.EQ(this=_try_cast(digits, "BIGNUM"), expression=_try_cast(double, "BIGNUM"))
    nonzero = exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(NONZERO))
    zero = exp.EQ(this=double.copy(), expression=exp.Literal.number(0))
    small = exp.LT(this=exp.Abs(this=double.copy()), expression=exp.Literal.number(EXACT))
    return (
        exp.case()
        .when(zero, exp.not_(nonzero))
        .when(small, exp.true())
        .else_(exp.Coalesce(this=same, expressions=[exp.true()]))
    )


def _try_cast(column: exp.Expr, name: str) -> exp.Expr:
    # DuckDB has types that sqlglot doesn't know, such as TIMESTAMPTZ_NS: they are taken as they are written.
    return exp.TryCast(this=column.copy(), to=exp.DataType.build(name, dialect="duckdb", udt=True))


def _found(text: exp.Expr, pattern: str) -> exp.Expr:
    return exp.RegexpLike(this=text, expression=exp.Literal.string(pattern))


def _chosen(texts: list[exp.Literal], marks: list[exp.Expr]) -> exp.Expr:
    arrays = (exp.Array(expressions=texts), exp.Array(expressions=marks))
    return exp.func("list_where", *arrays, dialect="duckdb")


def _is_loose(found: str, column_type: ColumnType) -> bool:
    wanted = sql_type(column_type)
    return found == wanted or found in WIDENED.get(wanted, ())


def _is_total(found: str, column_type: ColumnType) -> bool:
    narrowed = column_type.logical in CALENDAR or sql_type(column_type) == "DOUBLE"
    return _is_loose(found, column_type) and not narrowed


def _apart(found: str) -> str:
    return BYTES if found == BLOB else ""


DUCKDB = Spelling(
    text_of=text_of,
    value_of=value_of,
    found=_found,
    chosen=_chosen,
    once=lambda rows: rows,
    total=_is_total,
    loose=_is_loose,
    apart=_apart,
)
"""DuckDB computes a column once by itself."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A column of the contract as expressions over the rows.

    Args:
        type: Its type in the contract.
        text: Its text; null for null.
        value: Its value in the type; null where the text has none.
        spelling: How its database says so.
        there: What is null where the text is, and costs least; the text itself by default.
    """

    type: ColumnType
    text: exp.Expr
    value: exp.Expr
    spelling: Spelling = DUCKDB
    there: exp.Expr | None = None

    @property
    def is_there(self) -> exp.Expr:
        """What is null where there is no text."""
        return self.text if self.there is None else self.there
