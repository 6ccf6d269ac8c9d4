"""Products on a real Airflow: scheduler, triggerer, dag-processor and API server, one process each."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import jsonschema
import pytest
from deltalake import DeltaTable
from referencing import Registry, Resource

from airflow_dataops.core.publication import Publication
from airflow_dataops.core.slo.sli import SliEvent
from airflow_dataops.store.sql import SqlStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.cli.local.standalone import StandaloneAirflow

pytestmark = pytest.mark.e2e

PRODUCTS = Path(__file__).with_name("products")
SECRET = "zq7Planted4711"  # noqa: S105 - planted on purpose
HEADER = "id,email,amount,at,count,flag,status,note\n"
GOOD = f"{SECRET}-1,{SECRET}@a.example,1.00,2026-03-01T00:00:00Z,1,true,new,7\n"
ENDED = {"success", "failed"}
SECONDS = 400

TOKENS = {
    "2026-03-01": HEADER
    + GOOD
    + f"{SECRET}-2,{SECRET},1.00,2026-03-01T00:00:00Z,1,true,new,7\n"
    + f"{SECRET}-3,a@b,{SECRET},{SECRET},{SECRET},{SECRET},{SECRET},7\n"
    + f"{SECRET}-4,a@b,1.00,,,,new,7\n" * 2
    + f"{SECRET}-5,{SECRET}\n"
    + f'{SECRET}-6,"{SECRET}\n',
    "2026-03-02": GOOD + GOOD.replace("-1", "-2"),
    "2026-03-03": HEADER + GOOD.replace(",7\n", f",{SECRET}\n"),
    "2026-03-04": HEADER + GOOD,
    "2026-03-05": f"\0\1{SECRET}\0",
}
"""Day -> a drop in which every cell that can is a planted token, and which goes wrong in its own way."""

TOKENS_END = {
    "2026-03-01": "success",  # rows in quarantine for every kind of rule, and lines that are no records
    "2026-03-02": "failed",  # the header was lost: the first line holds a row's values
    "2026-03-03": "failed",  # the team's SQL fails on a value, which DuckDB quotes
    "2026-03-04": "failed",  # the audit refuses what the team's SQL made
    "2026-03-05": "failed",  # a binary file
}


@pytest.fixture(scope="module")
def landed(airflow: StandaloneAirflow) -> StandaloneAirflow:
    """The Airflow, after all products have been put into its DAG folder and all that can end has ended."""
    shutil.copytree(PRODUCTS, airflow.dags_folder, dirs_exist_ok=True)
    for product in ("late", "absent"):
        (airflow.dags_folder / product / "drops").mkdir()
    drops = airflow.dags_folder / "tokens" / "drops"
    drops.mkdir()
    for day, text in TOKENS.items():
        (drops / f"tokens-{day}.csv").write_text(text)
    for product in ("after", "monthly", "many/one"):
        (airflow.dags_folder / product / "drops").mkdir()
    (airflow.dags_folder / "after" / "drops" / "after-2026-03-01.csv").write_text("id\n1\n2\n3\n")
    for product in ("tokens", "absent", "late", "after", "monthly", "plain", "one"):
        airflow.api.wait_for_dag(product)
    return airflow


def until(done: Callable[[], Any], *, what: str) -> Any:
    """Return what a question comes to once it is answered with something."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found := done():
            return found
        time.sleep(1)
    pytest.fail(f"{what} did not happen in {SECONDS} s")


def ended(airflow: StandaloneAirflow, dag_id: str, *, runs: int) -> dict[str, str]:
    """Return the state of each run by its day, once all of them have ended."""

    def done() -> dict[str, str]:
        found = airflow.api.dag_runs(dag_id)
        states = {run["logical_date"][:10]: run["state"] for run in found if run["state"] in ENDED}
        return states if len(states) == runs else {}

    states: dict[str, str] = until(done, what=f"the end of {runs} runs of {dag_id}")
    return states


def run_of(airflow: StandaloneAirflow, dag_id: str, day: str) -> str:
    """Return the run of a day, once the scheduler has made it; its id names the end of the interval."""

    def made() -> str:
        found = airflow.api.dag_runs(dag_id)
        return next((run["dag_run_id"] for run in found if run["logical_date"].startswith(day)), "")

    run_id: str = until(made, what=f"a run of {dag_id} on {day}")
    return run_id


def tasks(airflow: StandaloneAirflow, dag_id: str, day: str) -> dict[str, str]:
    """Return the state of each task of a day's run."""
    path = f"/api/v2/dags/{dag_id}/dagRuns/{run_of(airflow, dag_id, day)}/taskInstances"
    found = airflow.api.request("GET", path.replace("+", "%2B"))["task_instances"]
    return {task["task_id"]: task["state"] for task in found}


