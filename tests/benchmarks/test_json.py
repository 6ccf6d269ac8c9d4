"""What judging the inside of JSON costs, against reading the same lines with Python's `json` alone."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.relation import Landed, LandedPart, Split
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.engines.sql.duckdb.engine import DuckEngine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = int(os.environ.get("DATAOPS_BENCH_JSON_ROWS", "200000"))
MOST = 12
"""How many times as long as `json.loads` of every line a scan may take."""

CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: customers
version: 1.0.0
schema:
  - name: customers
    properties:
      - {name: id, logicalType: integer, required: true}
      - name: address
        logicalType: object
        logicalTypeOptions: {minProperties: 1}
        properties:
          - {name: city, logicalType: string, required: true, logicalTypeOptions: {pattern: "^[A-Z]"}}
          - {name: zip, logicalType: string, required: true, logicalTypeOptions: {minLength: 5, maxLength: 5}}
          - name: geo
            logicalType: object
            properties:
              - {name: lat, logicalType: number, logicalTypeOptions: {minimum: -90, maximum: 90}}
              - {name: lon, logicalType: number, logicalTypeOptions: {minimum: -180, maximum: 180}}
      - name: tags
        logicalType: array
        logicalTypeOptions: {maxItems: 9, uniqueItems: true}
        items: {logicalType: string, required: true, logicalTypeOptions: {maxLength: 9}}
"""

PLAIN = CONTRACT.partition("      - name: address")[0]


@pytest.fixture
def engine(tmp_path: Path) -> DuckEngine:
    """An engine with the memory that it has by default."""
    return DuckEngine(memory_limit="2GB", temp_directory=str(tmp_path / "spill"))


def test_what_json_costs(tmp_path: Path, engine: DuckEngine) -> None:
    """A scan of nested lines takes a small multiple of what reading them alone takes."""
    drop = tmp_path / "customers.jsonl"
    geo = {"lat": 52.52, "lon": 13.405}
    with drop.open("w") as lines:
        for number in range(ROWS):
            address = {"city": "Berlin", "zip": "10115", "geo": geo}
            lines.write(json.dumps({"id": number, "address": address, "tags": ["a", "b", "c"]}) + "\n")

    bare = timed(lambda: [json.loads(line) for line in drop.read_text().splitlines()])
    plain = timed(lambda: scan(engine, drop, PLAIN))
    nested = timed(lambda: scan(engine, drop, CONTRACT))

    print(f"\n{ROWS:,} lines of JSON, {drop.stat().st_size / ROWS:.0f} bytes each")  # noqa: T201
    print(f"{'':12}{'seconds':>10}{'of bare':>10}")  # noqa: T201
    for name, seconds in (("bare", bare), ("2 rules", plain), ("24 rules", nested)):
        print(f"{name:12}{seconds:10.1f}{seconds / bare:10.2f}")  # noqa: T201
    assert nested / bare < MOST


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def scan(engine: DuckEngine, drop: Path, text: str) -> None:
    """Verify the lines against a contract; all of them are good."""
    contract = drop.with_name("customers.odcs.yaml")
    contract.write_text(text)
    dataset = read_contract(contract)[0].datasets[0]
    split = Split(str(drop.with_name("good")), str(drop.with_name("bad")))
    landed = Landed(str(drop), (LandedPart(str(drop), drop.name),), Dialect(format=Format.JSON_LINES))
    assert engine.scan(landed, plan(dataset, derive(dataset)), split=split).good == ROWS
