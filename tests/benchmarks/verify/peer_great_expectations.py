"""Great Expectations: a suite over a table of PostgreSQL, or over the Parquet file, read by pandas.

    python peer_great_expectations.py once postgres|pandas PLACE

Results are in the format BASIC, without examples of values: the least that has the counts.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import great_expectations.expectations as gxe
from serving import Job, main

REQUIRED = (
    *("l_orderkey", "l_partkey", "l_suppkey", "l_linenumber", "l_quantity"),
    *("l_extendedprice", "l_shipdate", "l_receiptdate"),
)
QUERIES = {
    "returned": """
        SELECT 1 AS broken
        FROM (
            SELECT 100.0 * count(*) FILTER (WHERE l_returnflag = 'R') / count(*) AS share FROM {batch}
        ) AS shares
        WHERE share NOT BETWEEN 20 AND 30
    """,
}
"""Rule -> the query that must come to no rows."""

BASIC = {"result_format": "BASIC", "partial_unexpected_count": 0}


def named(rule: str, expectation: Any) -> Any:
    """Return an expectation that knows what the contract calls it."""
    expectation.meta = {"rule": rule}
    return expectation


def expectations(storage: str) -> list[Any]:
    """Return the contract as expectations; pandas has no SQL, and so no `returned`."""
    between, among = gxe.ExpectColumnValuesToBeBetween, gxe.ExpectColumnValuesToBeInSet
    bound = (lambda day: day.isoformat()) if storage == "postgres" else (lambda day: day)
    modes = ["AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK"]
    return [
        *(named(f"{name}.required", gxe.ExpectColumnValuesToNotBeNull(column=name)) for name in REQUIRED),
        named("l_quantity.minimum", between(column="l_quantity", min_value=1)),
        named("l_quantity.maximum", between(column="l_quantity", max_value=50)),
        named("l_discount.minimum", between(column="l_discount", min_value=0)),
        named("l_discount.maximum", between(column="l_discount", max_value=0.10)),
        named("returnflag_known", among(column="l_returnflag", value_set=["A", "N", "R"])),
        named("linestatus_known", among(column="l_linestatus", value_set=["F", "O"])),
        named("shipmode_known", among(column="l_shipmode", value_set=modes)),
        named(
            "l_shipinstruct.pattern",
            gxe.ExpectColumnValuesToMatchRegex(column="l_shipinstruct", regex="^[A-Z]+( [A-Z]+)*$"),
        ),
        named(
            "l_comment.maxLength",
            gxe.ExpectColumnValueLengthsToBeBetween(column="l_comment", max_value=44),
        ),
        named(
            "received_after_shipped",
            gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A="l_receiptdate",
                column_B="l_shipdate",
                or_equal=True,
                ignore_row_if="either_value_is_missing",
            ),
        ),
        named(
            "lineitem.primaryKey",
            gxe.ExpectCompoundColumnsToBeUnique(
                column_list=["l_orderkey", "l_linenumber"], ignore_row_if="any_value_is_missing"
            ),
        ),
        named("some_rows", gxe.ExpectTableRowCountToBeBetween(min_value=1)),
        named(
            "fresh",
            gxe.ExpectColumnMaxToBeBetween(column="l_shipdate", min_value=bound(date(1998, 10, 3))),
        ),
        *(
            named(rule, gxe.UnexpectedRowsExpectation(unexpected_rows_query=query))
            for rule, query in QUERIES.items()
            if storage == "postgres"
        ),
    ]


def make(storage: str, place: str, *_: str) -> Job:
    """Return the work: a data source, and the validation of its one asset."""

    def run() -> Any:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        if storage == "postgres":
            source = context.data_sources.add_postgres("lines", connection_string=place)
            asset = source.add_table_asset("lineitem", table_name="lineitem")
            batch = asset.add_batch_definition_whole_table("whole").get_batch()
        else:
            source = context.data_sources.add_pandas("lines")
            asset = source.add_parquet_asset("lineitem", path=place)
            batch = asset.add_batch_definition("whole").get_batch()
        suite = gx.ExpectationSuite(name="lineitem", expectations=expectations(storage))
        results = batch.validate(suite, result_format=BASIC).results
        if storage == "postgres":
            source.get_execution_engine().close()
        return results

    return Job(run, found)


def found(results: list[Any]) -> dict[str, Any]:
    """Return how many rows each expectation failed for.

    Raises:
        AssertionError: If one could not be evaluated.
    """
    failing = {}
    for one in results:
        rule = one.expectation_config.meta["rule"]
        if not one.success:
            info = one.exception_info
            raised = [info] if "raised_exception" in info else list(info.values())
            if any(each.get("raised_exception") for each in raised):
                raise AssertionError(f"{rule}: {raised}")
            failing[rule] = one.result.get("unexpected_count")
    return {"failing": failing}


if __name__ == "__main__":
    main(make)
