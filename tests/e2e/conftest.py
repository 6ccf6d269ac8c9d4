"""A real Airflow for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli.standalone import StandaloneAirflow

if TYPE_CHECKING:
    from collections.abc import Generator

# Written in a thread, since a fork after polars or duckdb started threads may lock.
LINEAGE = "lineage.jsonl"


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Generator[StandaloneAirflow]:
    """An Airflow of four processes with an empty DAG folder (`airflow.dags_folder`), shared by the session.

    It writes lineage events, one JSON a line, to `lineage.jsonl` in `airflow.home`.
    """
    home = tmp_path_factory.mktemp("airflow")
    dags_folder = home / "dags"
    dags_folder.mkdir()
    environment = {
        "AIRFLOW__OPENLINEAGE__EXECUTE_IN_THREAD": "True",
        "AIRFLOW__OPENLINEAGE__NAMESPACE": "dataops-tests",
        "AIRFLOW__OPENLINEAGE__TRANSPORT": (
            f'{{"type": "file", "log_file_path": "{home / LINEAGE}", "append": true}}'
        ),
    }
    with StandaloneAirflow(home, dags_folder, environment=environment) as airflow:
        yield airflow
