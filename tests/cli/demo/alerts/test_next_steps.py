from __future__ import annotations

from airflow_dataops.cli.demo.alerts.demo import HOME
from airflow_dataops.cli.demo.alerts.next_steps import next_steps


def test_steps_name_the_home_as_it_can_be_typed(tmp_path, monkeypatch) -> None:
    """From the folder in which the demo was called, and from anywhere where it lies elsewhere."""
    monkeypatch.chdir(tmp_path)

    here = next_steps(HOME.absolute(), incident=7).plain
    there = next_steps(tmp_path.parent / "home", incident=7).plain

    assert 2 == here.count('AIRFLOW_HOME="$PWD/.airflow/demo-alerts"')
    assert "dataops alert show 7" in here
    assert ".airflow/demo-alerts/incident.html" in here
    assert 2 == there.count(f'AIRFLOW_HOME="{tmp_path.parent / "home"}"')
