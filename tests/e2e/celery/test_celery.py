"""The sample product on two Celery workers, one of which is killed in the middle of its work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import psycopg
import pytest
from deltalake import DeltaTable

from airflow_dataops.cli.demo.quarantine import quarantined
from airflow_dataops.cli.demo.sample import PRODUCT, Sample
from airflow_dataops.cli.demo.truth import Verdict, compare
from airflow_dataops.cli.local.standalone import StandaloneAirflow
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.slo.sli import SliEvent
from airflow_dataops.core.verification import Verification
from airflow_dataops.factory.dags import load_dag
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.usecases.report import report
from tests.e2e.celery.servers import REDIS, databases, free_port, key_prefix
from tests.e2e.celery.workers import workers

if TYPE_CHECKING:
    from collections.abc import Generator

    from airflow_dataops.cli.demo.truth import Day
    from tests.e2e.celery.workers import Worker

pytestmark = pytest.mark.e2e

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "celery.md"

FIRST, LAST, DAYS = "2026-03-07", "2026-03-12", 6
"""Two plain days, the first one's file again, a plain one, one cut off, and one that comes late."""

SHORTENED = {
    "start_date: 2026-03-01": f"start_date: {FIRST}\nretries: 4\nretry_delay: 1s",
    "end_date: 2026-03-14": f"end_date: {LAST}",
    "poke_interval: 10s": "poke_interval: 1s",
}
"""What the sample's pipeline file says -> what it says here."""

WAREHOUSED = {
    f"end_date: {LAST}": f"end_date: {FIRST}",
    "target: {type: delta, path: orders}": (
        "contract: orders.odcs.yaml\ntarget: {type: postgres, conn_id: warehouse, table: receipts}"
    ),
}
"""What the pipeline file says -> what it says for the product that is published into PostgreSQL."""

SOON = {
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "60",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "2",
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
}
"""Beside what the page says: a lost worker is missed within seconds, and a slow machine is not a lost one."""

SAME: dict[type[Any], tuple[str, ...]] = {
    Landing: ("sha256", "bytes", "rows", "dialect"),
    Verification: ("stage", "contract", "rows", "good", "bad", "unparsable", "outcomes", "blocks", "errors"),
    Publication: ("content", "rows", "contract", "manifest"),
    SliEvent: ("sli", "good", "total"),
    AuditRecord: ("action",),
}
"""Kind of fact -> what is the same on every executor: all but times, places, runs and versions."""

RECEIPTS = "receipts"
ENDED = {"success", "failed"}
SECONDS = 900
"""How long the days may take; an idle machine with two cores needs about a tenth of it."""

POLL_SECONDS = 0.25


def listed() -> list[list[str]]:
    """Return the names of the settings in each block of the page."""
    blocks = re.findall(r"```bash\n(AIRFLOW_.*?)```", PAGE.read_text(), re.DOTALL)
    return [re.findall(r"^(AIRFLOW_\w+)=", block, re.MULTILINE) for block in blocks]


@dataclass(frozen=True)
class Killed:
    """The worker that was killed, and what it was doing."""

    worker: str
    run_id: str
    task_id: str


class Shift:
    """Watches the days run, kills a worker in the middle of a `verify`, and brings the file that is late."""

    def __init__(self, airflow: StandaloneAirflow, sample: Sample, workers: dict[str, Worker]) -> None:
        self.waited: frozenset[str] = frozenset()
        self.killed: Killed | None = None
        self._airflow = airflow
        self._sample = sample
        self._workers = workers

    def work(self) -> None:
        """Watch until every day has ended."""
        deadline = time.monotonic() + SECONDS
        while not self._ended():
            assert time.monotonic() < deadline, f"the days have not ended in {SECONDS} s"
            self._airflow.check()
            for task in self._tasks():
                self._look(task)
            time.sleep(POLL_SECONDS)

    def tries(self) -> list[dict[str, Any]]:
        """Return every try of every task."""
        return [
            each for task in self._tasks() for each in self._get(f"{path_of(task)}/tries")["task_instances"]
        ]

    def _ended(self) -> bool:
        runs = self._airflow.dag_runs(PRODUCT) + self._airflow.dag_runs(RECEIPTS)
        return len(runs) == DAYS + 1 and {run["state"] for run in runs} <= ENDED

    def _tasks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._get("~/taskInstances?limit=100")["task_instances"]
        return found

    def _get(self, path: str) -> Any:
        return self._airflow.request("GET", f"/api/v2/dags/{PRODUCT}/dagRuns/{path}")

    def _look(self, task: dict[str, Any]) -> None:
        if task["state"] == "deferred" and self._sample.late:
            self.waited = frozenset({task["logical_date"][:10]})
            self._sample.deliver_late()
        if (task["task_id"], task["state"]) == ("verify", "running") and not self.killed:
            self._kill(self._workers[task["hostname"]], task)

    def _kill(self, worker: Worker, task: dict[str, Any]) -> None:
        """Kill a worker if the task still runs there. It is held first, so that it can't end in between."""
        worker.freeze()
        time.sleep(2 * POLL_SECONDS)  # what it had sent before has arrived by then
        if self._get(path_of(task))["state"] == "running":
            worker.kill()
            self.killed = Killed(worker.name, task["dag_run_id"], task["task_id"])
        else:
            worker.thaw()


