"""Two versions of a template run side by side."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.core.publication import Publication
from airflow_dataops.factory.dags import load_dag
from airflow_dataops.store.sql import SqlStore

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: {name}
version: 1.0.0
status: active
schema:
  - name: {name}
    properties:
      - {{name: id, logicalType: string, required: true}}
      - {{name: price, logicalType: number, logicalTypeOptions: {{minimum: 0}}}}
"""


@pytest.fixture
def dags(tmp_path, monkeypatch) -> Path:
    """A folder of a product on each version, with one bad row of ten."""
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"A{number},{number - 1}\n" for number in range(10))
    for name, version in (("older", "batch@1"), ("newer", "batch@2")):
        words = ["--template", version, "--schedule", "@daily", "--start-date", "2026-03-01"]
        assert 0 == main(["dag", "new", name, *words])
        Path(name, f"{name}.odcs.yaml").write_text(CONTRACT.format(name=name))
        Path(name, "drops").mkdir()
        Path(name, "drops", f"{name}-2026-03-01.csv").write_text("id,price\n" + rows)
    return tmp_path


def test_each_version_keeps_its_ceiling(dags, deployment, run_dag) -> None:
    """Ten per cent of bad rows pass where twenty may, and stop the batch where five may."""
    states = {
        name: str(
            run_dag(
                load_dag(str(dags / name / "dag.py")), logical_date=datetime(2026, 3, 2, tzinfo=UTC)
            ).state
        )
        for name in ("older", "newer")
    }

    assert {"older": "success", "newer": "failed"} == states
    store = SqlStore(f"sqlite:///{deployment}/store.db")
    assert {("older", 9)} == {(it.batch.product, it.rows) for it in store.facts(Publication)}
