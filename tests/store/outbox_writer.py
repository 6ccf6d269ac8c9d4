"""Puts facts into an outbox until it is killed, and says of each when that is done."""

from __future__ import annotations

import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path

from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.store.outbox import Outbox

outbox = Outbox(Path(sys.argv[1]))
for number in itertools.count():
    outbox.put(
        RunOutcome(
            team="shop",
            dag_id="orders",
            run_id=f"run-{number}",
            ended=datetime(2026, 3, 4, tzinfo=UTC),
            first=Outcome.SUCCESS,
            final=Outcome.SUCCESS,
        )
    )
    print(f"run-{number}", flush=True)  # noqa: T201 - the test reads it
