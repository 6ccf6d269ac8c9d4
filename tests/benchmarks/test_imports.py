"""What importing every operator adds over importing Airflow's own BaseOperator."""

from __future__ import annotations

import statistics
import subprocess
import sys

RUNS = 7

PROGRAM = """
import sys, time
start = time.perf_counter()
from airflow.sdk import BaseOperator
base = time.perf_counter()
before = set(sys.modules)
from airflow_dataops.operators.announce import AnnounceOperator
from airflow_dataops.operators.audit import AuditOperator
from airflow_dataops.operators.gate import GateOperator
from airflow_dataops.operators.land import LandOperator
from airflow_dataops.operators.maintenance import CleanStoreOperator, MigrateStoreOperator
from airflow_dataops.operators.publish import PublishOperator
from airflow_dataops.operators.require_contract import require_contract
from airflow_dataops.operators.transform import TransformOperator
from airflow_dataops.operators.verify import VerifyOperator
from airflow_dataops.operators.verify_contract import VerifyContractOperator
ours = time.perf_counter()
others = [name for name in set(sys.modules) - before if name.split(".")[0] != "airflow_dataops"]
print(base - start, ours - base, len(others))
"""


def test_import_of_every_operator_beside_base_operator() -> None:
    """The figures are printed; the target is 150 ms and no module that is not ours."""
    runs = []
    for _ in range(RUNS + 1):
        done = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True)
        runs.append([float(number) for number in done.stdout.split()])
    base, ours, others = (statistics.median(column) for column in zip(*runs[1:], strict=True))

    report = (
        f"\nimport of airflow.sdk.BaseOperator {base * 1000:.0f} ms;"
        f" our eleven operators add {ours * 1000:.0f} ms"
        f" ({ours / base:.1%} of it; target under 150 ms); modules that are not ours: {others:.0f}"
        f" (median of {RUNS} runs after a warm-up)\n"
    )
    sys.stdout.write(report)
    assert others == 0
