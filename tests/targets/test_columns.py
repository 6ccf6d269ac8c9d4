from __future__ import annotations

import pytest

from airflow_dataops.core.contract.model import NESTED, ColumnType, LogicalType
from airflow_dataops.errors import BadDataError
from airflow_dataops.targets.columns import DELTA, DUCKDB, delta_type, promised, refuse_others
from airflow_dataops.warehouse.column_type import NAMES

FOUND = {"id": "long", "amount": "decimal(10,2)", "old": "string"}


def test_every_logical_type_has_a_type_in_each_target() -> None:
    """No contract may hold a type that can't be published."""
    assert set(LogicalType) == set(DELTA) == set(NAMES) == set(DUCKDB.values()) | NESTED
    assert {DELTA[LogicalType.STRING]} == {DELTA[kind] for kind in NESTED}
    assert {NAMES[LogicalType.STRING]} == {NAMES[kind] for kind in NESTED}


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (ColumnType(LogicalType.NUMBER), "double"),
        (ColumnType(LogicalType.NUMBER, 10, 2), "decimal(10,2)"),
        (ColumnType(LogicalType.NUMBER, 10), "decimal(10,0)"),
        (ColumnType(LogicalType.INTEGER), "long"),
        (ColumnType(LogicalType.TIMESTAMP), "timestamp"),
    ],
)
def test_delta_type_is_exact(column, expected) -> None:
    """A number is a decimal where its digits are promised, and else a double."""
    assert expected == delta_type(column)


def test_promised_keeps_the_order(dataset) -> None:
    """Columns are published in the contract's order."""
    expected = ["order id", "amount", "weight", "paid", "day", "at", '"; drop table']
    assert expected == list(promised(dataset, delta_type))


def test_the_same_columns_in_another_order_are_fine() -> None:
    """Columns are compared by name."""
    refuse_others("it", found=FOUND, expected=dict(reversed(FOUND.items())), where="x", hint="Y.")


def test_every_difference_is_listed() -> None:
    """Added, missing and retyped columns must all be named at once, with their types."""
    expected = {"id": "string", "amount": "decimal(10,2)", "new": "date"}

    with pytest.raises(BadDataError) as caught:
        refuse_others("the table", found=FOUND, expected=expected, where="lake/orders", hint="Do this.")
    assert (
        "lake/orders: the table has 'old' (string), which is not promised, lacks 'new' (date), "
        "has 'id' as long instead of string. Do this."
    ) == str(caught.value)
