"""The check operators of Airflow's provider common.sql on the deliveries, over a table in PostgreSQL.

    COMPARISON_DATABASE=postgresql://… python run_common_sql.py FOLDER

The file is loaded as text, with the values beside it, so that nothing is lost before the operators look at
it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

os.environ["AIRFLOW_CONN_DELIVERY"] = os.environ["COMPARISON_DATABASE"]
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "ERROR"
os.environ["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] = "False"

from airflow.providers.common.sql.operators.sql import SQLColumnCheckOperator, SQLTableCheckOperator
from airflow.sdk.exceptions import AirflowException
from postgres_landing import load
from report import Rule, main

if TYPE_CHECKING:
    from pathlib import Path

DATABASE = os.environ["COMPARISON_DATABASE"]
NONE = {"equal_to": 0}
COLUMNS = {
    "order_id": {"null_check": NONE, "unique_check": NONE},
    "customer_no": {"null_check": NONE},
    "customer_no_value": {"min": {"geq_to": 1}},
    "name": {"null_check": NONE},
    "status": {"null_check": NONE},
    "quantity": {"null_check": NONE},
    "quantity_value": {"min": {"geq_to": 1}, "max": {"leq_to": 1000}},
    "amount": {"null_check": NONE},
    "amount_value": {"min": {"geq_to": 0}, "max": {"leq_to": 100000}},
    "weight_kg_value": {"min": {"geq_to": 0}, "max": {"leq_to": 1000}},
    "ordered_on": {"null_check": NONE},
}
STATEMENTS = {
    "order_id_pattern": "order_id IS NULL OR order_id ~ '^ORD-[0-9]{6}$'",
    "customer_no_form": "customer_no IS NULL OR customer_no ~ '^[+-]?[0-9]+$'",
    "customer_no_has_a_value": "customer_no IS NULL OR customer_no_value IS NOT NULL",
    "name_given": "name IS NULL OR name NOT IN ('', 'N/A', 'n/a', '-')",
    "name_length": "name IS NULL OR length(name) >= 2",
    "status_known": "status IS NULL OR status IN ('new', 'paid', 'shipped', 'cancelled')",
    "quantity_form": "quantity IS NULL OR quantity ~ '^[+-]?[0-9]+$'",
    "quantity_has_a_value": "quantity IS NULL OR quantity_value IS NOT NULL",
    "amount_form": "amount IS NULL OR amount ~ '^[+-]?[0-9]{1,10}([.][0-9]{1,2})?$'",
    "amount_has_a_value": "amount IS NULL OR amount_value IS NOT NULL",
    "weight_kg_has_a_value": "weight_kg IS NULL OR weight_kg_value IS NOT NULL",
    "weight_kg_mostly_there": "count(*) FILTER (WHERE weight_kg IS NULL) * 100 < 10 * count(*)",
    "ordered_on_form": "ordered_on IS NULL OR ordered_on ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'",
    "ordered_on_has_a_value": "ordered_on IS NULL OR ordered_on_value IS NOT NULL",
    "ordered_on_range": "ordered_on_value IS NULL OR ordered_on_value BETWEEN '2020-01-01' AND '2029-12-31'",
    "shipped_at_has_a_value": "shipped_at IS NULL OR shipped_at_value IS NOT NULL",
    "shipped_at_mostly_there": "count(*) FILTER (WHERE shipped_at IS NULL) * 100 < 90 * count(*)",
    "shipped_after_order": (
        "shipped_at_value IS NULL OR ordered_on_value IS NULL"
        " OR (shipped_at_value AT TIME ZONE 'UTC')::date >= ordered_on_value"
    ),
    "refund_known": "refund_of IS NULL OR refund_of IN (SELECT order_id FROM orders)",
    "freshness": "max(shipped_at_value) >= now() - interval '48 hours'",
}
"""Name of a check -> its statement, of each row or of an aggregate."""


def judge(file: Path) -> list[Rule]:
    """Load one file and run both operators; each is a task, and stops at its own error."""
    load(file, DATABASE)
    columns = SQLColumnCheckOperator(
        task_id="columns",
        conn_id="delivery",
        table="orders",
        column_mapping={
            name: {check: dict(wanted) for check, wanted in checks.items()}
            for name, checks in COLUMNS.items()
        },
    )
    rows = SQLTableCheckOperator(
        task_id="rows",
        conn_id="delivery",
        table="orders",
        checks={name: {"check_statement": statement} for name, statement in STATEMENTS.items()},
    )
    return [
        *_failed(
            columns,
            lambda: {
                f"{name} {check}": found
                for name, checks in columns.column_mapping.items()
                for check, found in checks.items()
            },
        ),
        *_failed(rows, lambda: rows.checks),
    ]


def _failed(operator, checks) -> list[Rule]:
    try:
        operator.execute({})
    except AirflowException:
        return [Rule(name, "failed") for name, found in checks().items() if not found.get("success")]
    except Exception as error:  # noqa: BLE001 - the task fails, and the other task runs all the same
        return [
            Rule(
                f"the task `{operator.task_id}` stops: {type(error).__name__}: {str(error).splitlines()[0]}",
                "error",
            )
        ]
    return []


if __name__ == "__main__":
    main(
        "common.sql",
        ("apache-airflow-core", "apache-airflow-providers-common-sql", "apache-airflow-providers-postgres"),
        judge,
    )
