from __future__ import annotations

from hypothesis import given

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import Check, Custom, NotNull, Query, RowCount, RowQuery, Unique
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from tests.strategies import datasets


def test_plan_sorts_checks_by_how_they_are_computed() -> None:
    """Each kind stays apart from the others, each in the order in which they came."""
    checks = (
        Check(id="q", promise=Query("SELECT 1")),
        Check(id="b", promise=NotNull("b")),
        Check(id="u", promise=Unique(("a",))),
        Check(id="n", promise=RowCount()),
        Check(id="a", promise=NotNull("a")),
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
    assert ["b", "a", "u", "s", "c", "n", "q"] == [check.id for check in scan.checks]


@given(datasets())
def test_plan_keeps_every_check(dataset: Dataset) -> None:
    """No check is lost or made twice on its way into the plan."""
    checks = derive(dataset)

    assert sorted(check.id for check in checks) == sorted(check.id for check in plan(dataset, checks).checks)
