"""The tutorial, taken step by step."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from airflow_dataops.core.publication import Publication
from airflow_dataops.core.verification import Verification
from airflow_dataops.factory.dags import load_dag
from airflow_dataops.store.sql import SqlStore

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "first-product.md"
FILE = re.compile(r"^`(visits/[^`]+)`:\n\n```\w+\n(.*?)```", re.DOTALL | re.MULTILINE)


@pytest.fixture
def visits(tmp_path) -> Path:
    """The folder that the tutorial makes."""
    (tmp_path / "visits" / "drops").mkdir(parents=True)
    for name, text in FILE.findall(PAGE.read_text()):
        (tmp_path / name).write_text(text)
    return tmp_path / "visits"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the tutorial's command."""
    program = Path(sys.executable).with_name("airflow-dataops")
    return subprocess.run(
        [program, "lint", folder.name], cwd=folder.parent, check=False, capture_output=True, text=True
    )


def test_lint_of_the_tutorials_product(visits) -> None:
    """It is right as it stands, and a misspelt key is told with what was meant."""
    assert 0 == lint(visits).returncode, lint(visits).stdout

    contract = visits / "visits.odcs.yaml"
    contract.write_text(
        contract.read_text().replace("required: true, primaryKey", "requird: true, primaryKey")
    )
    misspelt = lint(visits)

    assert 1 == misspelt.returncode
    assert "visits/visits.odcs.yaml:11:47: error: the key `requird`" in misspelt.stdout
    assert "Did you mean `required`?" in misspelt.stdout


def test_two_days_of_the_tutorial(visits, deployment, run_dag) -> None:
    """The first day publishes eight rows of ten, the second stops at the gate."""
    pipeline = visits / "visits.dag.yaml"
    # A manual run's interval ends at its logical date, and Airflow runs none after the end date.
    pipeline.write_text(pipeline.read_text().replace("end_date: 2026-03-02\n", ""))
    dag = load_dag(str(visits / "dag.py"))

    states = [str(run_dag(dag, logical_date=datetime(2026, 3, day, tzinfo=UTC)).state) for day in (2, 3)]

    assert ["success", "failed"] == states
    store = SqlStore(f"sqlite:///{deployment}/store.db")
    assert [("2026-03-01", 8)] == [(it.batch.partition, it.rows) for it in store.facts(Publication)]
    renamed = [
        outcome.observed
        for verification in store.facts(Verification, partition="2026-03-02")
        for outcome in verification.outcomes
        if outcome.status == "failed"
    ]
    assert ["visit_id → visit"] == renamed
