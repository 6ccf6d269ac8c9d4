r"""Trino (https://trino.io/docs/current/).

- Text literals take no escapes but a doubled quote (`language/types`), VARCHAR is compared exactly.
- `regexp_like` finds a pattern anywhere, in Java's syntax (`functions/regexp`).
- `length` counts code points (`functions/string`).
- A DATE and an instant have years beyond 9999; a TIME ends before 24:00.
"""

from __future__ import annotations

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.engines.sql.rendered.database import Database, instant_of_text, number_of_text
from airflow_dataops.engines.sql.rendered.ends import calendar
from airflow_dataops.engines.sql.rendered.pattern import java, translated
from airflow_dataops.engines.sql.rendered.words import call, text

FLAVOUR = java("Trino")
INSTANT = "TIMESTAMP(6) WITH TIME ZONE"

TRINO = Database(
    name="trino",
    title="Trino",
    types={
        LogicalType.STRING: "VARCHAR",
        LogicalType.INTEGER: "BIGINT",
        LogicalType.NUMBER: "DOUBLE",
        LogicalType.BOOLEAN: "BOOLEAN",
        LogicalType.DATE: "DATE",
        LogicalType.TIMESTAMP: INSTANT,
        LogicalType.TIME: "TIME(6)",
    },
    beyond={
        LogicalType.NUMBER: lambda column: call("is_finite", column),
        LogicalType.DATE: calendar(LogicalType.DATE, number_of_text, "DATE"),
        LogicalType.TIMESTAMP: calendar(LogicalType.TIMESTAMP, instant_of_text, INSTANT),
    },
    found=lambda column, pattern: call("regexp_like", column, text(translated(pattern, FLAVOUR))),
    length=lambda column: call("length", column),
    lacks=("CHAR columns, whose blanks at the end don't count", "types that a connector doesn't have"),
)
