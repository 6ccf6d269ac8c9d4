from __future__ import annotations

import subprocess
import sys

import pytest

NAMES = (
    *("announce", "audit", "begin", "clean_zones", "gate", "land", "maintenance", "model", "optimize_tables"),
    *("approve", "evaluate_slos", "require_budget", "route_alerts"),
    *("pandera", "publish", "require_contract", "transform", "vacuum_tables", "verify", "verify_contract"),
)

LINK = "airflow.sdk.bases.operatorlink"
"""The base of the link from a failed task to its incident: serialising a DAG loads it anyway."""

PROGRAM = """
import sys
from airflow.sdk import BaseOperator
before = set(sys.modules)
import airflow_dataops.operators.{name}
print(*sorted(found for found in set(sys.modules) - before if found.split(".")[0] != "airflow_dataops"))
"""


@pytest.mark.parametrize("name", NAMES)
def test_import_of_an_operator_loads_nothing_but_ours(name) -> None:
    """A DAG file pays for our own few modules, and for nothing that Airflow would not load anyway."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(name=name)], check=True, capture_output=True, text=True
    )

    assert {*done.stdout.split()} <= {LINK}


@pytest.mark.parametrize("name", ["contract_decorator", "pandera_decorator"])
def test_import_of_a_decorator_loads_nothing_but_airflow_s_own(name) -> None:
    """`@task.pandera` costs a DAG file what any `@task` costs it, and neither pandera nor pandas."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(name=name)],
        check=True,
        capture_output=True,
        text=True,
    )

    assert ["airflow.sdk.bases.decorator", LINK] == done.stdout.split()
