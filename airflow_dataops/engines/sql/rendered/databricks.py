r"""Databricks SQL (https://docs.databricks.com/en/sql/language-manual/).

- Text literals take backslash escapes, and a quote is `\'` (`data-types/string-type`). The page lists no
  octal numbers, which sqlglot writes for control characters, and warns that some clients replace what stands
  behind a `$`: these characters are calls of CHR.
- REGEXP_LIKE finds a pattern of Java anywhere, as RLIKE does (`functions/rlike`).
- NaN is equal to itself and greater than all numbers (`data-types/special-floating-point-values`).
- There is no type of times of day before `TIME` of newer runtimes: they are texts here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.rendered.database import Database, instant_of_text, number_of_text
from airflow_dataops.engines.sql.rendered.ends import calendar, finite
from airflow_dataops.engines.sql.rendered.pattern import java, translated
from airflow_dataops.engines.sql.rendered.words import call, spelled_out

if TYPE_CHECKING:
    from sqlglot import exp

FLAVOUR = java("Databricks")
SIGNS = "$" + "".join(chr(code) for code in range(1, 32) if chr(code) not in "\t\n\r")


def _text(value: str) -> exp.Expr:
    return spelled_out(value, SIGNS, character="CHR")


def _found(column: exp.Expr, pattern: str) -> exp.Expr:
    return call("REGEXP_LIKE", column, _text(translated(pattern, FLAVOUR)))


DATABRICKS = Database(
    name="databricks",
    title="Databricks",
    types={
        LogicalType.STRING: "STRING",
        LogicalType.INTEGER: "BIGINT",
        LogicalType.NUMBER: "DOUBLE",
        LogicalType.BOOLEAN: "BOOLEAN",
        LogicalType.DATE: "DATE",
        LogicalType.TIMESTAMP: "TIMESTAMP",
    },
    beyond={
        LogicalType.NUMBER: finite(number_of_text, "DOUBLE"),
        LogicalType.DATE: calendar(LogicalType.DATE, number_of_text, "DATE"),
        LogicalType.TIMESTAMP: calendar(LogicalType.TIMESTAMP, instant_of_text, "TIMESTAMP"),
    },
    found=_found,
    length=lambda column: call("CHAR_LENGTH", column),
    text=_text,
    replaced=r"\$(?=[\w{])",
    lacks=(
        "promises about times of day: there is no type for them, the column is a text",
        "columns with a collation, which compares texts its own way",
    ),
)