@dataclass(frozen=True)
class Ran:
    """What is left when all days have run."""

    product: Path
    store: SqlStore
    lake: Path
    warehouse: str
    days: tuple[Day, ...]
    waited: frozenset[str]
    tries: list[dict[str, Any]]
    killed: Killed


def path_of(task: dict[str, Any]) -> str:
    """Return where the REST API has a task of a run."""
    return f"{task['dag_run_id'].replace('+', '%2B')}/taskInstances/{task['task_id']}"


def rewritten(pipeline: Path, changes: dict[str, str]) -> str:
    """Return a pipeline file that says something else."""
    text = pipeline.read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def make(sample: Sample) -> None:
    """Make the sample, with six days; and a product that takes the first of them into PostgreSQL."""
    sample.make()
    pipeline = sample.folder / "orders.dag.yaml"
    pipeline.write_text(rewritten(pipeline, SHORTENED))
    other = sample.dags_folder / RECEIPTS
    shutil.copytree(sample.folder, other, ignore=shutil.ignore_patterns("drops", "late", "*.dag.yaml"))
    changes = WAREHOUSED | {"folder: drops": f"folder: {sample.drops}"}
    (other / f"{RECEIPTS}.dag.yaml").write_text(rewritten(pipeline, changes))


def told(sample: Sample, shared: Path, *, urls: dict[str, str], port: int) -> tuple[dict[str, str], ...]:
    """Return what every machine is told, and what those of Airflow itself are told: as the page lists it."""
    ours = {
        "CORE__EXECUTOR": "CeleryExecutor",
        "CORE__DAGS_FOLDER": str(sample.dags_folder),
        "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "CELERY__BROKER_URL": REDIS,
        "CELERY__RESULT_BACKEND": f"db+{urls['celery']}",
        "CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "86400",
        "LOGGING__BASE_LOG_FOLDER": str(shared / "logs"),
        "DATAOPS__SQL_ALCHEMY_CONN": urls["dataops"],
        "DATAOPS__ZONES_PATH": str(shared / "zones"),
        "DATAOPS__LAKE_PATH": str(shared / "lake"),
        "DATAOPS__DUCKDB_MEMORY_LIMIT": "500MB",
        "AIRFLOW_CONN_WAREHOUSE": urls["warehouse"].replace("+psycopg", ""),
        "DATABASE__SQL_ALCHEMY_CONN": urls["airflow"],
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "15",
        "SCHEDULER__TASK_QUEUED_TIMEOUT": "45",
    }
    return tuple({name: ours[name.removeprefix("AIRFLOW__")] for name in block} for block in listed())


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Generator[Ran]:
    """What six days of the sample leave behind, on two workers of which one is killed."""
    folder = tmp_path_factory.mktemp("celery")
    shared, sample, port = folder / "shared", Sample(folder / "airflow"), free_port()
    make(sample)
    with databases("airflow", "celery", "dataops", "warehouse") as urls, key_prefix() as prefix:
        everywhere, central = told(sample, shared, urls=urls, port=port)
        everywhere |= SOON | {"AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__GLOBAL_KEYPREFIX": prefix}
        with (
            workers(folder / "one", folder / "two", settings=everywhere) as team,
            StandaloneAirflow(
                sample.home, sample.dags_folder, port=port, environment=everywhere | central
            ) as airflow,
        ):
            shift = Shift(airflow, sample, team)
            shift.work()
            tries = shift.tries()
        assert shift.killed, "no `verify` was seen running"
        yield Ran(
            product=sample.folder,
            store=SqlStore(urls["dataops"]),
            lake=shared / "lake" / PRODUCT,
            warehouse=urls["warehouse"].replace("+psycopg", ""),
            days=tuple(day for day in sample.days() if FIRST <= day.partition <= LAST),
            waited=shift.waited,
            tries=tries,
            killed=shift.killed,
        )


