"""Land one drop for one partition after the other (`0`, `1`, …), until somebody kills this process."""

from __future__ import annotations

import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path

from airflow_dataops.core.batch import Batch, Run
from airflow_dataops.core.landing import Dialect, Drop, DropFile
from airflow_dataops.zones.folder import FolderSource
from airflow_dataops.zones.local import LocalZones

root, drop = sys.argv[1:]
run = Run(run_id="r", dag_id="orders")
sys.stdout.write(".")
sys.stdout.flush()
for number in itertools.count():
    batch = Batch(team="shop", product="orders", dataset="orders", partition=str(number))
    LocalZones(root).keep(
        Drop(drop, (DropFile(drop, "drop"),)),
        read=FolderSource(str(Path(drop).parent), "{partition}").read,
        batch=batch,
        run=run,
        dialect=Dialect(),
        at=datetime(2026, 3, 4, tzinfo=UTC),
    )
