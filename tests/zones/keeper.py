"""Land one drop over and over, removing the copy each time, until somebody kills this process."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from airflow_dataops.core.batch import Batch, Run
from airflow_dataops.core.landing import Dialect, Drop
from airflow_dataops.zones.local import LocalZones

root, drop = sys.argv[1:]
batch = Batch(team="shop", product="orders", dataset="orders", partition="p")
run = Run(run_id="r", dag_id="orders")
sys.stdout.write(".")
sys.stdout.flush()
while True:
    landing, _ = LocalZones(root).keep(
        Drop(drop, "drop"), batch=batch, run=run, dialect=Dialect(), at=datetime(2026, 3, 4, tzinfo=UTC)
    )
    kept = Path(landing.uri).parent
    shutil.rmtree(kept.rename(Path(root) / "gone"))
