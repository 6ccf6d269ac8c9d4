"""What is seen of a batch on its way, whichever way it goes."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.factory.dags import load_dag
from airflow_dataops.store.sql import SqlStore

if TYPE_CHECKING:
    from collections.abc import Callable

LOGICAL = datetime(2026, 3, 2, tzinfo=UTC)
NUMBERS = itertools.count(1)
PIPELINE = """\
template: batch@1
schedule: "@daily"
start_date: 2026-03-01
retries: 0
source: {folder: drops, path: "{partition}.csv"}
params: {max_quarantined: 50%}
"""
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: seen
version: 1.0.0
status: active
schema:
  - name: seen
    properties:
      - {name: id, logicalType: string, required: true}
"""
MANIFEST = 'expected: {rows: {manifest: {path: "{partition}.json", key: rows}}}\n'
BLOCKED = 'id\na\n""\n""\n'
"""Two of three rows are bad: more than may be."""


@pytest.fixture
def run(deployment, run_dag) -> Callable[..., tuple[str, dict[Sli, Observation]]]:
    """Run a product over a drop and what else lies beside it; return how that ended, and what was seen."""

    def go(drop: str, *, pipeline: str = PIPELINE, **beside: str) -> tuple[str, dict[Sli, Observation]]:
        folder = deployment / f"seen{next(NUMBERS)}"
        (folder / "drops").mkdir(parents=True)
        (folder / "drops" / "2026-03-01.csv").write_text(drop)
        for suffix, text in beside.items():
            (folder / "drops" / f"2026-03-01.{suffix}").write_text(text)
        (folder / f"{folder.name}.dag.yaml").write_text(pipeline)
        (folder / f"{folder.name}.odcs.yaml").write_text(CONTRACT)
        ended = run_dag(load_dag(str(folder / "dag.py")), logical_date=LOGICAL)
        store = SqlStore(f"sqlite:///{deployment}/store.db")
        seen = store.facts(Observation, product=folder.name)
        assert {LOGICAL} == {one.end for one in seen} | {LOGICAL}
        return str(ended.state), {one.sli: one for one in seen}

    return go


def test_a_batch_on_its_way(run) -> None:
    """One of four rows is bad, five were announced."""
    state, seen = run('id\na\n""\nc\nd\n', pipeline=PIPELINE + MANIFEST, json='{"rows": 5}')

    assert "success" == state
    assert {Sli.CORRECTNESS, Sli.COMPLETENESS, Sli.FRESHNESS, Sli.LATENCY} == set(seen)
    assert (3, 4) == (seen[Sli.CORRECTNESS].good, seen[Sli.CORRECTNESS].total)
    assert (4, 5, Fraction(4, 5)) == (
        seen[Sli.COMPLETENESS].good,
        seen[Sli.COMPLETENESS].total,
        seen[Sli.COMPLETENESS].value,
    )
    assert seen[Sli.FRESHNESS].value == Fraction(str((seen[Sli.FRESHNESS].at - LOGICAL).total_seconds()))
    assert 0 < seen[Sli.LATENCY].value < 600


def test_a_batch_that_is_stopped_is_seen_as_well(run) -> None:
    """It is as wrong as it is, whether it is published or not."""
    state, seen = run(BLOCKED, pipeline=PIPELINE + MANIFEST, json='{"rows": 3}')

    assert "failed" == state
    assert (1, 3) == (seen[Sli.CORRECTNESS].good, seen[Sli.CORRECTNESS].total)
    assert (3, 3) == (seen[Sli.COMPLETENESS].good, seen[Sli.COMPLETENESS].total)
    assert {Sli.FRESHNESS, Sli.LATENCY} & set(seen) == set()


def test_more_rows_than_expected_are_all_that_were_expected(run) -> None:
    """How many more is in the value."""
    _, seen = run("id\na\nb\nc\n", pipeline=PIPELINE + MANIFEST, json='{"rows": 2}')

    complete = seen[Sli.COMPLETENESS]
    assert (2, 2, Fraction(3, 2)) == (complete.good, complete.total, complete.value)


@pytest.mark.parametrize("beside", [{}, {"json": "{"}, {"json": '{"rows": "zq7"}'}])
def test_a_manifest_that_says_nothing_stops_nobody(run, beside) -> None:
    """Completeness isn't known: a gap."""
    state, seen = run("id\na\nb\n", pipeline=PIPELINE + MANIFEST, **beside)

    assert "success" == state
    assert {Sli.CORRECTNESS, Sli.FRESHNESS, Sli.LATENCY} == set(seen)


def test_a_database_that_isnt_there_stops_nobody(run) -> None:
    """Nor does a connection that nobody made."""
    control = "{table: {conn_id: nowhere, table: t, partition_column: d, count_column: n}}"

    state, seen = run("id\na\n", pipeline=f"{PIPELINE}expected: {{rows: {control}}}\n")

    assert "success" == state
    assert Sli.COMPLETENESS not in seen


def test_of_a_drop_that_the_gate_refuses_nothing_is_known(run) -> None:
    """Neither good nor bad: a gap."""
    state, seen = run("name\na\n")

    assert ("failed", {}) == (state, seen)
