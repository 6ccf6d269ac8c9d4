"""Snowflake (https://docs.snowflake.com/en/sql-reference/).

- Text literals take backslash escapes (`data-types-text`, "String constants"); a comparison is exact unless a
  column has a collation.
- REGEXP_LIKE must match the whole text (`functions-regexp`): so what is sought stands between `.*`, and `s`
  lets the dot match line feeds. The patterns are POSIX's, with some of Perl's classes.
- FLOAT has NaN, equal to itself and greater than all numbers, and infinity (`data-types-numeric`). Integers
  are NUMBER, whatever they are called, with as many digits as one says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.rendered.database import Database, instant_of_text, number_of_text
from airflow_dataops.engines.sql.rendered.ends import calendar, finite, in_64_bits
from airflow_dataops.engines.sql.rendered.pattern import posix, translated
from airflow_dataops.engines.sql.rendered.words import call, text

if TYPE_CHECKING:
    from sqlglot import exp

FLAVOUR = posix("Snowflake")


def _found(column: exp.Expr, pattern: str) -> exp.Expr:
    sought = f".*({translated(pattern, FLAVOUR)}).*"
    return call("REGEXP_LIKE", column, text(sought), text("s"))


SNOWFLAKE = Database(
    name="snowflake",
    title="Snowflake",
    types={
        LogicalType.STRING: "VARCHAR",
        LogicalType.INTEGER: "NUMBER(19, 0)",
        LogicalType.NUMBER: "FLOAT",
        LogicalType.BOOLEAN: "BOOLEAN",
        LogicalType.DATE: "DATE",
        LogicalType.TIMESTAMP: "TIMESTAMP_LTZ(6)",
        LogicalType.TIME: "TIME(6)",
    },
    decimal="NUMBER({precision}, {scale})",
    beyond={
        LogicalType.INTEGER: in_64_bits,
        LogicalType.NUMBER: finite(number_of_text, "FLOAT"),
        LogicalType.DATE: calendar(LogicalType.DATE, number_of_text, "DATE"),
        LogicalType.TIMESTAMP: calendar(LogicalType.TIMESTAMP, instant_of_text, "TIMESTAMP_LTZ(6)"),
    },
    found=_found,
    length=lambda column: call("LENGTH", column),
    lacks=(
        "patterns with constructs that POSIX's regular expressions lack",
        "columns with a collation, which compares texts its own way",
        "names that were made without quotes: Snowflake has them in upper case, and the contract may not",
        "sessions whose DATE_INPUT_FORMAT or TIMESTAMP_INPUT_FORMAT isn't AUTO",
    ),
)
