from __future__ import annotations

import pytest
from hypothesis import given

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import left_out, plan
from airflow_dataops.core.checks.spec import (
    Check,
    Custom,
    NotNull,
    Query,
    References,
    RowCount,
    RowQuery,
    Unique,
)
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType, Scope
from airflow_dataops.core.rows.others import NONE, Other, Others, Published
from tests.strategies import datasets


def test_plan_sorts_checks_by_how_they_are_computed() -> None:
    """Each kind stays apart from the others, each in the order in which they came."""
    checks = (
        Check(id="q", promise=Query("SELECT 1")),
        Check(id="b", promise=NotNull("b")),
        Check(id="u", promise=Unique(("a",))),
        Check(id="n", promise=RowCount()),
        Check(id="f", promise=References(("a",), "kinds", ("b",))),
        Check(id="t", promise=Unique(("a",)), scope=Scope.TABLE),
        Check(id="l", promise=Unique(("a",)), filter="some"),
        Check(id="a", promise=NotNull("a"), filter="more"),
        Check(id="s", promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE a IS NULL")),
        Check(id="c", promise=Custom("pandera", "checks:Orders")),
    )
    columns = (Column(name="a", type=ColumnType(LogicalType.STRING)),)

    scan = plan(Dataset(name="d", columns=columns), checks)

    assert columns == scan.columns
    assert ["b", "a"] == [check.id for check in scan.rows]
    assert ["u"] == [check.id for check in scan.groups]
    assert ["n"] == [check.id for check in scan.counts]
    assert ["q"] == [check.id for check in scan.queries]
    assert ["s"] == [check.id for check in scan.selections]
    assert ["c"] == [check.id for check in scan.customs]
    assert ["f", "t", "l"] == [check.id for check in scan.lookups]
    assert {"some", "more"} == set(scan.filters)
    assert ["b", "a", "u", "f", "t", "l", "s", "c", "n", "q"] == [check.id for check in scan.checks]


@given(datasets())
def test_plan_keeps_every_check(dataset: Dataset) -> None:
    """No check is lost or made twice on its way into the plan."""
    checks = derive(dataset)

    assert sorted(check.id for check in checks) == sorted(check.id for check in plan(dataset, checks).checks)


REST = Others(rest=Other(Published("/lake/orders"), ()))
LEFT_OUT = [
    (Check(id="a", promise=RowCount()), NONE, False, ""),
    (Check(id="a", promise=RowCount(), schedule="@daily"), NONE, False, "not with each batch"),
    (Check(id="a", promise=RowCount(), schedule="@daily"), NONE, True, ""),
    (Check(id="a", promise=RowCount(), scope=Scope.TABLE), NONE, False, "the whole table"),
    (Check(id="a", promise=RowCount(), scope=Scope.TABLE), REST, False, ""),
    (Check(id="a", promise=RowCount(), scope=Scope.TABLE), Others(whole=True), False, ""),
    (Check(id="a", promise=References(("a",), "kinds", ("b",))), NONE, False, "where `kinds` lies"),
    (Check(id="a", promise=Query("", ("b", "c"))), Others(datasets={"b": REST.rest}), False, "`c` lies"),
    (Check(id="a", promise=Query("", ("b",))), Others(datasets={"b": REST.rest}), False, ""),
]


@pytest.mark.parametrize(("check", "others", "scheduled", "why"), LEFT_OUT)
def test_a_check_is_left_out_where_it_has_nothing_to_look_at_or_its_time_has_not_come(
    check, others, scheduled, why
) -> None:
    """It says why; where it can be looked at it says nothing."""
    found = left_out(check, others=others, scheduled=scheduled)

    assert bool(why) == bool(found)
    assert why in found
