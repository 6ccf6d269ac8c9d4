"""What surrounds every test: an Airflow home of its own, and the reference vectors beside the project."""

from __future__ import annotations

import itertools
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow.models.dagrun import DagRun
    from airflow.sdk import DAG

    from airflow_dataops.core.verification import Verification

# How long an example takes is the affair of the machine. Where CI is set, Hypothesis says so by itself.
if not os.environ.get("CI"):
    settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("unhurried")

# A nightly run looks further than CI: so many examples of each property, other ones each night.
if many := os.environ.get("DATAOPS_TEST_EXAMPLES"):
    settings.register_profile(
        "thorough",
        max_examples=int(many),
        derandomize=False,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    settings.load_profile("thorough")

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


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pass over files without end-to-end tests where only these are wanted: all take most of a minute."""
    if config.option.markexpr != "e2e" or not collection_path.match("test_*.py"):
        return None
    return "mark.e2e" not in collection_path.read_text() or None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give end-to-end tests to processes by folder: those of one share an Airflow, a port or a demo."""
    if config.option.markexpr != "e2e" or config.option.dist != "loadscope":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByFolder(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid.partition("::")[0].rpartition("/")[0]

    return ByFolder(config, log)


def pytest_unconfigure() -> None:
    """Remove the Airflow home of the tests."""
    HOME.cleanup()


@pytest.fixture(scope="session")
def airflow_db() -> Path:
    """An Airflow home whose metadata database is migrated, for tests that run a DAG in this process."""
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True)
    return Path(HOME.name)


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
        # No test stops the server: whatever is committed is there, also before it is safe on the disk.
        connection.execute(
            sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name))
        )
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


@pytest.fixture(scope="session")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], None]:
    """Make an empty store at a URL. A file is copied from one that was migrated: many tests need one."""
    from airflow_dataops.store.schema import migrate

    migrated = tmp_path_factory.mktemp("new-store") / "store.db"

    def make(url: str) -> None:
        if not url.startswith("sqlite"):
            migrate(url)
            return
        if not migrated.exists():
            migrate(f"sqlite:///{migrated}")
            assert [migrated] == list(migrated.parent.iterdir())  # it is whole: there is no log beside it
        shutil.copyfile(migrated, url.removeprefix("sqlite:///"))

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, new_store_url: Callable[[str], str]) -> str:
    """The URL of a store that nobody has made yet, on each server."""
    return new_store_url(request.param)


@pytest.fixture(scope="session")
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
def deployment(
    airflow_db: Path, new_store: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A store, zones and a lake of its own for one test."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", f"sqlite:///{tmp_path}/store.db")
    monkeypatch.setenv("AIRFLOW__DATAOPS__ZONES_PATH", str(tmp_path / "zones"))
    monkeypatch.setenv("AIRFLOW__DATAOPS__LAKE_PATH", str(tmp_path / "lake"))
    new_store(f"sqlite:///{tmp_path}/store.db")
    assert airflow_db.is_dir()
    return tmp_path


@pytest.fixture
def run_dag() -> Callable[..., DagRun]:
    """Run a DAG once, as `dag.test()` does, after it has been put into a bundle."""
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
    from airflow.models.asset import AssetActive
    from airflow.models.dagbundle import DagBundleModel
    from airflow.utils.session import create_session
    from sqlalchemy import delete

    def run(dag: DAG, **arguments: object) -> DagRun:
        with create_session() as session:
            session.merge(DagBundleModel(name="tests"))
            # Of two assets of one name Airflow lets only the first be active: an earlier test's is no longer.
            session.execute(delete(AssetActive))
        bag = DagBag(dag_folder="/dev/null", collect_dags=False)
        bag.bag_dag(dag)
        sync_bag_to_db(bag, bundle_name="tests", bundle_version=None)
        logging.getLogger("airflow").setLevel(logging.ERROR)
        return dag.test(**arguments)

    return run


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The endpoint of a server that speaks S3, on this machine."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def s3_client(s3: str) -> Any:
    """A client of the server that speaks S3; making one takes half a second."""
    import boto3

    return boto3.client(
        "s3",
        endpoint_url=s3,
        region_name="us-east-1",
        aws_access_key_id="AKIATEST",
        aws_secret_access_key="none",
    )


