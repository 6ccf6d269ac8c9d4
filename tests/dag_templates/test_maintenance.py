"""The DAG that looks after the store, as a platform team copies it."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import shutil
import sqlite3
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.slo.sli import Sli, SliEvent
from airflow_dataops.core.verification import Verification
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.templates.shelf import ours, shelf_of
from airflow_dataops.documents.templates.template import template
from airflow_dataops.errors import DocumentError, SettingsError
from airflow_dataops.factory.dags import load_dag
from airflow_dataops.operators.clean_zones import CleanZonesOperator
from airflow_dataops.operators.maintenance import CleanStoreOperator, MigrateStoreOperator
from airflow_dataops.operators.vacuum_tables import VacuumTablesOperator
from airflow_dataops.store import schema
from airflow_dataops.store.revision import Standing
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.targets.delta import DeltaTarget
from airflow_dataops.usecases.reconcile import reconcile
from airflow_dataops.zones.storeroom import LocalStoreroom

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = itertools.count()
SAMPLE = ours() / "maintenance" / "dataops_maintenance"
TASKS = ("migrate", "clean_store", "clean_zones", "optimize", "vacuum")

CONTEXT = {
    "dag_run": SimpleNamespace(run_id="r", data_interval_end=None),
    "ti": SimpleNamespace(dag_id="own", try_number=1),
}
"""What the tasks ask of Airflow: who they are."""

COPIED = '''"""Looks after the store of the data products."""

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG

from airflow_dataops.operators.maintenance import CleanStoreOperator, MigrateStoreOperator

with DAG(
    "dataops_maintenance",
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
    doc_md=__doc__,
    tags=["dataops"],
) as dag:
    MigrateStoreOperator(task_id="migrate") >> CleanStoreOperator(task_id="clean", before="180d")
'''
"""The DAG that teams copied before there was a template."""


@pytest.fixture
def store(deployment, store_url, monkeypatch) -> str:
    """The URL of a store that the deployment names, on each server; nobody has made it."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", store_url)
    assert deployment.is_dir()
    return store_url


def loaded(file: Path):
    """The DAG of a file, under an id of its own, for Airflow keeps each version of a DAG."""
    spec = importlib.util.spec_from_file_location("maintenance", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.dag.dag_id = f"maintenance{next(NUMBERS)}"
    return module.dag


@pytest.fixture
def maintenance():
    """The DAG of the sample product."""
    return loaded(SAMPLE / "dag.py")


def ends(run) -> dict[str, str]:
    """Return how each task ended."""
    return {task.task_id: str(task.state) for task in run.get_task_instances()}


def test_the_dag_makes_a_store_and_cleans_it(store, maintenance, run_dag) -> None:
    """Without a shell, a store must come about, be kept up to date and be rid of what is old."""
    assert dict.fromkeys(TASKS, "success") == ends(run_dag(maintenance))
    assert Standing.CURRENT is schema.check(store).standing
    batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
    young, old = (datetime.now(UTC) - timedelta(days=days) for days in (1, 200))
    event = SliEvent(batch=batch, sli=Sli.FRESHNESS, good=1, total=1, value=None, at=old)
    kept = SliEvent(batch=batch, sli=Sli.CORRECTNESS, good=1, total=1, value=None, at=young)
    record = AuditRecord(batch=batch, action="publish", subject="version 1", who="w", why="y", at=old)
    schema.downgrade(store, "0004")
    SqlStore(store).record(event, kept, record)

    assert dict.fromkeys(TASKS, "success") == ends(run_dag(maintenance))
    assert Standing.CURRENT is schema.check(store).standing
    assert ((kept,), (record,)) == (SqlStore(store).facts(SliEvent), SqlStore(store).facts(AuditRecord))


def test_the_tasks_return_what_they_did(store) -> None:
    """Whoever looks at a run must see the revisions and the counts."""
    assert {"before": None, "after": "0005"} == MigrateStoreOperator(task_id="migrate").execute({})
    batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
    old = datetime.now(UTC) - timedelta(days=200)
    SqlStore(store).record(
        AuditRecord(batch=batch, action="publish", subject="version 1", who="w", why="y", at=old)
    )
    clean = CleanStoreOperator(task_id="clean", before="180d", audit_records=True)

    counts = {
        "landings": 0,
        "verifications": 0,
        "publications": 0,
        "sli_events": 0,
        "observations": 0,
        "runs": 0,
        "incidents": 0,
        "notifications": 0,
        "alert_logs": 0,
        "silences": 0,
        "reports": 0,
        "audit_records": 1,
    }
    assert counts == clean.execute({})


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("soon", r"^before: `soon` is no time before which facts are old\. Write a date"),
        ("9999-12-31", "is in the future"),
        ("180d", "has no schema"),
    ],
)
def test_what_another_try_will_not_heal_is_not_tried_again(before, said) -> None:
    """A wrong word or a missing store must fail the task for good, with one line."""
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match=said):
        CleanStoreOperator(task_id="clean", before=before).execute({})


