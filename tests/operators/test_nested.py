"""A whole product whose records hold objects and lists, formatted moments, and names of their own."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import polars as pl
import pytest
from deltalake import DeltaTable

from airflow_dataops.core.publication import Publication
from airflow_dataops.core.verification import Verification
from airflow_dataops.factory.dags import load_dag
from airflow_dataops.store.sql import SqlStore

DAY = "2026-03-01"
LOGICAL = datetime(2026, 3, 2, tzinfo=UTC)

CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: visits
version: 1.0.0
schema:
  - name: visits
    properties:
      - {name: id, physicalName: VISIT, logicalType: integer, required: true, primaryKey: true}
      - {name: day, logicalType: date, logicalTypeOptions: {format: dd.MM.yyyy}}
      - {name: at, logicalType: time, logicalTypeOptions: {minimum: "06:00"}}
      - {name: seen, logicalType: timestamp, logicalTypeOptions: {defaultTimezone: Europe/Berlin}}
      - name: guest
        logicalType: object
        properties:
          - {name: name, logicalType: string, required: true}
          - {name: tags, logicalType: array, items: {logicalType: string, physicalType: varchar(3)}}
"""
VISIT = {
    "day": "01.03.2026",
    "at": "06:30",
    "seen": "2026-03-01 06:30",
    "guest": {"name": "é", "tags": ["a"]},
}
PARTS = {
    "a.jsonl": [VISIT | {"VISIT": 1}, VISIT | {"VISIT": 2, "guest": {"tags": ["a", "abcd"]}}],
    "b.jsonl": [
        VISIT | {"VISIT": 3, "at": "05:59"},
        VISIT | {"VISIT": 4, "guest": {"name": 1}},
        VISIT | {"VISIT": 5},
    ],
}


@pytest.fixture
def product(deployment):
    """Write the product and its drop, and return its DAG."""
    folder = deployment / "visits"
    drops = deployment / "drops" / DAY
    drops.mkdir(parents=True)
    folder.mkdir()
    for name, records in PARTS.items():
        (drops / name).write_text("".join(json.dumps(record) + "\n" for record in records))
    source = {"folder": str(drops.parent), "path": "{partition}/*.jsonl", "format": "jsonl"}
    keys = {"template": "batch@1", "schedule": "@daily", "start_date": DAY, "retries": 0, "source": source}
    keys |= {"name": "nested_visits", "contract": "visits.odcs.yaml"}
    keys |= {"params": {"max_quarantined": "80%"}, "target": {"path": "visits"}}
    (folder / "visits.dag.yaml").write_text(json.dumps(keys))
    (folder / "visits.odcs.yaml").write_text(CONTRACT)
    return load_dag(str(folder / "dag.py"))


def test_nested_records_are_judged_and_published(product, deployment, run_dag) -> None:
    """Good records are published with the JSON inside them, bad ones kept with the paths that they broke."""
    assert "success" == str(run_dag(product, logical_date=LOGICAL).state)

    store = SqlStore(f"sqlite:///{deployment}/store.db")
    assert [2] == [publication.rows for publication in store.facts(Publication)]
    verification, _ = store.facts(Verification)[-2:]
    bad = pl.read_parquet(verification.quarantine).sort("dataops_file", "dataops_line")
    assert [
        ("a.jsonl", 2, ["guest.name.required", "guest.tags[].physicalType"]),
        ("b.jsonl", 1, ["at.minimum"]),
        ("b.jsonl", 2, ["guest.name.type"]),
    ] == bad.select("dataops_file", "dataops_line", "dataops_rules").rows()
    published = pl.DataFrame(DeltaTable(str(deployment / "lake" / "visits")).scan()).sort("VISIT")
    seen = datetime(2026, 3, 1, 5, 30, tzinfo=UTC)
    guest = '{"name":"é","tags":["a"]}'
    assert [
        (1, date(2026, 3, 1), "06:30:00", seen, guest),
        (5, date(2026, 3, 1), "06:30:00", seen, guest),
    ] == published.select("VISIT", "day", "at", "seen", "guest").rows()
