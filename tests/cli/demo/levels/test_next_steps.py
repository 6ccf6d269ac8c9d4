from __future__ import annotations

from airflow_dataops.cli.demo.levels.demo import HOME
from airflow_dataops.cli.demo.levels.next_steps import next_steps


def test_steps_name_the_home_as_it_can_be_typed(tmp_path, monkeypatch) -> None:
    """From the folder in which the demo was called, and from anywhere where it lies elsewhere."""
    monkeypatch.chdir(tmp_path)

    here, there = next_steps(HOME.absolute()).plain, next_steps(tmp_path.parent / "home").plain

    assert 2 == here.count('AIRFLOW_HOME="$PWD/.airflow/demo-slo"')
    assert "up --home .airflow/demo-slo --dags .airflow/demo-slo/dags" in here
    assert 2 == there.count(f'AIRFLOW_HOME="{tmp_path.parent / "home"}"')