WRONG_KNOBS = {
    "zones": (CleanZonesOperator, {"keep_raw": "soon"}, "^keep_raw: `soon` is no number of days"),
    "staging": (CleanZonesOperator, {"keep_staging": ""}, "^keep_staging: `` is no number of days"),
    "none of them": (
        CleanZonesOperator,
        {"keep_versions": 0},
        "^keep_versions: it must be a whole number",
    ),
    "a text": (VacuumTablesOperator, {"keep_versions": "many"}, "at least 1, it is many"),
    "an age": (VacuumTablesOperator, {"keep_versions_for": "1y"}, "^keep_versions_for: `1y` is no number"),
    "no grace": (VacuumTablesOperator, {"grace": "0d"}, "^grace: `0d` is no number of days"),
}


@pytest.mark.usefixtures("deployment")
@pytest.mark.parametrize("what", WRONG_KNOBS)
def test_a_wrong_knob_fails_the_task_for_good(what) -> None:
    """In a DAG of one's own no pipeline file is checked."""
    from airflow.sdk.exceptions import AirflowFailException

    operator, knobs, said = WRONG_KNOBS[what]
    with pytest.raises(AirflowFailException, match=said):
        operator(task_id="own", **knobs).execute(CONTEXT)


@pytest.mark.usefixtures("deployment")
def test_rendered_knobs_are_taken() -> None:
    """A template field comes back as a text."""
    operator = VacuumTablesOperator(task_id="own", keep_versions="3", keep_versions_for="30d")

    assert {} == operator.execute(CONTEXT)


def test_a_store_that_migrates_itself_needs_no_migration_first(store, monkeypatch) -> None:
    """With `auto_migrate` the first task of a deployment must find a store, whichever task that is."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__AUTO_MIGRATE", "True")

    assert {0} == set(CleanStoreOperator(task_id="clean", before="180d").execute({}).values())
    assert Standing.CURRENT is schema.check(store).standing


@pytest.mark.parametrize(
    "operator", [MigrateStoreOperator(task_id="m"), CleanStoreOperator(task_id="c", before="1d")], ids=repr
)
def test_a_broken_world_is_tried_again(deployment, monkeypatch, operator) -> None:
    """A server that can't be reached now may be reached later."""
    from airflow.sdk.exceptions import AirflowException, AirflowFailException

    assert deployment.is_dir()
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", "postgresql+psycopg://u:zq7@127.0.0.1:1/d")
    with pytest.raises(AirflowException, match=r"^Broken world: the store at") as caught:
        operator.execute({})

    assert not isinstance(caught.value, AirflowFailException)
    assert "zq7" not in str(caught.value)


