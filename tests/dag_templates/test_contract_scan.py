"""A scan of all that is published, by the template."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import psycopg
import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.report import Standing
from airflow_dataops.core.verification import Verification
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.templates.shelf import ours
from airflow_dataops.errors import DocumentError
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.usecases.report import report
from tests.factory.test_stability import hash_elsewhere, hash_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NUMBERS = itertools.count(1)

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: things
name: things
version: 1.0.0
status: active
schema:
  - name: things
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
      - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0}}
    quality:
      - {id: nightly, metric: rowCount, mustBeGreaterThan: 1, scheduler: cron, schedule: "0 5 * * *"}
      - id: in_all
        type: sql
        query: SELECT COUNT(*) FROM {object}
        mustBeLessThan: 100
        customProperties: [{property: scope, value: table}]
"""
NAMED = "its name is that of its DAG, its team that of its pipeline file."
START = datetime(2026, 3, 2, tzinfo=UTC)
PIPELINE = """\
template: contract_scan@1
contract: things.odcs.yaml
schedule: "@daily"
start_date: 2026-03-01
params:
"""


@pytest.fixture
def write(deployment) -> Callable[[str], Path]:
    """Write a product that scans, and return its folder."""
    name = f"things_scan{next(NUMBERS)}"  # Airflow keeps each version of a DAG

    def product(params: str = "  product: things\n") -> Path:
        folder = deployment / "dags" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "things.odcs.yaml").write_text(CONTRACT)
        (folder / "things_scan.dag.yaml").write_text(f"name: {name}\n{PIPELINE}{params}")
        shutil.copy(ours() / "contract_scan" / "orders_scan" / "dag.py", folder)
        return folder

    return product


@pytest.fixture
def scan(run_dag, failures, deployment):
    """Run the scan of 1 March; return how it ended, the lines by which it failed, and the verdict."""
    from airflow.dag_processing.dagbag import DagBag

    def run(folder: Path) -> tuple[str, list[str], Verification | None]:
        bag = DagBag(dag_folder=str(folder / "dag.py"))
        assert {} == bag.import_errors
        failures.lines.clear()
        done = run_dag(bag.dags[folder.name], logical_date=START)
        found = SqlStore(f"sqlite:///{deployment}/store.db").facts(Verification)
        return str(done.state), list(failures.lines), found[-1] if found else None

    return run


@pytest.fixture
def published(deployment) -> Callable[..., None]:
    """Remember that a team has published a partition of `things` somewhere."""

    def remember(target: str, *, team: str = "shop") -> None:
        batch = Batch(team=team, product="things", dataset="things", partition="2026-03-01")
        given = {"version": 1, "content": "c", "rows": 2, "contract": "things@1.0.0", "manifest": "m"}
        SqlStore(f"sqlite:///{deployment}/store.db").record(
            Publication(batch=batch, target=target, run_id="r", at=START, **given)
        )

    return remember


@pytest.fixture
def lake(deployment, published) -> str:
    """A published Delta table of two days, in which one key is there on both."""
    table = str(deployment / "lake" / "things")
    for day, ids in (("2026-03-01", [1, 2]), ("2026-03-02", [2, 3])):
        rows = pl.DataFrame({"id": ids, "amount": [1.0, 2.0], "dataops_partition": day})
        rows.write_delta(table, mode="append", delta_write_options={"partition_by": ["dataops_partition"]})
    published(table)
    return table


def test_all_rows_are_judged_by_all_rules(write, scan, lake, deployment) -> None:
    """Also by those of the whole table and those with a schedule; the verdict is that of the scan's name."""
    folder = write(
        "  product: things\n  keys: broken/{partition}.jsonl\n  quarantine: bad/{partition}.parquet\n"
    )

    state, lines, found = scan(folder)

    assert "failed" == state
    assert lines[0].startswith(f"Bad data: {lake} ({folder.name}/2026-03-01, things@1.0.0): 2 of 4 rows")
    assert (folder.name, "things", "2026-03-01", "check") == (
        found.batch.product,
        found.batch.dataset,
        found.batch.partition,
        found.stage.value,
    )
    assert {"passed", "failed", "warning"} >= {outcome.status.value for outcome in found.outcomes}
    assert {"nightly", "in_all", "things.primaryKey"} <= {outcome.rule for outcome in found.outcomes}
    named = (folder / "broken" / "2026-03-01.jsonl").read_text().splitlines()
    assert [{"id": "2"}] * 2 == [json.loads(line)["key"] for line in named]
    assert [2, 2] == [int(one) for one in pl.read_parquet(folder / "bad" / "2026-03-01.parquet")["id"]]
    (row,) = report(folder.name, store=SqlStore(f"sqlite:///{deployment}/store.db"))
    assert (Standing.FAILED, 4) == (row.standing, row.judged)


