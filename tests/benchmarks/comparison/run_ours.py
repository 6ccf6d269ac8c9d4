"""airflow-dataops on the deliveries: land, gate and verify, as the template `batch@1` takes them.

    python run_ours.py FOLDER

prints what the other `run_*.py` print (`report.py`).
"""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import polars as pl
from report import Rule, main

from airflow_dataops.core.batch import Batch, Run
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.landing import Delivery, Dialect, OnDuplicate, OnMissing
from airflow_dataops.core.naming import LINE_COLUMN, RULES_COLUMN, Stage
from airflow_dataops.core.rows.relation import Split, landed
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.usecases.batches.gate import gate
from airflow_dataops.usecases.batches.land import land
from airflow_dataops.usecases.batches.verify import verify
from airflow_dataops.wiring import clocks, engines, sources, stores, zoning
from airflow_dataops.wiring.settings import Settings

CONTRACT, _ = read_contract(Path(__file__).with_name("orders.odcs.yaml"))
(DATASET,) = CONTRACT.datasets
CEILING = Fraction(1, 5)
"""`max_quarantined` of `batch@1`."""

STATUSES = {Status.FAILED: "failed", Status.WARNING: "warning", Status.ERROR: "error"}


HOME = tempfile.TemporaryDirectory()
SETTINGS = Settings(
    store_url=f"sqlite:///{HOME.name}/store.db", zones_path=f"{HOME.name}/zones", lake_path=""
)


def judge(file: Path) -> list[Rule]:
    """Land, gate and verify one file: each is a partition of its own."""
    zones, engine, store = zoning.zones(SETTINGS), engines.engine(SETTINGS), stores.store(SETTINGS)
    recorded = {"store": store, "clock": clocks.clock()}
    batch = Batch(team="shop", product="orders", dataset=DATASET.name, partition=file.stem)
    run = Run(run_id=file.stem, dag_id="orders", interval_end=datetime(2026, 3, 5, tzinfo=UTC))
    arrival = land(
        batch,
        run=run,
        dialect=Dialect(),
        delivery=Delivery.INCREMENT,
        on_missing=OnMissing.FAIL,
        on_duplicate=OnDuplicate.REPORT,
        source=sources.source(str(file.parent), file.name),
        zones=zones,
        **recorded,
    )
    assert arrival is not None
    landing = arrival.landing
    gated = gate(CONTRACT, dataset=DATASET, landing=landing, run=run, engine=engine, **recorded)
    if not gated.passes:
        return [Rule(o.rule, STATUSES[o.status]) for o in gated.outcomes if o.status in STATUSES]
    split = Split(zones.staging(batch, run, Stage.VERIFY), zones.quarantine(batch, landing))
    verified, _ = verify(
        landed(landing),
        contract=CONTRACT,
        dataset=DATASET,
        landing=landing,
        stage=Stage.VERIFY,
        split=split,
        ceiling=CEILING,
        run=run,
        engine=engine,
        **recorded,
    )
    starts = {line: row for row, line in enumerate(_truth(file)["lines"], 1)}
    named: dict[str, list[int]] = {}
    for line, rules in pl.read_parquet(split.bad).select(LINE_COLUMN, RULES_COLUMN).iter_rows():
        for rule in rules:
            named.setdefault(rule, []).append(starts[line])
    return [
        Rule(
            o.rule, STATUSES[o.status], o.failing if o.checked else None, tuple(sorted(named.get(o.rule, ())))
        )
        for o in (*gated.outcomes, *verified.outcomes)
        if o.status in STATUSES
    ]


def _truth(file: Path) -> dict[str, list[int]]:
    found: dict[str, list[int]] = json.loads(file.with_name("truth.json").read_text())[file.stem]
    return found


if __name__ == "__main__":
    stores.migrate(SETTINGS)
    main("airflow-dataops", ("airflow-provider-dataops", "duckdb"), judge)