def test_a_copied_dag_goes_on_working(store, run_dag, tmp_path) -> None:
    """Teams have it among their DAG files; nobody has to change it."""
    file = tmp_path / "maintenance.py"
    file.write_text(COPIED)

    assert {"migrate": "success", "clean": "success"} == ends(run_dag(loaded(file)))
    assert Standing.CURRENT is schema.check(store).standing


def written(folder: Path, **params: object) -> Path:
    """Write the three lines of a product and its parameters, and return its folder."""
    home = folder / "upkeep"
    home.mkdir(exist_ok=True)
    shutil.copy(SAMPLE / "dag.py", home)
    keys = {"template": "maintenance@1", "schedule": "@daily", "start_date": "2026-01-01", "params": params}
    (home / "upkeep.dag.yaml").write_text(json.dumps(keys))
    return home


def test_a_pipeline_file_of_three_lines_is_enough() -> None:
    """It has no contract, no source and no target."""
    definition = read_definition(SAMPLE / "dataops_maintenance.dag.yaml")

    assert 3 == len((SAMPLE / "dataops_maintenance.dag.yaml").read_text().splitlines())
    assert (None, None) == (definition.contract, definition.landing)


WRONG = {
    "keep_raw": ("400", "`keep_raw` is not right: it must be a number of days such as 180d"),
    "keep_store": (180, "`keep_store` must be a text, it is the number 180"),
    "keep_versions": (0, "`keep_versions` must be at least 1, it is the number 0"),
    "keep_versions_for": (
        "12h",
        "`keep_versions_for` is not right: it must be a number of days such as 180d",
    ),
    "grace": ("0d", "`grace` is not right: it must be a number of days such as 180d"),
    "optimize": ("yes", '`optimize` must be true or false, it is the text "yes"'),
    "vacum": (True, "the key `vacum` is not known here. Did you mean `vacuum`?"),
}


@pytest.mark.parametrize("param", WRONG)
def test_a_wrong_parameter_is_one_line(tmp_path, param) -> None:
    """With its place."""
    value, said = WRONG[param]
    home = written(tmp_path, **{param: value})

    with pytest.raises(DocumentError) as caught:
        read_definition(home / "upkeep.dag.yaml")

    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{home}/upkeep.dag.yaml:1:")
    assert line.endswith(said)


def test_a_product_of_this_template_has_no_source(tmp_path) -> None:
    """It looks after all tables that the store knows."""
    home = written(tmp_path)
    file = home / "upkeep.dag.yaml"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"target": {"path": "orders"}}))

    with pytest.raises(DocumentError, match="`target` has no meaning with `maintenance@1`"):
        read_definition(file)


def digest(folder: Path) -> str:
    """Return the hash by which Airflow tells versions of a DAG apart."""
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.serialization.serialized_objects import DagSerialization

    dag = load_dag(str(folder / "dag.py"))
    return SerializedDagModel.hash(DagSerialization.to_dict(dag))


KNOBS = {
    "keep_store": "181d",
    "audit_records": True,
    "keep_raw": "401d",
    "keep_staging": "15d",
    "keep_quarantine": "91d",
    "keep_versions": 31,
    "keep_versions_for": "30d",
    "grace": "2d",
    "optimize": False,
    "vacuum": False,
    "dry_run": True,
}


@pytest.mark.parametrize("knob", KNOBS)
def test_each_knob_is_a_version_of_the_dag(tmp_path, knob) -> None:
    """Airflow keeps what a run ran with."""
    first = digest(written(tmp_path))

    assert first == digest(written(tmp_path))
    assert first != digest(written(tmp_path, **{knob: KNOBS[knob]}))


def test_every_parameter_is_a_knob_and_is_described() -> None:
    """Or nobody would know of it, and a run could not be told from another."""
    fields = template("maintenance@1", shelf=shelf_of()).params.model_fields

    assert set(KNOBS) == set(fields)
    assert all(field.description for field in fields.values())


