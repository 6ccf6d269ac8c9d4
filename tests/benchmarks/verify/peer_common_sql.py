"""The check operators of Airflow's provider common.sql, over a table of PostgreSQL.

    python peer_common_sql.py once ADDRESS

A statement of `SQLTableCheckOperator` says of each row whether it is right; the operator asks for the least
of the answers, so that it knows whether one is wrong, and not how many.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any

os.environ["AIRFLOW_CONN_LINES"] = sys.argv[2]
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "ERROR"
os.environ["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] = "False"

from airflow.providers.common.sql.operators.sql import SQLColumnCheckOperator, SQLTableCheckOperator
from airflow.sdk.exceptions import AirflowException
from serving import Job, main

NONE = {"null_check": {"equal_to": 0}}
COLUMNS = {
    **dict.fromkeys(
        ("l_orderkey", "l_partkey", "l_suppkey", "l_linenumber", "l_extendedprice", "l_receiptdate"), NONE
    ),
    "l_shipdate": NONE,
    "l_quantity": NONE | {"min": {"geq_to": 1}, "max": {"leq_to": 50}},
    "l_discount": {"min": {"geq_to": 0}, "max": {"leq_to": 0.10}},
}
RULES = {"null_check": "required", "min": "minimum", "max": "maximum"}
STATEMENTS = {
    "returnflag_known": "l_returnflag IS NULL OR l_returnflag IN ('A', 'N', 'R')",
    "linestatus_known": "l_linestatus IS NULL OR l_linestatus IN ('F', 'O')",
    "shipmode_known": (
        "l_shipmode IS NULL OR l_shipmode IN ('AIR', 'FOB', 'MAIL', 'RAIL', 'REG AIR', 'SHIP', 'TRUCK')"
    ),
    "l_shipinstruct.pattern": "l_shipinstruct IS NULL OR l_shipinstruct ~ '^[A-Z]+( [A-Z]+)*$'",
    "l_comment.maxLength": "l_comment IS NULL OR length(l_comment) <= 44",
    "received_after_shipped": ("l_receiptdate IS NULL OR l_shipdate IS NULL OR l_receiptdate >= l_shipdate"),
    "lineitem.primaryKey": (
        "count(*) FILTER (WHERE l_orderkey IS NOT NULL AND l_linenumber IS NOT NULL) ="
        " count(DISTINCT (l_orderkey, l_linenumber))"
        " FILTER (WHERE l_orderkey IS NOT NULL AND l_linenumber IS NOT NULL)"
    ),
    "some_rows": "count(*) > 0",
    "fresh": "DATE '1998-12-31' - max(l_shipdate) < 90",
    "returned": "100.0 * count(*) FILTER (WHERE l_returnflag = 'R') / count(*) BETWEEN 20 AND 30",
}
"""Rule -> its statement, of each row or of an aggregate."""

DOT = "__"


def make(*_: str) -> Job:
    """Return the work: both operators, each of which is a task."""

    def run() -> tuple[Any, Any]:
        columns = SQLColumnCheckOperator(
            task_id="columns",
            conn_id="lines",
            table="lineitem",
            column_mapping={
                name: {check: dict(wanted) for check, wanted in checks.items()}
                for name, checks in COLUMNS.items()
            },
        )
        rows = SQLTableCheckOperator(
            task_id="rows",
            conn_id="lines",
            table="lineitem",
            # The operator writes the name of a check into its SQL, unquoted.
            checks={name.replace(".", DOT): {"check_statement": text} for name, text in STATEMENTS.items()},
        )
        for operator in (columns, rows):
            with suppress(AirflowException):  # what failed is in its checks
                operator.execute({})
        return columns, rows

    return Job(run, found)


def found(operators: tuple[Any, Any]) -> dict[str, Any]:
    """Return what failed."""
    columns, rows = operators
    failing = [
        f"{name}.{RULES[check]}"
        for name, checks in columns.column_mapping.items()
        for check, said in checks.items()
        if not said["success"]
    ]
    failing += [name.replace(DOT, ".") for name, said in rows.checks.items() if not said["success"]]
    return {"failing": dict.fromkeys(failing)}


if __name__ == "__main__":
    main(make)
