"""One batch through Airflow in this process: `dag.test()`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.store.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from airflow.models.dagrun import DagRun
    from airflow.sdk import DAG


@pytest.fixture
def deployment(airflow_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store, zones and a lake of its own for one test."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", f"sqlite:///{tmp_path}/store.db")
    monkeypatch.setenv("AIRFLOW__DATAOPS__ZONES_PATH", str(tmp_path / "zones"))
    monkeypatch.setenv("AIRFLOW__DATAOPS__LAKE_PATH", str(tmp_path / "lake"))
    migrate(f"sqlite:///{tmp_path}/store.db")
    assert airflow_db.is_dir()
    return tmp_path


@pytest.fixture
def run_dag() -> Callable[..., DagRun]:
    """Run a DAG once, as `dag.test()` does, after it has been put into a bundle."""
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
    from airflow.models.dagbundle import DagBundleModel
    from airflow.utils.session import create_session

    def run(dag: DAG, **arguments: object) -> DagRun:
        with create_session() as session:
            session.merge(DagBundleModel(name="tests"))
        bag = DagBag(dag_folder="/dev/null", collect_dags=False)
        bag.bag_dag(dag)
        sync_bag_to_db(bag, bundle_name="tests", bundle_version=None)
        logging.getLogger("airflow").setLevel(logging.ERROR)
        return dag.test(**arguments)

    return run
