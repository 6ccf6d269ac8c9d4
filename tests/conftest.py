"""What surrounds every test: an Airflow home of its own, and the reference vectors beside the project."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from uuid import uuid4
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow.models.dagrun import DagRun
    from airflow.sdk import DAG

PROJECT = Path(__file__).parents[1]
HOME = tempfile.TemporaryDirectory(prefix="dataops-tests-")

# Airflow reads its settings when it is first imported, so they stand here and not in a fixture.
for name in [name for name in os.environ if name.startswith(("AIRFLOW__", "AIRFLOW_CONFIG"))]:
    del os.environ[name]
Path(HOME.name, "dags").mkdir()
os.environ |= {
    "AIRFLOW_HOME": HOME.name,
    "AIRFLOW__CORE__DAGS_FOLDER": f"{HOME.name}/dags",
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
}


def pytest_unconfigure() -> None:
    """Remove the Airflow home of the tests."""
    HOME.cleanup()


@pytest.fixture(scope="session")
def airflow_db() -> Path:
    """An Airflow home whose metadata database is migrated, for tests that run a DAG in this process."""
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True)
    return Path(HOME.name)


@pytest.fixture(scope="session")
@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The SQLAlchemy URL of a PostgreSQL database that is made for this run and dropped after it.

    `DATAOPS_TEST_POSTGRES` names the server, as a URL of a database on it from which others may be made.
    """
    import psycopg
    from psycopg import sql

    server = os.environ.get("DATAOPS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
    name = f"dataops_{uuid4().hex}"
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError:
        pytest.fail("there is no PostgreSQL to test with; start one, or set DATAOPS_TEST_POSTGRES to its URL")
    with connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{server.rpartition('/')[0].replace('postgresql://', 'postgresql+psycopg://')}/{name}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def new_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Return the URL of a store that nobody has made yet: a file, or a schema of its own in PostgreSQL."""

    def url_on(kind: str) -> str:
        name = f"store{uuid4().hex}"
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / name}.db"
        import psycopg

        url = request.getfixturevalue("postgresql")
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"{url}?options=-csearch_path%3D{name}"

    return url_on


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, new_store_url: Callable[[str], str]) -> str:
    """The URL of a store that nobody has made yet, on each server."""
    return new_store_url(request.param)


def shared() -> Path:
    """The folder with reference vectors that lies beside the project; not everybody has it."""
    folder = PROJECT.parent / "shared"
    if not folder.is_dir():
        reason = "the reference vectors are not there: ../shared is missing"
        if os.environ.get("DATAOPS_REQUIRE_SHARED") == "1":
            pytest.fail(f"{reason}, and DATAOPS_REQUIRE_SHARED=1 asks for them")
        pytest.skip(reason)
    return folder


@pytest.fixture
def deployment(airflow_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store, zones and a lake of its own for one test."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", f"sqlite:///{tmp_path}/store.db")
    monkeypatch.setenv("AIRFLOW__DATAOPS__ZONES_PATH", str(tmp_path / "zones"))
    monkeypatch.setenv("AIRFLOW__DATAOPS__LAKE_PATH", str(tmp_path / "lake"))
    from airflow_dataops.store.schema import migrate

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
