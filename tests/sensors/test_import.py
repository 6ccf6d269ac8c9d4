from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from airflow.sdk import BaseSensorOperator
before = set(sys.modules)
import airflow_dataops.sensors.{name}
print(*sorted(found for found in set(sys.modules) - before if found.split(".")[0] != "airflow_dataops"))
"""


@pytest.mark.parametrize("name", ["contract", "error_budget", "require_contract"])
def test_import_of_a_sensor_loads_nothing_but_ours(name) -> None:
    """A DAG file pays for our own few modules, and for nothing that Airflow's own sensor had not loaded."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(name=name)], check=True, capture_output=True, text=True
    )

    assert "" == done.stdout.strip()
