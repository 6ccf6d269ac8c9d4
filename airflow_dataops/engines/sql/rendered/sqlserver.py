"""SQL Server 2016 to 2022 and Azure SQL (https://learn.microsoft.com/en-us/sql/t-sql/).

- Blanks at the end of a text don't count when texts are compared, nor in LEN (`functions/len-transact-sql`),
  and what is equal is the collation's affair. So a mark stands behind each text, and both are compared in a
  binary collation. LEN in a collation with `SC` counts code points.
- A literal of Unicode is N'…'. A backslash before a line end joins both lines (`language-elements/
  sql-server-utilities-statements-backslash`), sqlcmd replaces `$(name)`: texts with these are refused.
- There are regular expressions from 2025 on only.
- BIT stands for a boolean, FLOAT has neither NaN nor infinity, dates end with the years 1 and 9999.
"""

from __future__ import annotations

from types import MappingProxyType

from sqlglot import exp

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.rendered.database import Database
from airflow_dataops.engines.sql.rendered.words import MARK, call, cast, in_utc, number
from airflow_dataops.errors import NotEvaluatedError

BINARY, CODE_POINTS = "Latin1_General_100_BIN2", "Latin1_General_100_CS_AS_SC"
JOINED = "a backslash before a line end, which joins both lines in SQL Server"


def _text(value: str) -> exp.Expr:
    return exp.National(this=value)


def _marked(expression: exp.Expr, collation: str) -> exp.Expr:
    text = cast(expression, "NVARCHAR(MAX)")
    whole = exp.Paren(this=exp.Add(this=text, expression=_text(MARK)))
    return exp.Collate(this=whole, expression=exp.Var(this=collation))


def _exact(expression: exp.Expr) -> exp.Expr:
    return _marked(expression, BINARY)


def _length(column: exp.Expr) -> exp.Expr:
    marked = call("LEN", _marked(column, CODE_POINTS))
    return exp.Paren(this=exp.Sub(this=marked, expression=number(str(len(MARK)))))


def _found(_column: exp.Expr, _pattern: str) -> exp.Expr:
    raise NotEvaluatedError("SQL Server has no regular expressions before 2025")


SQLSERVER = Database(
    name="tsql",
    title="SQL Server",
    types={
        LogicalType.STRING: "NVARCHAR(MAX)",
        LogicalType.INTEGER: "BIGINT",
        LogicalType.NUMBER: "FLOAT(53)",
        LogicalType.BOOLEAN: "BIT",
        LogicalType.DATE: "DATE",
        LogicalType.TIMESTAMP: "DATETIMEOFFSET(6)",
        LogicalType.TIME: "TIME(6)",
    },
    instants=lambda value, name: cast(exp.Literal.string(in_utc(value, "-%m-%dT%H:%M:%S.%f+00:00")), name),
    found=_found,
    length=_length,
    exact=_exact,
    text=_text,
    mark=MARK,
    likes=False,
    replaced=r"\$(?=\()",
    booleans=False,
    risky=MappingProxyType(
        {
            "\\\n": JOINED,
            "\\\r\n": JOINED,
            "$(": "a dollar before a bracket, which sqlcmd takes for a variable",
        }
    ),
    lacks=(
        "patterns: there are regular expressions from 2025 on only",
        "SQL rules that compare texts otherwise than for equality: the collation decides there",
        "texts with a backslash before a line end, or with `$(`",
    ),
)
