"""Texts of a rule that are values of another kind, as DuckDB reads them where they stand beside such."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from sqlglot import exp

from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.engines.sql.agreement.kind import (
    BOOLEAN,
    DATE,
    DECIMAL,
    DOUBLE,
    INSTANT,
    LOCAL,
    TIME,
    WHOLE,
    Differs,
    Kind,
)
from airflow_dataops.engines.sql.agreement.way import SQLITE
from airflow_dataops.engines.sql.agreement.words import double
from airflow_dataops.engines.sql.sqlite.stored import stored

DAY = r"(?:000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?"

READ: dict[str, str] = {
    WHOLE.name: r"-?\d{1,18}",
    DECIMAL.name: r"-?\d{1,18}(?:\.\d{1,15})?",
    DOUBLE.name: r"-?\d{1,15}(?:\.\d{1,15})?",
    BOOLEAN.name: r"true|false",
    DATE.name: DAY,
    TIME.name: CLOCK,
    LOCAL.name: rf"{DAY}(?:[ T]{CLOCK})?",
    INSTANT.name: rf"{DAY}(?:[ T]{CLOCK}(?:Z|[+-]\d\d(?::\d\d)?)?)?",
}
"""Kind -> how its values are written in every database."""

TYPES = {DATE: "DATE", TIME: "TIME", LOCAL: "TIMESTAMP", INSTANT: "TIMESTAMPTZ"}
"""Kind -> the type that a text of one is cast to."""


def read(text: str, kind: Kind, engine: str) -> tuple[exp.Expr, Kind]:
    """Return the value of a kind that a text is, and its kind.

    Raises:
        Differs: If each database would read the text in its own way.
    """
    pattern = READ.get(kind.name, "")
    if not pattern or not re.fullmatch(pattern, text):
        raise Differs(f"a text is read as {kind}, which each database does in its own way: write a literal")
    if kind in TYPES:
        return _moment(text, kind, engine), kind
    if kind == BOOLEAN:
        return exp.Boolean(this=text == "true"), kind
    return _number(text, kind, engine)


def _moment(text: str, kind: Kind, engine: str) -> exp.Expr:
    """Return a day, an instant in UTC, or a time of day."""
    value: date | datetime | time
    try:
        if kind == DATE:
            value = date.fromisoformat(text)
        elif kind == TIME:
            value = time.fromisoformat(text)
        else:
            value = datetime.fromisoformat(text)
            value = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    except (ValueError, OverflowError):
        raise Differs(f"a text is read as {kind}, and is none that the calendar has") from None
    if engine == SQLITE:
        return exp.Literal.string(str(stored(value, ColumnType(LogicalType.STRING))))
    said = value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if kind == INSTANT:
        said += "+00:00"
    return exp.Cast(this=exp.Literal.string(said), to=exp.DataType.build(TYPES[kind], dialect="duckdb"))


def _number(text: str, kind: Kind, engine: str) -> tuple[exp.Expr, Kind]:
    sign, (whole, _, fraction) = text[: text.startswith("-")], text.removeprefix("-").partition(".")
    size: exp.Expr = exp.Literal.number(text.removeprefix("-"))
    if kind == DOUBLE:
        size = double(size)
    elif engine == SQLITE:
        size = exp.Literal.number(str(int(whole + fraction)))
    found = kind if kind == DOUBLE else Kind(kind.name, len(whole + fraction), len(fraction))
    return exp.Neg(this=size) if sign else size, found