def test_the_page_says_each_parameter_with_its_default() -> None:
    """As it is in the code."""
    page = (ours() / "maintenance" / "README.md").read_text()
    fields = template("maintenance@1", shelf=shelf_of()).params.model_fields
    words = {None: "none", True: "`true`", False: "`false`"}

    assert [] == [
        name
        for name, field in fields.items()
        if f"| `{name}` | {words.get(field.default, f'`{field.default}`')} | " not in page
    ]


def test_the_operators_page_names_every_knob() -> None:
    """With its default."""
    page = (ours().parent / "docs" / "reference" / "operators.md").read_text()
    for operator in (CleanZonesOperator(task_id="z"), VacuumTablesOperator(task_id="v")):
        row = next(line for line in page.splitlines() if line.startswith(f"| `{type(operator).__name__}`"))
        for knob in operator.template_fields:
            default = getattr(operator, knob)
            assert f'`{knob}="{default}"`' in row or f"`{knob}={default}`" in row


def test_tasks_that_are_not_wanted_are_left_out(tmp_path) -> None:
    """A dry run writes no file together, either."""

    def tasks(**params: object) -> set[str]:
        return set(load_dag(str(written(tmp_path, **params) / "dag.py")).task_ids)

    assert set(TASKS) == tasks()
    assert set(TASKS) - {"optimize", "vacuum"} == tasks(optimize=False, vacuum=False)
    assert set(TASKS) - {"optimize"} == tasks(dry_run=True)