def test_what_is_published_in_a_database(write, scan, published, postgresql, monkeypatch) -> None:
    """It is found in the database of the product's target, by the name that its last publication has."""
    url = postgresql.replace("+psycopg", "")
    monkeypatch.setenv("AIRFLOW_CONN_SCAN_DB", url.replace("postgresql://", "postgres://"))
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE scanned (id bigint, amount numeric)")
        connection.execute("INSERT INTO scanned VALUES (1, 1), (2, 1), (3, 0)")
    published("postgres://scan_db/public.scanned")

    state, lines, found = scan(write("  quarantine: public.scanned_bad\n"))

    assert ("success", [], 3) == (state, lines, found.rows)


def test_what_is_not_published_is_named(write, scan, published) -> None:
    """Neither good nor bad; of two teams' tables none is guessed."""
    assert scan(write()) == (
        "failed",
        [
            "Could not evaluate: nothing is published yet of `things`. Run `things` first; " + NAMED,
        ],
        None,
    )
    published("/nowhere/a")
    published("/nowhere/b", team="mill")

    _, lines, _ = scan(write())

    assert ["several teams have published a product `things`. Name one of mill, shop."] == lines


def test_files_are_judged_instead(write, scan) -> None:
    """Their way begins at the product's folder."""
    folder = write("  path: files/*.csv\n  delimiter: ';'\n  fail_on: never\n")
    (folder / "files").mkdir()
    (folder / "files" / "a.csv").write_text("id;amount\n1;-1\n2;3\n")

    state, _, found = scan(folder)

    assert ("success", 2, 1) == (state, found.rows, found.bad)


WRONG = {
    "two places": ("path: a.csv, product: b", "`path` is not right: it names other rows than `product` does"),
    "a table and files": (
        "conn_id: w, path: a.csv, table: b",
        "`table` is not right: it names other rows than `path` does",
    ),
    "no database": ("table: a", "`table` is not right: nothing says in which database it is"),
    "a format of nothing": ("format: csv", "`format` is not right: it has a meaning with `path` alone"),
    "a condition of files": ("path: a.csv, partition_clause: x", "it has a meaning with `table` alone"),
    "a connection to nothing": ("conn_id: w", "`conn_id` has a meaning with `path` or `table` alone"),
    "rows of files in a table": ("path: a.csv, quarantine: bad", "end its name with `.parquet`"),
    "rows of a table in a file": (
        "conn_id: w, table: a, quarantine: q.parquet",
        "bad rows of a table are copied into a table of its database",
    ),
    "a word": ("fail_on: warning", "must be `error`, `warn` or `never`"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_makes_no_sense_is_refused(write, what) -> None:
    """With its place, when the file is read."""
    params, told = WRONG[what]
    folder = write()
    file = folder / "things_scan.dag.yaml"
    file.write_text(PIPELINE.replace("params:", f"params: {{{params}}}"))

    with pytest.raises(DocumentError, match=re.escape(told)) as caught:
        read_definition(file)

    assert "things_scan.dag.yaml:5:" in str(caught.value)


KNOBS = {
    "product": "product: others",
    "team": "team: shop",
    "files": "path: a.csv",
    "a table": "conn_id: w, table: a",
    "another database": "conn_id: v, table: a",
    "a condition": "conn_id: w, table: a, partition_clause: x > 1",
    "a format": "path: a.csv, format: jsonl",
    "a delimiter": "path: a.csv, delimiter: ';'",
    "an encoding": "path: a.csv, encoding: latin-1",
    "a quote": "path: a.csv, quote: ''",
    "no header": "path: a.csv, header: false",
    "when it fails": "fail_on: warn",
    "keys": "keys: k.jsonl",
    "how many keys": "most_keys: 5",
    "a quarantine": "quarantine: q.parquet",
    "a grain": "grain: hour",
}


def test_each_knob_is_a_version(write) -> None:
    """Airflow keeps what a run ran with; and the DAG is the same where its folder lies elsewhere."""
    folder, found = write(""), {}
    for name, params in {"nothing": "", **KNOBS}.items():
        (folder / "things_scan.dag.yaml").write_text(PIPELINE.replace("params:", f"params: {{{params}}}"))
        found[name] = hash_of(folder)

    assert len({*found.values()}) == len(found)
    moved = shutil.copytree(folder, folder.parent.parent / "elsewhere" / folder.name)
    assert found["a grain"] == hash_elsewhere(moved / "dag.py", seed=42)


def test_a_file_of_its_own_makes_the_same_dag(write, capsys) -> None:
    """It needs neither the factory nor any file that people write."""
    folder = write("  path: files/*.csv\n  keys: k.jsonl\n")
    first = hash_of(folder)

    assert 0 == main(["dag", "eject", str(folder)]), capsys.readouterr()

    assert first == hash_elsewhere(folder / "dag.py", "airflow_dataops.factory", "airflow_dataops.documents")