def test_both_workers_do_the_work(ran) -> None:
    """Each of them runs tasks, the one that was killed as well."""
    assert {"one", "two"} == {each["hostname"] for each in ran.tries if each["hostname"]}


def test_work_of_a_killed_worker_is_done_by_the_other(ran) -> None:
    """What ran when its worker was killed has failed as a try, and succeeds elsewhere."""
    killed = ran.killed
    tries = [
        (each["hostname"], each["state"])
        for each in ran.tries
        if (each["dag_run_id"], each["task_id"]) == (killed.run_id, killed.task_id)
    ]

    [other] = {"one", "two"} - {killed.worker}
    assert (killed.worker, "failed") == tries[0]
    assert (other, "success") == tries[-1]


def test_everything_that_was_planted_is_found_and_nothing_else(ran) -> None:
    """Standings, verdicts, counts and each line in quarantine are as the generator of the drops says."""
    rows = report(PRODUCT, store=ran.store)
    quarantine = {row.batch.partition: quarantined(row.quarantine) for row in rows if row.quarantine}

    found = compare(ran.days, rows=rows, quarantine=quarantine, waited=ran.waited)

    assert () == found.differing
    assert [] == [str(finding) for finding in found.findings if finding.verdict is not Verdict.FOUND]
    assert {"published", "duplicate", "failed", "late"} == {day.outcome for day in ran.days}
    assert found.planted == sum(len(day.wrong) + (day.outcome != "published") for day in ran.days)


def test_result_equals_that_of_one_process(ran, deployment, run_dag) -> None:
    """The same days, one after the other in this process, leave the same facts and the same rows."""
    folder = shutil.copytree(ran.product, deployment / PRODUCT)
    pipeline = folder / "orders.dag.yaml"
    # A manual run's interval ends at its logical date, and Airflow runs none after the end date.
    pipeline.write_text(pipeline.read_text().replace(f"end_date: {LAST}\n", ""))
    dag = load_dag(str(folder / "dag.py"))
    for day in ran.days:
        run_dag(dag, logical_date=datetime.fromisoformat(f"{day.partition}T00:00Z") + timedelta(days=1))
    here = SqlStore(f"sqlite:///{deployment}/store.db")

    for kind in SAME:
        assert remembered(here, kind) == remembered(ran.store, kind)
    assert bad_rows(here).equals(bad_rows(ran.store))
    assert published(deployment / "lake" / PRODUCT).equals(published(ran.lake))


def test_rows_in_postgresql_are_those_in_delta(ran) -> None:
    """The same day has the same content in both targets, and its view shows the same rows."""
    delta, postgres = (
        ran.store.facts(Publication, product=product, partition=FIRST) for product in (PRODUCT, RECEIPTS)
    )
    with psycopg.connect(ran.warehouse) as connection:
        rows = connection.execute("SELECT order_id, net_amount FROM receipts ORDER BY order_id").fetchall()

    assert {each.content for each in delta} == {each.content for each in postgres}
    first = published(ran.lake).filter(pl.col("order_date") == date.fromisoformat(FIRST))
    assert first.select("order_id", "net_amount").sort("order_id").rows() == rows


def remembered(store: SqlStore, kind: type[Any]) -> list[dict[str, Any]]:
    """Return what a store knows of one kind, as far as it is the same on every executor: not nothing."""
    found = [
        {"partition": fact.batch.partition} | {name: getattr(fact, name) for name in SAME[kind]}
        for fact in store.facts(kind, product=PRODUCT)
    ]
    assert found
    return sorted(found, key=repr)


def bad_rows(store: SqlStore) -> pl.DataFrame:
    """Return all rows in quarantine."""
    files = sorted({each.quarantine for each in store.facts(Verification, product=PRODUCT)} - {""})
    return pl.concat([pl.read_parquet(file) for file in files]).sort(pl.all())


def published(table: Path) -> pl.DataFrame:
    """Return all rows that readers see."""
    files = DeltaTable(str(table)).file_uris()
    return pl.concat([pl.read_parquet(file) for file in files]).sort(pl.all())


def test_store_in_a_file_of_each_machine_is_refused(tmp_path) -> None:
    """One line says what to set; nobody gets a store that each worker would have for itself."""
    done = subprocess.run(
        [Path(sys.executable).with_name("airflow"), "dataops", "report", PRODUCT],
        env=os.environ | {"AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor"},
        check=False,
        capture_output=True,
        text=True,
    )

    assert 0 != done.returncode
    [line] = [line for line in done.stderr.splitlines() if "CeleryExecutor" in line]
    assert "Set AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN to a PostgreSQL URL." in line
    assert "Traceback" not in done.stderr
