"""Great Expectations on the deliveries: a suite over a table in PostgreSQL, results in the format COMPLETE.

    COMPARISON_DATABASE=postgresql://… python run_great_expectations.py FOLDER

The file is loaded as text, with the values beside it, so that nothing is lost before Great Expectations looks
at it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import great_expectations.expectations as gxe
from postgres_landing import load
from report import Rule, main

if TYPE_CHECKING:
    from pathlib import Path

DATABASE = os.environ["COMPARISON_DATABASE"]
COLUMNS = (
    *("order_id", "customer_no", "name", "status", "quantity", "amount"),
    *("weight_kg", "ordered_on", "shipped_at", "refund_of", "note"),
)
REQUIRED = ("order_id", "customer_no", "name", "status", "quantity", "amount", "ordered_on")
INTEGER, DECIMAL, DAY = "^[+-]?[0-9]+$", "^[+-]?[0-9]{1,10}([.][0-9]{1,2})?$", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

TYPED = ("customer_no", "quantity", "amount", "weight_kg", "ordered_on", "shipped_at")
QUERIES = {
    **{
        f"{name} has a value": f"SELECT * FROM {{batch}} WHERE {name} IS NOT NULL AND {name}_value IS NULL"  # noqa: S608 - no value of a row
        for name in TYPED
    },
    "shipped_after_order": (
        "SELECT * FROM {batch} WHERE (shipped_at_value AT TIME ZONE 'UTC')::date < ordered_on_value"
    ),
    "refund_known": (
        "SELECT * FROM {batch} WHERE refund_of IS NOT NULL"
        " AND refund_of NOT IN (SELECT order_id FROM orders WHERE order_id IS NOT NULL)"
    ),
}
"""Rule -> the query that must come to no rows."""


def expectations() -> list[gxe.Expectation]:
    """Return the contract as expectations."""
    return [
        # The standard doesn't forbid further columns, and doesn't ask for an order.
        gxe.ExpectTableColumnsToMatchSet(column_set=list(COLUMNS), exact_match=False),
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in REQUIRED),
        gxe.ExpectColumnValuesToBeUnique(column="order_id"),
        gxe.ExpectColumnValuesToMatchRegex(column="order_id", regex="^ORD-[0-9]{6}$"),
        gxe.ExpectColumnValuesToMatchRegex(column="customer_no", regex=INTEGER),
        gxe.ExpectColumnValuesToMatchRegex(column="quantity", regex=INTEGER),
        gxe.ExpectColumnValuesToMatchRegex(column="amount", regex=DECIMAL),
        gxe.ExpectColumnValuesToMatchRegex(column="ordered_on", regex=DAY),
        gxe.ExpectColumnValuesToBeBetween(column="customer_no_value", min_value=1),
        gxe.ExpectColumnValuesToBeBetween(column="quantity_value", min_value=1, max_value=1000),
        gxe.ExpectColumnValuesToBeBetween(column="amount_value", min_value=0),
        gxe.ExpectColumnMaxToBeBetween(column="amount_value", max_value=100_000),
        gxe.ExpectColumnValuesToBeBetween(column="weight_kg_value", min_value=0, max_value=1000),
        gxe.ExpectColumnValuesToBeBetween(
            column="ordered_on_value", min_value="2020-01-01", max_value="2029-12-31"
        ),
        gxe.ExpectColumnMaxToBeBetween(
            column="shipped_at_value", min_value=datetime.now(UTC) - timedelta(hours=48)
        ),
        gxe.ExpectColumnValueLengthsToBeBetween(column="name", min_value=2),
        gxe.ExpectColumnValuesToNotBeInSet(column="name", value_set=["", "N/A", "n/a", "-"]),
        gxe.ExpectColumnValuesToBeInSet(column="status", value_set=["new", "paid", "shipped", "cancelled"]),
        gxe.ExpectColumnValuesToNotBeNull(column="weight_kg", mostly=0.9),
        gxe.ExpectColumnValuesToNotBeNull(column="shipped_at", mostly=0.1),
        *(
            gxe.UnexpectedRowsExpectation(unexpected_rows_query=query, description=name)
            for name, query in QUERIES.items()
        ),
    ]


def judge(file: Path) -> list[Rule]:
    """Load one file and validate it."""
    load(file, DATABASE)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_postgres("delivery", connection_string=DATABASE)
    batch = source.add_table_asset("orders", table_name="orders").add_batch_definition_whole_table("whole")
    suite = gx.ExpectationSuite(name="orders", expectations=expectations())
    complete = {"result_format": "COMPLETE", "unexpected_index_column_names": ["_row"]}
    found = batch.get_batch().validate(suite, result_format=complete)
    source.get_execution_engine().close()
    return [_rule(one) for one in found.results if not one.success]


def _rule(one: gx.core.ExpectationValidationResult) -> Rule:
    config, result = one.expectation_config, one.result
    name = f"{config.type} {config.kwargs.get('column') or config.description or ''}".strip()
    if any(info.get("raised_exception") for info in _infos(one.exception_info)):
        return Rule(name, "error")
    listed = (result.get("details") or {}).get("unexpected_rows") or result.get("unexpected_index_list") or ()
    rows = sorted(row["_row"] for row in listed if "_row" in row)
    if config.kwargs.get("mostly"):
        rows = []  # the rows that such an expectation lists are not wrong: only their share is
    return Rule(name, "failed", result.get("unexpected_count"), tuple(rows))


def _infos(info: dict[str, object]) -> list[dict[str, object]]:
    return [info] if "raised_exception" in info else list(info.values())


if __name__ == "__main__":
    main("Great Expectations", ("great-expectations", "pandas", "sqlalchemy"), judge)