@pytest.fixture
def bucket(s3: str, s3_client: Any, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket, and the connection that leads to it."""
    connection = {
        "conn_type": "aws",
        "login": "AKIATEST",
        "password": "none",
        "extra": {"endpoint_url": s3, "region_name": "us-east-1"},
    }
    monkeypatch.setenv("AIRFLOW_CONN_STORAGE", json.dumps(connection))
    return Bucket(s3_client, f"bucket-{uuid4().hex}")


class Bucket:
    """A bucket on the server, with a prefix for drops.

    Args:
        client: A client of the server.
        name: The bucket's.
    """

    conn_id = "storage"

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        self.client.create_bucket(Bucket=name)
        self.name = name
        self.address = f"s3://{name}/drops"

    def put(self, name: str, content: bytes) -> None:
        """Write an object."""
        self.client.put_object(Bucket=self.name, Key=f"drops/{name}", Body=content)

    def remove(self, name: str) -> None:
        """Remove an object."""
        self.client.delete_object(Bucket=self.name, Key=f"drops/{name}")


NUMBERS = itertools.count(1)
LISTENED = (
    *("operators.stage", "operators.require_contract", "operators.require_budget", "operators.evaluate_slos"),
    *("sensors.contract", "sensors.require_contract", "sensors.error_budget"),
)
"""Modules in which errors of ours become Airflow's."""

START = datetime(2026, 3, 1, tzinfo=UTC)
LOGICAL = datetime(2026, 3, 2, tzinfo=UTC)
"""A manual run's interval ends at its logical date: this is the run of 1 March."""


@dataclass(frozen=True)
class Ended:
    """A DAG run that has ended."""

    run: DagRun
    lines: list[str]
    verdicts: tuple[Verification, ...]

    def state(self, task_id: str = "verify") -> str:
        """What became of a task."""
        return str(self.run.get_task_instance(task_id).state)

    def returned(self, task_id: str = "verify") -> Any:
        """What a task handed on."""
        return self.run.get_task_instance(task_id).xcom_pull(task_ids=task_id)

    def statuses(self, *wanted: str) -> dict[str, str]:
        """Id of each rule that has one of the statuses -> the status, of the newest verdict."""
        return {o.rule: o.status.value for o in self.verdicts[-1].outcomes if o.status in wanted}


@dataclass
class Failures:
    """The lines by which tasks failed."""

    lines: list[str] = field(default_factory=list)


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> Failures:
    """Listen to the one place where an error of ours becomes one of Airflow's."""
    from airflow_dataops.bridge import failure

    inner, heard = failure.failing_as_airflow, Failures()

    @contextmanager
    def listening() -> Iterator[None]:
        try:
            with inner():
                yield
        except Exception as error:
            heard.lines.append(str(error))
            raise

    for module in LISTENED:
        monkeypatch.setattr(f"airflow_dataops.{module}.failing_as_airflow", listening)
    return heard


@pytest.fixture
def in_dag(deployment: Path, run_dag: Callable[..., DagRun], failures: Failures) -> Callable[..., Ended]:
    """Run what a function wires in a DAG of its own, whose intervals are days, and return how it ended."""
    from airflow.sdk import DAG, CronDataIntervalTimetable

    from airflow_dataops.core.verification import Verification
    from airflow_dataops.store.sql import SqlStore

    def run(
        wire: Callable[[], object], *, logical_date: datetime | None = LOGICAL, daily: bool = True
    ) -> Ended:
        with DAG(
            dag_id=f"own{next(NUMBERS)}",
            schedule=CronDataIntervalTimetable("@daily", timezone="UTC") if daily else None,
            start_date=START,
            catchup=False,
        ) as dag:
            wire()
        failures.lines.clear()
        done = run_dag(dag, logical_date=logical_date)
        store = SqlStore(f"sqlite:///{deployment}/store.db")
        return Ended(done, list(failures.lines), store.facts(Verification))

    return run


@pytest.fixture
def rows_seen(deployment: Path) -> Callable[..., None]:
    """Declare `orders` of the team `shop`, of whose rows 9 in 10 must be right, and see rows of yesterday.

    Of a hundred rows ten may be bad: with 98 good ones 80 % of the budget is left.
    """
    from fractions import Fraction

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.expectation import Expectation
    from airflow_dataops.core.slo.objective import Gap, Objective
    from airflow_dataops.core.slo.observation import Observation
    from airflow_dataops.core.slo.sli import Sli
    from airflow_dataops.store.levels.service_levels import SqlServiceLevels
    from airflow_dataops.store.sql import SqlStore

    url, numbers = f"sqlite:///{deployment}/store.db", itertools.count()

    def see(good: int | None = None, *, days: int = 1, **changes: Any) -> None:
        now = datetime.now(UTC)
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        right = Objective(name="right", sli=Sli.CORRECTNESS, target=Fraction(9, 10), gap=Gap.EXCLUDED)
        given = {
            "team": "shop",
            "product": "orders",
            "dataset": "orders",
            "expectation": Expectation(schedule="@daily", start=today - timedelta(days=30)),
            "objectives": (right,),
            "since": now - timedelta(days=1) + timedelta(seconds=next(numbers)),
        } | changes
        declaration = Declaration(**given)
        SqlServiceLevels(url).declare(declaration)
        if good is not None:
            day = today - timedelta(days=days)
            batch = Batch(
                team=declaration.team,
                product=declaration.product,
                dataset=declaration.dataset,
                partition=f"{day:%Y-%m-%d}",
            )
            SqlStore(url).record(
                Observation(
                    batch=batch,
                    sli=Sli.CORRECTNESS,
                    subject="first",
                    end=day + timedelta(days=1),
                    good=good,
                    total=100,
                    value=Fraction(good, 100),
                    at=now - timedelta(microseconds=1),
                )
            )

    return see
