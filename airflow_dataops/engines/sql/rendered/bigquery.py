"""BigQuery, in GoogleSQL (https://cloud.google.com/bigquery/docs/reference/standard-sql/).

- Text literals and names in backticks take backslash escapes, and no line end as it is (`lexical`). So a name
  with a backtick or a backslash is refused: what sqlglot writes for it could be read otherwise. A dot in the
  quoted name of a table parts the dataset from the table.
- REGEXP_CONTAINS is RE2 and finds a pattern anywhere (`string_functions`): a pattern stands as it is.
- NUMERIC has 29 digits before the point and 9 behind it, BIGNUMERIC 38 and 38 (`data-types`).
- DATE and TIMESTAMP end with the years 1 and 9999, and an instant has microseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.rendered.database import Database
from airflow_dataops.engines.sql.rendered.words import call, text

if TYPE_CHECKING:
    from collections.abc import Callable

BEFORE, BEHIND = 29, 9
"""Digits of NUMERIC before and behind the point."""


def _not(name: str) -> Callable[[exp.Expr], exp.Expr]:
    return lambda column: exp.not_(call(name, column))


BIGQUERY = Database(
    name="bigquery",
    title="BigQuery",
    types={
        LogicalType.STRING: "STRING",
        LogicalType.INTEGER: "INT64",
        LogicalType.NUMBER: "FLOAT64",
        LogicalType.BOOLEAN: "BOOL",
        LogicalType.DATE: "DATE",
        LogicalType.TIMESTAMP: "TIMESTAMP",
        LogicalType.TIME: "TIME",
    },
    decimal="NUMERIC({precision}, {scale})",
    narrow=lambda precision, scale: precision - scale <= BEFORE and scale <= BEHIND,
    wide="BIGNUMERIC({precision}, {scale})",
    beyond={LogicalType.NUMBER: lambda column: exp.and_(_not("IS_NAN")(column), _not("IS_INF")(column))},
    found=lambda column, pattern: call("REGEXP_CONTAINS", column, text(pattern)),
    length=lambda column: call("CHAR_LENGTH", column),
    names="`\\",
    lacks=(
        "names with a backtick or a backslash",
        "columns with a collation, which compares texts its own way",
    ),
)
