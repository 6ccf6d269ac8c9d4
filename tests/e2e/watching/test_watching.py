"""DAGs of others on a real Airflow, watched: a store that is down loses nothing, and harms nobody.

Beside our listener there is one of somebody else, which raises whatever it hears.
"""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql

from airflow_dataops.cli.local.standalone import StandaloneAirflow
from airflow_dataops.core.slo.run import Outcome
from airflow_dataops.store import schema
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.e2e

DAGS = Path(__file__).with_name("watched")
PLUGINS = Path(__file__).with_name("plugins")
SECONDS = 400
EVER = datetime(2000, 1, 1, tzinfo=UTC)
COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")


@pytest.fixture(scope="module")
def watching(tmp_path_factory: pytest.TempPathFactory, postgresql: str) -> Iterator[StandaloneAirflow]:
    """An Airflow that watches what is critical, and what is named so; its store is in PostgreSQL."""
    home = tmp_path_factory.mktemp("watching")
    dags_folder = home / "dags"
    shutil.copytree(DAGS, dags_folder)
    shutil.copytree(PLUGINS, home / "plugins")
    schema.migrate(postgresql)
    environment = {
        "AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN": postgresql,
        "AIRFLOW__DATAOPS__WATCH": "tag:critical, named_*",
    }
    with StandaloneAirflow(home, dags_folder, environment=environment) as airflow:
        for dag in ("flaky", "named_daily", "hopeless", "unwatched", "sales"):
            airflow.api.wait_for_dag(dag)
        yield airflow


def until(done: Callable[[], Any], *, what: str) -> Any:
    """Return what a question comes to once it is answered with something."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found := done():
            return found
        time.sleep(0.5)
    pytest.fail(f"{what} did not happen in {SECONDS} s")


def run(airflow: StandaloneAirflow, dag_id: str, run_id: str) -> str:
    """Run a DAG, and return how the run ended."""
    body = {"dag_run_id": run_id, "logical_date": None}
    airflow.api.request("POST", f"/api/v2/dags/{dag_id}/dagRuns", body)

    def ended() -> str:
        found = airflow.api.request("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}")["state"]
        return found if found in {"success", "failed"} else ""

    state: str = until(ended, what=f"the end of {dag_id} {run_id}")
    return state


def known(url: str) -> dict[tuple[str, str], tuple[str, str, int]]:
    """Return DAG and run -> how its first attempt ended, how it ended, and its tries, as the store has it."""
    runs = SqlServiceLevels(url).runs(since=EVER, team="dags-folder")
    others = (one for one in runs if one.dag_id != "sales")
    return {(one.dag_id, one.run_id): (one.first.value, one.final.value, one.tries) for one in others}


def healthy(airflow: StandaloneAirflow) -> set[str]:
    """Return how Airflow's programs are, by their own word, once each of them still runs."""
    airflow.check()
    health = airflow.api.health()
    return {health[component]["status"] for component in COMPONENTS}


def reachable(url: str, *, yes: bool) -> None:
    """Let the store's database take connections, or end those that there are and take no other."""
    server, _, name = url.replace("+psycopg", "").rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        allowed = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
        connection.execute(allowed.format(sql.Identifier(name), sql.Literal(yes)))
        if not yes:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(ended, (name,))


def test_first_attempts_and_ends_are_told_apart(watching, postgresql) -> None:
    """A retry doesn't hide that the first try failed; what isn't watched isn't recorded."""
    assert "success" == run(watching, "unwatched", "one")
    assert "success" == run(watching, "flaky", "one")
    assert "failed" == run(watching, "hopeless", "one")
    assert "success" == run(watching, "named_daily", "one")

    expected = {
        ("flaky", "one"): ("failed", "success", 2),
        ("hopeless", "one"): ("failed", "failed", 1),
        ("named_daily", "one"): ("success", "success", 1),
    }
    until(lambda: known(postgresql) == expected, what=f"{expected}")
    (flaky,) = SqlServiceLevels(postgresql).runs(since=EVER, dag_id="flaky")
    assert flaky.run_type == "manual"
    assert flaky.began is not None
    assert flaky.began < flaky.ended


