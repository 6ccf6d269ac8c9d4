r"""ClickHouse (https://clickhouse.com/docs/).

- Text literals and names take backslash escapes (`sql-reference/syntax`). `\e`, which sqlglot writes, is none
  of those that are listed there: that character is a call of `char`. A name with a double quote or a
  backslash is refused: what sqlglot writes for it could be read otherwise.
- `match` is RE2 and finds a pattern anywhere, but its dot takes line feeds unless `(?-s)` stands before the
  pattern (`functions/string-search-functions`). `lengthUTF8` counts code points.
- Date32 and DateTime64 have the years 1900 to 2299 (`data-types/date32`, `data-types/datetime64`): a literal
  beyond them is refused.
- A column takes no null unless its type says so. A subquery can speak of the row around it from 25.8 on only.
- A table has an engine (`engines/table-engines/mergetree-family/mergetree`), here in no order.
- The documentation doesn't say what the remainder of decimals is.
"""

from __future__ import annotations

from sqlglot import exp

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.rendered.database import Database
from airflow_dataops.engines.sql.rendered.words import call, in_utc, number, spelled_out, text
from airflow_dataops.errors import NotEvaluatedError

FIRST, LAST = 1900, 2299
DOT = "(?-s)"
ESCAPE = "\x1b"


def _in_range(value: str) -> str:
    if not FIRST <= int(value[:4]) <= LAST:
        raise NotEvaluatedError(f"ClickHouse has days of the years {FIRST} to {LAST} only")
    return value


def _day(value: str, _: str) -> exp.Expr:
    return call("toDate32", text(_in_range(value)))


def _instant(value: str, _: str) -> exp.Expr:
    written = in_utc(value, "-%m-%d %H:%M:%S.%f")
    return call("toDateTime64", text(_in_range(written)), number("6"), text("UTC"))


def _time(_value: str, _name: str) -> exp.Expr:
    raise NotEvaluatedError("ClickHouse has no type of times of day")


def _storage() -> exp.Properties:
    engine = exp.EngineProperty(this=exp.to_identifier("MergeTree"))
    return exp.Properties(expressions=[engine, exp.Order(expressions=[exp.Ordered(this=exp.Struct())])])


CLICKHOUSE = Database(
    name="clickhouse",
    title="ClickHouse",
    types={
        LogicalType.STRING: "Nullable(String)",
        LogicalType.INTEGER: "Nullable(Int64)",
        LogicalType.NUMBER: "Nullable(Float64)",
        LogicalType.BOOLEAN: "Nullable(Bool)",
        LogicalType.DATE: "Nullable(Date32)",
        LogicalType.TIMESTAMP: "Nullable(DateTime64(6, 'UTC'))",
    },
    decimal="Nullable(Decimal({precision}, {scale}))",
    dates=_day,
    instants=_instant,
    times=_time,
    beyond={LogicalType.NUMBER: lambda column: call("isFinite", column)},
    found=lambda column, pattern: call("match", column, text(DOT + pattern)),
    length=lambda column: call("lengthUTF8", column),
    text=lambda value: spelled_out(value, ESCAPE, character="char"),
    correlated=False,
    remainder=False,
    names='"\\',
    storage=_storage(),
    lacks=(
        "promises about times of day: there is no type for them, the column is a text",
        "days and instants before 1900 or after 2299",
        "multiples of decimals",
        "names with a double quote or a backslash",
        "columns that aren't Nullable, which hold a default where a value is missing",
    ),
)
