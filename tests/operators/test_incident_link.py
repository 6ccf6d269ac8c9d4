"""The link of a failed task to its incident."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from airflow_dataops.errors import BadDataError
from airflow_dataops.operators.stage import StageOperator


class Fails(StageOperator):
    """A stage that refuses what it gets, or doesn't."""

    def __init__(self, *, bad: bool, **kwargs) -> None:
        super().__init__(**kwargs)
        self.bad = bad

    def work(self, context):  # noqa: ARG002 - Airflow calls it so
        """Fail."""
        if self.bad:
            raise BadDataError("it is bad", where="orders")
        return {}


@pytest.mark.parametrize(
    ("base", "begins"),
    [("", "dataops/incident/"), ("https://a.example/af/", "https://a.example/af/dataops/")],
)
def test_a_failed_task_leads_to_the_incident_of_its_run(in_dag, monkeypatch, base, begins) -> None:
    """Below Airflow's own address, whatever that is."""
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", base)

    ended = in_dag(lambda: Fails(task_id="verify", bad=True))

    link = ended.run.get_task_instance("verify").xcom_pull(task_ids="verify", key="_link_IncidentLink")
    asked = parse_qs(urlsplit(link).query)
    assert link.startswith(begins)
    assert ([ended.run.dag_id], [ended.run.run_id]) == (asked["dag_id"], asked["run_id"])


def test_a_task_that_went_well_leads_nowhere(in_dag) -> None:
    """There is no incident of it."""
    ended = in_dag(lambda: Fails(task_id="verify", bad=False))

    assert "success" == ended.state()
    assert not ended.run.get_task_instance("verify").xcom_pull(task_ids="verify", key="_link_IncidentLink")