def test_a_product_is_declared_and_watched_unasked(watching, postgresql) -> None:
    """Its run is one of its partition, and its batch is seen on its way."""
    levels = SqlServiceLevels(postgresql)
    assert "sales" in {dag["dag_id"] for dag in watching.api.request("GET", "/api/v2/dags")["dags"]}
    until(lambda: levels.declared(product="sales"), what="the declaration of a product")
    until(lambda: levels.runs(since=EVER, dag_id="sales"), what="the run of a product")

    (declaration,) = levels.declared(product="sales")
    assert ("dags-folder", "@daily") == (declaration.team, declaration.expectation.schedule)
    (ran,) = levels.runs(since=EVER, dag_id="sales")
    assert ("dags-folder", "2026-03-01", "success") == (ran.team, ran.partition, ran.final.value)
    # A machine that is busy may fail a try by itself; then that is known, too.
    assert (ran.first is Outcome.SUCCESS) is (ran.tries == 1)
    seen = {one.sli.value: one for one in levels.observations(since=EVER, product="sales")}
    assert {"correctness", "completeness", "freshness", "latency"} <= set(seen)
    assert (3, 4) == (seen["completeness"].good, seen["completeness"].total)
    assert {"dags-folder"} == {one.batch.team for one in seen.values()}


def test_a_broken_product_file_changes_nothing_of_what_is_expected(watching, postgresql) -> None:
    """What was declared last holds; mended, it is declared anew only if it says something else."""
    levels, file = SqlServiceLevels(postgresql), watching.dags_folder / "sales" / "sales.dag.yaml"
    before, text = levels.declared(product="sales"), file.read_text()
    file.write_text(f"{text}\nnonsense: 1\n")

    def broken() -> bool:
        found = watching.api.request("GET", "/api/v2/importErrors")["import_errors"]
        return any("sales" in error["filename"] for error in found)

    until(broken, what="the import error")
    assert before == levels.declared(product="sales")
    file.write_text(f"{text}description: mended\n")
    until(lambda: not broken(), what="the end of the import error")
    assert before == levels.declared(product="sales")
    file.write_text(text.replace("expected: {", "expected: {exclude: [2026-12-25], "))
    until(lambda: len(levels.declared(product="sales")) == 2, what="the second declaration")


def test_a_store_that_is_down_loses_nothing_and_harms_nobody(watching, postgresql) -> None:
    """DAGs are built, and runs end; what there is to tell of them is told once the store is there again."""
    outbox = Outbox(watching.home / "dataops" / "outbox")
    levels, file = SqlServiceLevels(postgresql), watching.dags_folder / "sales" / "sales.dag.yaml"
    before, declared = known(postgresql), len(levels.declared(product="sales"))
    reachable(postgresql, yes=False)
    try:
        file.write_text(file.read_text().replace("2026-12-25]", "2026-12-25, 2026-12-26]"))
        until(lambda: outbox.waiting() == 1, what="a declaration that waits")
        assert "success" == run(watching, "flaky", "down")
        assert "failed" == run(watching, "hopeless", "down")
        assert "success" == run(watching, "named_daily", "down")
        assert 6 == outbox.waiting()  # also three runs; and a task that failed, and was tried again
        assert {"healthy"} == healthy(watching)
    finally:
        reachable(postgresql, yes=True)

    expected = before | {
        ("flaky", "down"): ("failed", "success", 2),
        ("hopeless", "down"): ("failed", "failed", 1),
        ("named_daily", "down"): ("success", "success", 1),
    }
    until(lambda: known(postgresql) == expected, what=f"{expected}")
    assert (0, ()) == (outbox.waiting(), outbox.broken())
    assert declared + 1 == len(levels.declared(product="sales"))
    assert "success" == run(watching, "flaky", "after")
    until(lambda: ("flaky", "after") in known(postgresql), what="the run after it")
    assert {"healthy"} == healthy(watching)
