from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from airflow_dataops.cli import main as program
from airflow_dataops.cli.demo.alerts.drills import DRILLS, READERS
from airflow_dataops.cli.demo.alerts.products import CRITICAL, Plan, write_products
from airflow_dataops.documents.declared import declared
from airflow_dataops.documents.pipeline.definition import read_definition

NOW = datetime(2026, 3, 4, 0, 0, 42, tzinfo=UTC)
PLAN = Plan.of(NOW, patience=timedelta(seconds=75))


@pytest.fixture
def dags(tmp_path):
    """A folder with the products."""
    write_products(tmp_path, PLAN)
    return tmp_path


def test_days_have_just_ended_and_are_due_soon() -> None:
    """By the second, though a schedule knows minutes only."""
    assert datetime(2026, 3, 3, 23, 59, tzinfo=UTC) == PLAN.end
    assert NOW + timedelta(seconds=75) == PLAN.due
    assert ("177s", "2026-03-02") == (PLAN.threshold, PLAN.partition)


def test_products_are_right(dags, capsys) -> None:
    """`lint` has nothing to say of them and of who is told, warnings included."""
    assert 0 == program.main(["lint", str(dags)])
    assert "all well" in capsys.readouterr().out


def test_critical_ones_are_due_soon_and_the_others_are_not(dags) -> None:
    """So that a bad file is a ticket as long as the drills last."""
    for product in (*(drill.product for drill in DRILLS), *READERS):
        declaration, warnings = declared(read_definition(dags / product / f"{product}.dag.yaml"), since=NOW)
        (objective,) = declaration.objectives

        assert () == warnings
        assert (product in CRITICAL) == (declaration.tier == "critical")
        assert (177 if product in CRITICAL else 12 * 3600) == objective.threshold
        assert (("orders",) if product in READERS else ()) == declaration.expectation.upstreams