def log_of(airflow: StandaloneAirflow, dag_id: str, day: str, task_id: str) -> str:
    """Return all that a task of a day's run has logged."""
    folder = airflow.home / "logs" / f"dag_id={dag_id}" / f"run_id={run_of(airflow, dag_id, day)}"
    return "\n".join(path.read_text() for path in (folder / f"task_id={task_id}").glob("*.log"))


def events(airflow: StandaloneAirflow) -> list[dict[str, Any]]:
    """Return the lineage events that were sent so far."""
    lines = (airflow.home / "lineage.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_wait_defers_and_goes_on_when_the_drop_arrives(landed) -> None:
    """No worker waits: the task is deferred, and published after the file has come."""
    until(lambda: tasks(landed, "late", "2026-03-01").get("land") == "deferred", what="a deferred task")

    partial = landed.dags_folder / "late" / "drops" / "late.partial"
    partial.write_text("id\n1\n2\n")
    partial.rename(partial.with_name("late-2026-03-01.csv"))

    assert {"2026-03-01": "success"} == ended(landed, "late", runs=1)
    assert 2 == DeltaTable(str(landed.home / "dataops" / "lake" / "late")).count()


def test_skip_of_a_missing_drop_skips_everything_after_it(landed) -> None:
    """The outcome has a name, and no event is announced."""
    ended(landed, "absent", runs=2)

    assert {"skipped"} == set(tasks(landed, "absent", "2026-03-01").values())
    assert "on_missing is `skip`" in log_of(landed, "absent", "2026-03-01", "land")


def test_each_day_of_planted_tokens_ends_as_it_should(landed) -> None:
    """The days fail at the stage that is made for it, and bad data is tried once."""
    assert TOKENS_END == ended(landed, "tokens", runs=5)

    failed = {
        day: next(name for name, state in tasks(landed, "tokens", day).items() if state == "failed")
        for day, state in TOKENS_END.items()
        if state == "failed"
    }
    assert failed == {
        "2026-03-02": "gate",
        "2026-03-03": "transform",
        "2026-03-04": "audit",
        "2026-03-05": "gate",
    }


def test_failures_are_one_line_that_says_what_where_and_what_to_do(landed) -> None:
    """A person who opens the log finds the reason in one line."""
    ended(landed, "tokens", runs=5)

    gate = log_of(landed, "tokens", "2026-03-02", "gate")
    audit = log_of(landed, "tokens", "2026-03-04", "audit")
    binary = log_of(landed, "tokens", "2026-03-05", "gate")

    assert "tokens-2026-03-02.csv (tokens/2026-03-02, tokens-landing@1.0.0): schema.missing: expected" in gate
    assert "email.pattern: expected rows that break it = 0, observed 1" in audit
    assert "clear the run from `transform` on" in audit
    assert (
        "tokens-2026-03-05.csv (tokens/2026-03-05, tokens-landing@1.0.0): schema.header: expected" in binary
    )


def test_row_values_are_nowhere_but_where_rows_are_kept(landed) -> None:
    """No log, XCom, rendered template, lineage event, store or message holds a planted token."""
    ended(landed, "tokens", runs=5)
    kept = (landed.home / "dataops" / "zones", landed.home / "dataops" / "lake", landed.dags_folder)

    found = [
        str(path.relative_to(landed.home))
        for path in landed.home.rglob("*")
        if path.is_file()
        and not any(path.is_relative_to(folder) for folder in kept)
        and SECRET.encode() in path.read_bytes()
    ]

    assert [] == found


def test_row_values_are_kept_in_the_quarantine_with_their_rules(landed) -> None:
    """The test above looks for something that is really there; each bad row names what it broke."""
    ended(landed, "tokens", runs=5)
    zone = landed.home / "dataops" / "zones" / "quarantine"

    quarantined = duckdb.read_parquet(f"{zone}/dags-folder/tokens/tokens/2026-03-01/*.parquet")
    rows = quarantined.order("dataops_line").project("dataops_line, dataops_rules, email").fetchall()

    assert rows == [
        (3, ["email.pattern"], SECRET),
        (4, ["amount.type", "at.type", "count.type", "flag.type", "status_known"], "a@b"),
        (5, ["landing.primaryKey"], "a@b"),
        (6, ["landing.primaryKey"], "a@b"),
        (7, ["unparsable"], None),
        (8, ["unparsable"], None),
    ]


def test_broken_products_are_import_errors_of_their_own(landed) -> None:
    """One line a problem with file, line and column; no traceback, and the other products run."""

    def listed() -> dict[str, str]:
        found = landed.api.request("GET", "/api/v2/importErrors")["import_errors"]
        errors = {Path(error["filename"]).parent.name: error["stack_trace"] for error in found}
        return errors if expected <= set(errors) else {}

    expected = {"broken", "unknown", "raises", "uncalled"}
    errors = until(listed, what="an import error of each broken product")

    assert expected == set(errors)
    assert "Traceback" not in "".join(errors.values())
    assert (
        "broken.dag.yaml:2:1: the key `schedul` is not known here. Did you mean `schedule`?"
        in errors["broken"]
    )
    assert "broken.odcs.yaml:9:42: the key `requird` is not known here. Did you mean" in errors["broken"]
    assert (
        "unknown.dag.yaml:1:11: there is no template `batch@7`. Did you mean `batch@2`?" in errors["unknown"]
    )
    assert "raises.dag.yaml:1:1: `raising@1` raises LookupError: raises is not among" in errors["raises"]
    assert "templates/raising/v1.py:17)" in errors["raises"]
    assert "uncalled.dag.yaml:5:1: `noted.nothing_like_it` can't be imported:" in errors["uncalled"]


def test_one_dag_file_of_many_products_has_an_error_dag_for_a_broken_one(landed) -> None:
    """The good one runs, and a task reads no file of another product."""
    until(lambda: [run for run in landed.api.dag_runs("one") if run["state"] in ENDED], what="a run of one")
    two = landed.api.wait_for_dag("two")

    assert {"dataops", "error"} == {tag["name"] for tag in two["tags"]}
    assert "two.dag.yaml:9:3: the key `on_mising` is not known here. Did you mean" in two["description"]
    assert {"skipped"} == set(tasks(landed, "one", "2026-03-01").values())
    read = {file.stem: file.read_text() for file in (landed.dags_folder / "many").glob("*.read")}
    assert {"None": "one.dag.yaml two.dag.yaml", "one": "one.dag.yaml"} == read


def test_what_runs_after_a_product_runs_for_its_partition(landed) -> None:
    """Of five days one was published; a month in which it lies runs for the month, a plain DAG just runs."""
    ended(landed, "tokens", runs=5)

    def done() -> dict[str, list[tuple[str | None, str]]]:
        found = {dag: landed.api.dag_runs(dag) for dag in ("after", "monthly", "plain")}
        states = {dag: [(run["partition_key"], run["state"]) for run in runs] for dag, runs in found.items()}
        return states if all(runs and runs[0][1] in ENDED for runs in states.values()) else {}

    assert until(done, what="a run of each that runs after tokens") == {
        "after": [("2026-03-01", "success")],
        "monthly": [("2026-03", "success")],
        "plain": [(None, "success")],
    }
    partitions = DeltaTable(str(landed.home / "dataops" / "lake" / "after")).partitions()
    assert [{"dataops_partition": "2026-03-01"}] == partitions
    found = landed.api.request("GET", "/api/v2/assets?limit=100")["assets"]
    (tokens,) = [asset for asset in found if asset["name"] == "tokens"]
    assert ("after", "land") in [(task["dag_id"], task["task_id"]) for task in tokens["consuming_tasks"]]


def test_a_callback_of_the_run_is_called(landed) -> None:
    """Once for each run that failed."""
    ended(landed, "tokens", runs=5)
    file = landed.dags_folder / "noted.jsonl"

    def noted() -> list[list[str]]:
        lines = file.read_text().splitlines() if file.exists() else []
        return [json.loads(line) for line in lines] if len(lines) >= 4 else []

    failed = [run["dag_run_id"] for run in landed.api.dag_runs("tokens") if run["state"] == "failed"]
    assert sorted(until(noted, what="four calls")) == sorted(["tokens", run] for run in failed)


def test_announced_asset_carries_the_summary(landed) -> None:
    """Readers are told which partition, which version, how many rows."""
    ended(landed, "tokens", runs=5)

    found = landed.api.request("GET", "/api/v2/assets/events?limit=100")["asset_events"]
    told = [event["extra"]["dataops"] for event in found if event["source_dag_id"] == "tokens"]

    assert 2 == len(told)
    assert told[0] == told[1]
    assert ("2026-03-01", 1, "tokens@1.0.0") == (told[0]["partition"], told[0]["rows"], told[0]["contract"])


def test_store_remembers_publications_and_service_levels(landed) -> None:
    """What was published stands in the store, with freshness, latency and correctness."""
    ended(landed, "tokens", runs=5)
    store = SqlStore(f"sqlite:///{landed.home}/dataops/store.db")

    publications = store.facts(Publication, product="tokens")
    indicators = store.facts(SliEvent, product="tokens", partition="2026-03-01")

    assert ["2026-03-01"] == [publication.batch.partition for publication in publications]
    assert {"freshness", "latency", "correctness"} == {event.sli.value for event in indicators}


def test_lineage_events_keep_the_published_schemas(landed, shared) -> None:
    """Every event and every facet in it validates against the JSON Schema that it names."""
    ended(landed, "tokens", runs=5)
    schemas = registry(shared)

    checked = 0
    for event in events(landed):
        jsonschema.Draft202012Validator(
            {"$ref": event["schemaURL"]}, registry=schemas, format_checker=jsonschema.FormatChecker()
        ).validate(event)
        for facet in facets(event):
            if facet["_schemaURL"].partition("#")[0] in schemas:
                jsonschema.Draft202012Validator({"$ref": facet["_schemaURL"]}, registry=schemas).validate(
                    facet
                )
                checked += 1
    assert checked > 100


def test_lineage_tells_batch_schema_assertions_and_columns(landed) -> None:
    """Our run facet, the verdicts, the schema, the column lineage and the parent are all there."""
    ended(landed, "tokens", runs=5)
    completed = {
        event["job"]["name"]: event
        for event in events(landed)
        if event["eventType"] == "COMPLETE"
        and event["run"]["facets"].get("dataops_batch", {}).get("partition") == "2026-03-01"
    }

    verify = completed["tokens.verify"]
    assert verify["run"]["facets"]["dataops_batch"]["quarantinedRows"] == 6
    assert verify["run"]["facets"]["dataops_batch"]["contract"] == "tokens-landing@1.0.0"
    assert "tokens" == verify["run"]["facets"]["parent"]["job"]["name"]
    assertions = verify["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert ("email.pattern", False, "email") in [
        (found["assertion"], found["success"], found.get("column")) for found in assertions
    ]
    made = completed["tokens.transform"]["outputs"][0]["facets"]["columnLineage"]["fields"]
    assert ["note"] == [field["field"] for field in made["things"]["inputFields"]]
    published = completed["tokens.publish"]["outputs"][0]
    assert ["id", "email", "things"] == [field["name"] for field in published["facets"]["schema"]["fields"]]
    assert published["name"].endswith("/lake/tokens")


def test_xcoms_hold_tickets_and_nothing_else(landed) -> None:
    """What stages hand on is counts, digests and places."""
    ended(landed, "tokens", runs=5)
    with closing(sqlite3.connect(f"file:{landed.home}/airflow.db?mode=ro", uri=True)) as database:
        rows = database.execute(
            "SELECT value FROM xcom WHERE dag_id = 'tokens' AND task_id = 'land'"
        ).fetchall()

    assert 5 == len(rows)
    assert all("sha256" in str(value) for (value,) in rows)


def facets(event: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every facet of a lineage event."""
    holders = [event["run"], event["job"], *event.get("inputs", ()), *event.get("outputs", ())]
    kinds = ("facets", "inputFacets", "outputFacets")
    return [facet for holder in holders for kind in kinds for facet in (holder.get(kind) or {}).values()]


def registry(shared: Path) -> Registry[Any]:
    """Return the published schemas of OpenLineage, and ours, by the addresses that events name."""
    found = [*(shared / "vectors" / "openlineage" / "spec_published").rglob("*.json")]
    found.append(Path(__file__).parents[2] / "docs" / "reference" / "DataOpsBatchRunFacet.json")
    schemas = [json.loads(path.read_text()) for path in found]
    return Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in schemas)


def test_metrics_go_through_airflows_own_stats(landed) -> None:
    """They appear beside Airflow's, under the names that the docs list."""
    ended(landed, "tokens", runs=5)
    lines = (landed.home / "metrics.txt").read_text().split()

    assert "airflow.dataops.verify.rows_quarantined:6|c" in lines
    assert "airflow.dataops.publish.rows:1|c" in lines
    names = {line.partition(":")[0] for line in lines}
    assert {"airflow.dataops.land.rows", "airflow.dataops.gate.rules_failed"} <= names
    assert {f"airflow.dataops.announce.{name}" for name in ("freshness", "latency", "correctness")} <= names


def test_upkeep_runs_beside_products_and_takes_nothing_that_is_young(landed) -> None:
    """All of it is younger than any age; the store is the one that the products use at the same time."""
    assert {"2026-03-01": "success"} == ended(landed, "upkeep", runs=1)

    assert dict.fromkeys(("migrate", "clean_store", "clean_zones", "optimize", "vacuum"), "success") == tasks(
        landed, "upkeep", "2026-03-01"
    )
    said = log_of(landed, "upkeep", "2026-03-01", "clean_zones")
    assert "Removed: 0 of raw, 0 of staging, 0 of quarantine, 0 bytes" in said
