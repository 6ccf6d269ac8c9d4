"""Which rules in SQL are conditions over one row."""

from __future__ import annotations

import pytest

from airflow_dataops.core.checks.spec import Check, RowQuery
from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.engines.sql.alone import alone

TYPES = dict.fromkeys(("a", "b"), ColumnType(LogicalType.INTEGER))
PLACES = {"a": "v0", "b": "v1"}


def _alone(query: str) -> str | None:
    found = alone(Check(id="r", promise=RowQuery(query)), PLACES, TYPES)
    return None if found is None else found.sql("duckdb")


def test_a_condition_asks_the_values_of_its_row() -> None:
    """By whatever name the rows are called, in upper or lower case."""
    assert _alone("SELECT COUNT(*) FROM {object} AS o WHERE o.A > 1 OR b = 2") == (
        "COALESCE((v0 > 1 OR v1 = 2), FALSE)"
    )


@pytest.mark.parametrize(
    "query",
    [
        "SELECT COUNT(*) FROM {object} WHERE a > (SELECT 1)",
        "SELECT COUNT(*) FROM {object} AS o(b, a) WHERE a > 1",
        "SELECT COUNT(*) FROM {object} TABLESAMPLE 10% WHERE a > 1",
        "SELECT COUNT(*) FROM {object} UNPIVOT (v FOR n IN (b)) WHERE a > 1",
        "SELECT COUNT(*) FROM {object} WHERE random() < 0.5",
        "SELECT COUNT(*) FROM {object} WHERE uuid() < 'a'",
        "SELECT COUNT(*) FROM {object} WHERE #1 > 1",
    ],
)
def test_what_is_more_than_that_is_asked_by_itself(query: str) -> None:
    """Other rows, other columns, a sample, what comes to something else each time, and places of columns."""
    assert _alone(query) is None
