"""Files that somebody removes while their batch is on its way."""

from __future__ import annotations

import itertools
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from airflow_dataops.core.publication import Publication
from airflow_dataops.factory.dags import load_dag
from airflow_dataops.store.sql import SqlStore

DAY = "2026-03-01"
# A manual run's interval ends at its logical date.
LOGICAL = datetime(2026, 3, 2, tzinfo=UTC)

NUMBERS = itertools.count(1)

PIPELINE = """\
template: batch@1
contract: things.odcs.yaml
schedule: "@daily"
start_date: 2026-03-01
retries: 0
source: {folder: drops, path: "{partition}/*.csv"}
target: {path: things}
"""
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
schema:
  - name: things
    properties: [{name: id, logicalType: integer, required: true}]
"""


@pytest.fixture
def run_losing(deployment, run_dag, monkeypatch, capfd):
    """Run a product and lose files between two of its tasks; return its state and why tasks failed."""
    from airflow.providers.standard.operators.python import PythonOperator

    from airflow_dataops.bridge import failure

    folder = deployment / "things"
    for name in ("a", "b"):
        (folder / "drops" / DAY).mkdir(parents=True, exist_ok=True)
        (folder / "drops" / DAY / f"{name}.csv").write_text("id\n1\n2\n")
    (folder / "things.dag.yaml").write_text(f"{PIPELINE}name: lost{next(NUMBERS)}\n")
    (folder / "things.odcs.yaml").write_text(CONTRACT)
    lines: list[str] = []
    inner = failure.failing_as_airflow

    @contextmanager
    def listening():
        try:
            with inner():
                yield
        except Exception as error:
            lines.append(str(error))
            raise

    monkeypatch.setattr("airflow_dataops.operators.stage.failing_as_airflow", listening)

    def run(lose, *, after: str, before: str):
        dag = load_dag(str(folder / "dag.py"))
        loss = PythonOperator(task_id="loss", python_callable=lose, dag=dag)
        dag.get_task(after) >> loss >> dag.get_task(before)
        done = run_dag(dag, logical_date=LOGICAL)
        capfd.readouterr()
        published = SqlStore(f"sqlite:///{deployment}/store.db").facts(Publication)
        return str(done.state), lines, [publication.rows for publication in published]

    return run


def test_a_drop_that_is_deleted_after_it_landed_is_published(run_losing, deployment) -> None:
    """From landing on the raw copy is read, so that producers may clean up."""
    drops = deployment / "things" / "drops"

    told = run_losing(lambda: shutil.rmtree(drops), after="land", before="gate")

    assert ("success", [], [4]) == told


@pytest.mark.parametrize(("after", "before"), [("land", "gate"), ("gate", "verify")])
def test_a_raw_copy_that_is_deleted_fails_its_batch_with_one_line(
    after, before, run_losing, deployment
) -> None:
    """The task that reads it next fails as a broken world, and nothing is published."""
    raw = deployment / "zones" / "raw"

    state, lines, published = run_losing(lambda: shutil.rmtree(raw), after=after, before=before)

    assert ("failed", []) == (state, published)
    assert 1 == len(lines)
    assert "\n" not in lines[0]
    assert lines[0].startswith("Broken world: ")
    assert str(raw) in lines[0]


@pytest.mark.parametrize(
    ("after", "before", "named"), [("verify", "audit", "zones/staging"), ("audit", "publish", "things")]
)
def test_staged_rows_that_are_deleted_fail_their_batch_with_one_line(
    after, before, named, run_losing, deployment
) -> None:
    """What was staged and is gone is told as well, never published as an empty partition."""
    staging = deployment / "zones" / "staging"

    state, lines, published = run_losing(lambda: shutil.rmtree(staging), after=after, before=before)

    assert ("failed", []) == (state, published)
    assert 1 == len(lines)
    assert lines[0].startswith("Broken world: ")
    assert "\n" not in lines[0]
    assert named in lines[0]
