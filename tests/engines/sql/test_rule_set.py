"""A rule set of Airflow's common.dataquality provider, enforced by our engine."""

from __future__ import annotations

import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.verdict import WITHHELD, Status, judge
from airflow_dataops.core.landing import Dialect
from airflow_dataops.core.rows.relation import Landed, LandedPart, Split
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.wiring import engines
from airflow_dataops.wiring.settings import Settings

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string}
      - {name: amount, logicalType: number, physicalType: "numeric(10,2)"}
    quality:
      - {type: custom, engine: common.dataquality, implementation: orders.ruleset.yaml}
"""
RULES = """\
name: orders
rules:
  - {name: no_null, check: null_count, column: amount, condition: {equal_to: 0}}
  - {name: few_nulls, check: null_ratio, column: id, condition: {leq_to: 0.25}}
  - {name: unique, check: unique_violations, column: id, condition: {equal_to: 0}}
  - {name: nearly_unique, check: unique_violations, column: id, condition: {leq_to: 1}}
  - {name: ids, check: distinct_count, column: id, condition: {geq_to: 3}}
  - {name: least, check: min, column: amount, condition: {geq_to: 2}}
  - {name: most, check: max, column: amount, condition: {leq_to: 5}}
  - {name: mean, check: mean, column: amount, condition: {equal_to: 3, tolerance: 0.2}}
  - {name: rows, check: row_count, condition: {greater_than: 10}, severity: warn}
  - name: query
    check: custom_sql
    sql: "SELECT COUNT(*) FROM {table} WHERE amount > 4"
    condition: {equal_to: 1}
"""
ROWS = "id,amount\na,1.00\nb,2.00\nc,5.50\n,3.50\nd,\ne,7\ne,8\n"
"""Of seven rows three go to quarantine: the one without an amount, and the two with the id e."""

EXPECTED = {
    "no_null": (Status.FAILED, "1", 1),
    "few_nulls": (Status.PASSED, "14.29 %", 1),
    "unique": (Status.FAILED, "2", 2),
    "nearly_unique": (Status.PASSED, "0", 0),
    "ids": (Status.PASSED, "3", 0),
    "least": (Status.FAILED, WITHHELD, 0),
    "most": (Status.FAILED, WITHHELD, 0),
    "mean": (Status.PASSED, WITHHELD, 0),
    "rows": (Status.WARNING, "4", 0),
    "query": (Status.PASSED, "1", 0),
}


@pytest.fixture
def outcomes(tmp_path):
    """What became of each rule."""
    for name, text in (("orders.odcs.yaml", CONTRACT), ("orders.ruleset.yaml", RULES), ("orders.csv", ROWS)):
        (tmp_path / name).write_text(text)
    (dataset,) = read_contract(tmp_path / "orders.odcs.yaml")[0].datasets
    checks = derive(dataset)
    file = str(tmp_path / "orders.csv")
    engine = engines.engine(Settings(store_url="", zones_path=str(tmp_path), lake_path=""))
    scan = engine.scan(
        Landed(file, (LandedPart(file, "orders.csv"),), Dialect()),
        plan(dataset, checks),
        split=Split(str(tmp_path / "good.parquet"), str(tmp_path / "bad.parquet")),
    )
    assert (7, 4, 3) == (scan.rows, scan.good, scan.bad)
    return {check.id: judge(check, scan.measured[check.id]) for check in checks}


@pytest.mark.parametrize("rule", EXPECTED)
def test_each_rule_is_enforced(outcomes, rule) -> None:
    """Rules that name rows send them to quarantine, the others judge what is passed on; no value is shown."""
    found = outcomes[rule]

    assert EXPECTED[rule] == (found.status, found.observed, found.failing)
