"""Whatever stands in a file, reading it comes to a value or to a DocumentError, never to more."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.documents.declared import declared
from airflow_dataops.documents.examples.examples import Sides, read_examples
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.documents.openslo.objectives import read_openslo
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.errors import DocumentError

SAMPLE = Path(__file__).parents[2] / "dag_templates" / "batch" / "orders"
TESTS = "tests/prices.yaml"
SIDES = Sides(
    read_contract(SAMPLE / "orders_landing.odcs.yaml")[0].datasets[0],
    read_contract(SAMPLE / "orders.odcs.yaml")[0].datasets[0],
    ("amount.minimum",),
)


def read_tests(file: Path) -> None:
    """Read a file of tests."""
    findings = Findings()
    read_examples([file], SIDES, findings)
    findings.settle()


LEVELS = "orders.openslo.yaml"
OPENSLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: fresh, annotations: {airflow-dataops/name: fresh_2h}, labels: {tier: [a, b]}}
spec:
  description: In time.
  service: orders
  budgetingMethod: Timeslices
  timeWindow: [{duration: 1M, calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Paris}}]
  indicator:
    metadata: {name: lag}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: Airflow, spec: {sli: freshness, threshold: 2h, gap: bad, late: repaired}}}
        total: {metricSource: {metricSourceRef: here, spec: {expected: partitions}}}
  objectives: [{target: 0.95, timeSliceTarget: 1, timeSliceWindow: 5m}]
  alertPolicies: [{alertPolicyRef: fast}]
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: quick}
spec:
  service: orders
  budgetingMethod: Occurrences
  timeWindow: [{duration: 28d, isRolling: true}]
  indicatorRef: latency
  objectives: [{targetPercent: 99.5, op: lte, value: 900}]
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: latency}
spec: {thresholdMetric: {metricSource: {type: Airflow, spec: {product: orders, sli: latency}}}}
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast}
spec:
  alertWhenBreaching: true
  conditions:
    - kind: AlertCondition
      metadata: {name: burn}
      spec:
        severity: page
        condition: {kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 0m}
  notificationTargets: [{targetRef: oncall}]
---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: {name: oncall}
spec: {target: slack}
---
apiVersion: openslo/v1
kind: DataSource
metadata: {name: here}
spec: {type: Airflow, connectionDetails: {a: [b]}}
---
apiVersion: openslo/v1
kind: Service
metadata: {name: orders}
spec: {description: Orders}
"""
PROMISES = "promises.odcs.yaml"
PROMISING = """\
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
schema:
  - name: orders
    properties: [{name: id, logicalType: string, required: true}]
slaProperties:
  - id: fresh
    property: freshness
    value: 2
    unit: h
    customProperties:
      - {property: targetPercent, value: 99.5, vendor: airflow_dataops}
      - {property: window, value: 1M}
      - {property: calendar, value: {startTime: 2026-01-01, timeZone: UTC}}
      - {property: method, value: Timeslices}
      - {property: slice, value: 5m}
  - {id: right, property: errorRate, value: 1, unit: percent}
  - {id: by, property: timeOfAvailability, value: "07:00Z"}
customProperties:
  - property: serviceLevelObjectives
    value: {by: {target: 0.9, gap: excluded, late: repaired, runbook: late.md}, right: {target: 0.99}}
"""
AWAITED = "awaited.dag.yaml"
AWAITING = """\
template: batch@1
name: orders
source: {folder: drops, path: "{partition}.csv"}
expected: {schedule: "0 6 * * 1-5", timezone: UTC, grain: day, exclude: [2026-12-25/2026-12-26]}
policy: [{do: shrink_pool, below: 20%, slo: fresh_2h, pool: etl, slots: 1}]
"""
TEXTS = {
    **{file.name: file.read_text() for file in SAMPLE.iterdir() if file.is_file()},
    TESTS: (SAMPLE / TESTS).read_text(),
    LEVELS: OPENSLO,
    PROMISES: PROMISING,
    AWAITED: AWAITING,
}

READERS = {
    TESTS: read_tests,
    LEVELS: lambda file: read_openslo([file]),
    PROMISES: read_contract,
    AWAITED: lambda file: declared(read_definition(file), since=datetime(2026, 3, 1, tzinfo=UTC)),
    "orders.dag.yaml": read_definition,
    "orders.odcs.yaml": read_contract,
    "orders_landing.odcs.yaml": read_contract,
}
PLACE = re.compile(r"[^\n]+?(:[1-9][0-9]*:[1-9][0-9]*)?")

TOKENS = st.sampled_from(
    [
        *(
            "0",
            "-1",
            "1e999",
            "1.10",
            "true",
            "null",
            "yes",
            "''",
            "[]",
            "{}",
            "[a, [b]]",
            "{a: {b: c}}",
            "*x",
            "&x",
        ),
        *(
            "!!int 3",
            "|",
            '"\\u0000"',
            "'{partition}'",
            "2026-02-30",
            "@daily",
            "(?=x)",
            "{object}",
            "- -",
            "? a",
        ),
        *(
            "type: sql",
            "mustBe: [1]",
            "metric: rowCount",
            "- ",
            "  ",
            "\n",
            ":",
            "#",
            "quality:",
            "items:",
            "enum:",
        ),
        *("\u2028", "\x85", "\t", "ß" * 300, "9" * 400, "a.b", "SELECT", "};{"),
    ]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the sample that a test may break."""
    made = tmp_path_factory.mktemp("dags") / "orders"
    (made / "tests").mkdir(parents=True)
    for name, text in TEXTS.items():
        (made / name).write_text(text)
    return made


def read_it(folder: Path, name: str, content: bytes) -> None:
    """Read a file that was changed, and put it back; what is wrong must have a place and be one line."""
    (folder / name).write_bytes(content)
    told = None
    try:
        READERS[name](folder / name)
    except DocumentError as error:
        told = error.problems
    (folder / name).write_text(TEXTS[name])
    assert told != ()
    for problem in told or ():
        assert PLACE.fullmatch(problem.place)
        assert problem.what
        assert "\n" not in str(problem)


@st.composite
def mutations(draw):
    """A file of the sample in which a few pieces are replaced, doubled, or taken out."""
    name = draw(st.sampled_from(sorted(READERS)))
    text = TEXTS[name]
    for _ in range(draw(st.integers(1, 4))):
        words = list(re.finditer(r"[^\s:]+|:|\s+", text))
        word = draw(st.sampled_from(words))
        piece = draw(
            TOKENS | st.just("") | st.just(word[0] * 2) | st.sampled_from(words).map(lambda other: other[0])
        )
        text = text[: word.start()] + piece + text[word.end() :]
    return name, text.encode()


@settings(max_examples=400, deadline=None)
@given(mutations())
def test_a_broken_sample_is_a_document_error(folder, mutation):
    """A file of the sample in which anything is broken is read, or refused with places."""
    read_it(folder, *mutation)


@pytest.mark.parametrize("name", sorted(READERS))
def test_the_files_themselves_are_right(folder, name):
    """What is broken below is right before."""
    READERS[name](folder / name)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(READERS)), st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_document_error(folder, name, content):
    """A file that holds anything at all is read, or refused with places."""
    read_it(folder, name, content)