def test_a_file_of_its_own_makes_the_same_dag(tmp_path, capsys) -> None:
    """It needs neither the factory nor the pipeline file."""
    home = written(tmp_path, keep_versions=7)
    first = digest(home)

    assert 0 == main(["dag", "eject", str(home)])

    assert "upkeep.dag.yaml.ejected" in capsys.readouterr().out
    text = (home / "dag.py").read_text()
    assert "airflow_dataops.factory" not in text
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.serialization.serialized_objects import DagSerialization

    spec = importlib.util.spec_from_file_location("ejected", home / "dag.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert first == SerializedDagModel.hash(DagSerialization.to_dict(module.dag))


DAY = "2026-03-01"


def drop(folder: Path, *amounts: str) -> None:
    """Leave a drop, as a shop corrects it."""
    lines = (f"{number},{amount}" for number, amount in enumerate(amounts, start=1))
    (folder / "drops").mkdir(exist_ok=True)
    (folder / "drops" / f"sales-{DAY}.csv").write_text("\n".join(("id,amount", *lines, "")))


CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: sales
version: 1.0.0
status: active
schema:
  - name: sales
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
      - {name: amount, logicalType: integer, logicalTypeOptions: {minimum: 0}}
"""


def old(home: Path, days: int) -> None:
    """Let all that is known and all that lies around be so much older."""
    back = timedelta(days=days)
    store = SqlStore(f"sqlite:///{home}/store.db")
    facts = [
        *(replace(one, landed_at=one.landed_at - back) for one in store.facts(Landing)),
        *(
            replace(one, at=one.at - back)
            for kind in (Verification, Publication)
            for one in store.facts(kind)
        ),
    ]
    with sqlite3.connect(home / "store.db") as connection:
        connection.executescript(
            "DELETE FROM dataops_landing; DELETE FROM dataops_verification; DELETE FROM dataops_publication"
        )
    store.record(*facts)
    for manifest in (home / "zones").rglob("manifest.json"):
        kept = json.loads(manifest.read_text())
        at = datetime.fromisoformat(kept["landed_at"]) - back
        manifest.chmod(0o600)
        manifest.write_text(json.dumps(kept | {"landed_at": at.isoformat()}))
    for log in (home / "lake").rglob("_delta_log/*.json"):
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        for line in lines:
            if "commitInfo" in line:
                line["commitInfo"]["timestamp"] -= int(back.total_seconds() * 1000)
        log.write_text("\n".join(map(json.dumps, lines)) + "\n")
    for file in (*(home / "zones").rglob("*"), *(home / "lake").rglob("*")):
        at = file.stat().st_mtime - back.total_seconds()
        os.utime(file, (at, at))


def test_a_product_is_looked_after_and_nothing_of_it_is_lost(deployment, run_dag) -> None:
    """Two corrections of a day, all of them old: readers, roll-back and reconciliation see what they saw."""
    from deltalake import DeltaTable

    home = deployment / "sales"
    home.mkdir()
    shutil.copy(SAMPLE / "dag.py", home)
    (home / "sales.odcs.yaml").write_text(CONTRACT)
    keys = {"template": "batch@1", "schedule": "@daily", "start_date": DAY, "retries": 0}
    keys["source"] = {"folder": "drops", "path": "sales-{partition}.csv"}
    keys["params"] = {"max_quarantined": "50%"}
    (home / "sales.dag.yaml").write_text(json.dumps(keys))
    store = SqlStore(f"sqlite:///{deployment}/store.db")
    for number in range(1, 4):
        drop(home, *map(str, range(number)), "-1") if number > 1 else drop(home, "7")
        dag = loaded(home / "dag.py")
        assert "success" == run_dag(dag, logical_date=datetime(2026, 3, 2, tzinfo=UTC)).state
    versions = [one.version for one in store.facts(Publication)]
    lake = str(deployment / "lake" / "sales")

    def seen(version: int | None = None) -> list[tuple[object, ...]]:
        return sorted(pl.DataFrame(DeltaTable(lake, version=version).scan()).rows())

    def lies(zone: str) -> int:
        return sum(one.zone == zone for one in LocalStoreroom(str(deployment / "zones")).stored())

    def leaks() -> list[str]:
        found = reconcile(
            store=store,
            stock=lambda address: zoning.stock_at(address, databases.no_database),
            target=lambda address: targets.target_at(settings(), address, databases.no_database),
        )
        return [str(leak) for account in found for leak in account.leaks]

    from airflow_dataops.bridge.settings import settings
    from airflow_dataops.wiring import databases, targets, zoning

    old(deployment, 500)
    kept = {version: seen(version) for version in (None, *versions[-2:])}
    assert (3, 3, []) == (lies("raw"), lies("quarantine"), leaks())
    params = {"keep_store": "600d", "keep_versions": 2}

    for dry_run in (True, False):
        before = (lies("raw"), lies("quarantine"), store.facts(AuditRecord))
        run = run_dag(loaded(written(deployment, **params, dry_run=dry_run) / "dag.py"))
        assert {"success"} == set(ends(run).values())
        returned = {
            task: run.get_task_instance(task).xcom_pull(task_ids=task) for task in ("clean_zones", "vacuum")
        }
        assert {"raw": 1, "staging": 0, "quarantine": 3} == {
            zone: returned["clean_zones"][zone] for zone in ("raw", "staging", "quarantine")
        }
        assert {"kept": 2, "gone": 1, "files": 1, "rows": 0} == {
            key: count for key, count in returned["vacuum"][lake].items() if key != "bytes"
        }
        assert not dry_run or before == (lies("raw"), lies("quarantine"), store.facts(AuditRecord))

    assert kept == {version: seen(version) for version in kept}
    assert (2, 0, []) == (lies("raw"), lies("quarantine"), leaks())
    actions = Counter(one.action for one in store.facts(AuditRecord))
    assert {"publish": 3, "remove raw copy": 1, "remove version": 1, "remove quarantine": 1} == actions
    batch = store.facts(Publication)[0].batch
    with pytest.raises(SettingsError, match="is not kept any more"):
        DeltaTarget(lake).restore(batch, versions[0], labels={})
    DeltaTarget(lake).restore(batch, versions[-2], labels={})
    assert kept[versions[-2]] == seen()
