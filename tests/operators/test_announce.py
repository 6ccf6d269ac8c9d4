"""What consumers are told of a batch, on the event of the product's asset."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from airflow_dataops.core.naming import QUALITY_RESULT
from airflow_dataops.factory.dags import load_dag

LOGICAL = datetime(2026, 3, 2, tzinfo=UTC)

FILES = {
    "dag.py": "from airflow_dataops.factory import load_dag\n\ndag = load_dag(__file__)\n",
    "announced.dag.yaml": """\
template: batch@1
schedule: "@daily"
start_date: 2026-03-01
retries: 0
source: {folder: drops, path: "announced-{partition}.csv"}
params: {max_quarantined: 50%}
""",
    "announced.odcs.yaml": """\
apiVersion: v3.1.0
kind: DataContract
id: announced
version: 1.2.0
status: active
schema:
  - name: announced
    properties:
      - {name: id, logicalType: string, required: true}
      - {name: amount, logicalType: number}
    quality:
      - {id: many, metric: rowCount, mustBeGreaterThan: 100, severity: warning}
""",
    "drops/announced-2026-03-01.csv": "id,amount\na,1\n,2\nc,3\nd,x\n",
}


@pytest.fixture
def events(deployment, run_dag) -> dict[str, tuple[str | None, dict[str, object]]]:
    """Key and extra of the events of a batch: two bad rows of four, and fewer than it should have."""
    folder = deployment / "announced"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    run = run_dag(load_dag(str(folder / "dag.py")), logical_date=LOGICAL)

    assert "success" == run.state
    from airflow.models.asset import AssetEvent
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        found = session.scalars(select(AssetEvent).where(AssetEvent.source_run_id == run.run_id)).all()
        ours = [event for event in found if event.source_dag_id == run.dag_id]
        return {event.name: (event.partition_key, event.extra) for event in ours}


def test_event_carries_our_summary_and_the_providers(events, deployment) -> None:
    """The gate of Airflow's common.dataquality provider finds its own keys beside ours."""
    # Whatever runs after the product, and what runs by its partitions: Airflow tells them apart by the key.
    assert {"announced": None, "announced/partitions": "2026-03-01"} == {
        name: key for name, (key, _) in events.items()
    }
    extra = events["announced"][1]
    assert extra == events["announced/partitions"][1]
    assert {"dataops", QUALITY_RESULT} <= set(extra)

    result = extra[QUALITY_RESULT]

    assert ("announced@1.2.0", str(deployment / "lake" / "announced")) == (result["ruleset"], result["table"])
    assert result["run_uid"].startswith("announced/2026-03-01/")
    # Rows of two rules are in quarantine, and the batch is small: each of the three rules warns.
    assert (0.75, 0, 0, 0) == (result["score"], result["passed"], result["failed"], result["errored"])
    assert ["id.required", "amount.type", "many"] == result["warned_rules"]
