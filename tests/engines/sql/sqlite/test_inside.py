"""What is inside columns of JSON, in SQLite."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import Check, Query, RowCount
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.rows.failing_row import FailingRow
from airflow_dataops.core.rows.relation import InPlace
from tests.core.checks.test_inside import CASES, column, dataset_of


@pytest.mark.parametrize("name", CASES)
def test_json_is_judged_as_in_duckdb(name, both) -> None:
    """A text breaks in SQLite what it breaks in DuckDB."""
    found, keep, broken = CASES[name]

    duck, lite = both(pl.DataFrame({"c": [*keep, *broken, None]}), dataset_of(found))

    assert duck == lite
    assert len(broken) == lite.bad


def test_rows_that_break_it_are_bad_ones(shop, sqlite, table) -> None:
    """Rules about all rows don't look at them, and they are named with all the rules that they broke."""
    key = Column(name="id", type=ColumnType(LogicalType.INTEGER), unique=True, key_position=1)
    dataset = Dataset(name="d", columns=(key, replace(column("array", max_items=0), name="a")))
    made = InPlace(
        shop.address(table(["id", "a"], [(1, "[1]"), ("01", "[]"), (3, "[]"), (4, None), (5, "{}")]))
    )
    checks = [
        *derive(dataset),
        Check(id="rows", promise=RowCount()),
        Check(id="asked", promise=Query("SELECT count(*) FROM {object} WHERE a IS NOT NULL")),
    ]

    found = sqlite.scan(made, plan(dataset, checks), split=None, keys=9)

    assert (5, 2) == (found.rows, found.good)
    assert (2, 1) == (found.measured["rows"].number, found.measured["asked"].number)
    assert (1, 5) == (found.measured["a.maxItems"].failing, found.measured["a.maxItems"].checked)
    named = ("id.unique", "d.primaryKey")
    assert {
        FailingRow(("1",), (*named, "a.maxItems")),
        FailingRow(("01",), named),
        FailingRow(("5",), ("a.type",)),
    } == set(found.failing)
