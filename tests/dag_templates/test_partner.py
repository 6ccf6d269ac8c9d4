"""Two suppliers whose drops come when they come, and what each of them is told."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from deltalake import DeltaTable

from airflow_dataops.cli.main import main
from airflow_dataops.core.landing import Landing
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.templates.shelf import ours
from airflow_dataops.errors import DocumentError
from airflow_dataops.store.sql import SqlStore
from tests.factory.test_stability import hash_elsewhere, hash_of

if TYPE_CHECKING:
    from airflow.sdk import DAG

SAMPLE = ours() / "partner"
PASSED = dict.fromkeys(("land", "gate", "verify", "audit", "publish", "announce", "report"), "success")


@pytest.fixture
def products(deployment) -> Path:
    """The folder of the two sample products, which is ours to change."""
    folder = Path(shutil.copytree(SAMPLE, deployment / "dags"))
    north = folder / "prices_north" / "prices_north.dag.yaml"
    # A manual run's interval ends at its logical date, and Airflow runs none after the end date.
    north.write_text(north.read_text().replace("end_date: 2026-03-03T06:00:00\n", ""))
    return folder


def dag_of(folder: Path) -> DAG:
    """Return the DAG of a product, as Airflow reads it."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=str(folder / "dag.py"))
    assert {} == bag.import_errors
    return bag.dags[folder.name]


@pytest.fixture
def run_day(products, run_dag):
    """Run a day of March of a product, and return the state of each task, and what the report handed on."""

    def run(product: str, day: int):
        dag = dag_of(products / product)
        days = 1 if product == "prices_north" else 0  # without a schedule an interval has no length
        done = run_dag(dag, logical_date=datetime(2026, 3, day + days, 6, tzinfo=UTC))
        states = {task.task_id: str(task.state) for task in done.get_task_instances()}
        return states, done.get_task_instance("report").xcom_pull(task_ids="report")

    return run


def told(handed, suffix: str = "json") -> str:
    """Return what a report says, without the instant at which the drop was found."""
    text = Path(handed["files"][suffix]).read_text()
    arrived = json.loads(Path(handed["files"]["json"]).read_text())["arrived_at"]
    return text.replace(str(arrived), "ARRIVED")


def rules(handed) -> dict[str, list[int]]:
    """Return id of a rule -> the lines that the report names."""
    return {
        one["rule"]: [at["line"] for at in one["first_lines"]] for one in json.loads(told(handed))["rules"]
    }


def test_a_drop_that_is_all_well_one_with_bad_rows_and_one_that_is_refused(
    run_day, products, deployment
) -> None:
    """There is a report on each: the refused one fails its run, and says why and where."""
    states, handed = run_day("prices_north", 1)
    assert PASSED == states
    assert (True, 12, 0) == (handed["all_well"], handed["rows"], handed["bad"])
    assert "All well: all 12 rows are accepted." in told(handed, "md")
    assert 1 == len(told(handed, "csv").splitlines())

    states, handed = run_day("prices_north", 2)
    assert PASSED == states
    assert (
        str(products / "prices_north" / "reports" / "north" / "prices_north-2026-03-02.md")
        == (handed["files"]["md"])
    )
    assert {
        "currency_known": [8],
        "price.minimum": [4],
        "price.type": [6],
        "prices.primaryKey": [3, 11],
    } == rules(handed)
    for suffix in handed["files"]:
        assert not re.search(r"NOR-\d|7,25|0[.]99|GBP", told(handed, suffix)), "no value of a row is told"
    before = told(handed)
    states, handed = run_day("prices_north", 2)
    assert (PASSED, before) == (states, told(handed))

    states, handed = run_day("prices_north", 3)
    assert ("failed", "success", "upstream_failed") == (
        states["verify"],
        states["report"],
        states["announce"],
    )
    assert ("refused", 7) == (handed["reply"], handed["bad"])
    assert {"price.type": [2, 4, 6, 8, 10, 12], "sku.pattern": [7]} == rules(handed)
    assert "- 7 of 12 rows (58.33%) break the contract, 50.00% are allowed" in told(handed, "md")
    assert "arrived" in told(handed, "md")
    assert 12 + 7 == DeltaTable(str(deployment / "lake" / "prices_north")).count()
    (landed,) = SqlStore(f"sqlite:///{deployment}/store.db").facts(Landing, partition="2026-03-03")
    assert landed.landed_at.isoformat() == json.loads(Path(handed["files"]["json"]).read_text())["arrived_at"]


def test_what_a_partner_may_do_otherwise(run_day, products) -> None:
    """Another encoding, columns more or in another order, a line that is no record, the same drop again."""
    states, handed = run_day("prices_south", 1)
    assert PASSED == states
    assert {"stock.minimum": [6], "unparsable": [10]} == rules(handed)
    assert "remark" not in told(handed)
    assert None is json.loads(told(handed))["due_at"]

    folder = products / "prices_south"
    shutil.copy(folder / "late" / "south-2026-03-02.csv", folder / "drops")
    states, handed = run_day("prices_south", 2)
    assert (PASSED, True, 8) == (states, handed["all_well"], handed["rows"])

    states, handed = run_day("prices_south", 3)
    assert ("skipped", "skipped", "success") == (states["land"], states["announce"], states["report"])
    assert ("a duplicate", None) == (handed["reply"], handed["rows"])
    assert "the bytes of 2026-03-01" in told(handed, "md")


def test_a_drop_that_never_comes(run_day, products) -> None:
    """The run fails as it should, and the partner is told."""
    folder = shutil.copytree(products / "prices_south", products / "prices_none")
    text = (folder / "prices_south.dag.yaml").read_text()
    (folder / "prices_south.dag.yaml").unlink()
    (folder / "prices_none.dag.yaml").write_text(text.replace("on_duplicate: skip", "on_missing: fail"))

    states, handed = run_day("prices_none", 9)

    assert ("failed", "upstream_failed", "success") == (states["land"], states["verify"], states["report"])
    assert ("not there", False, None) == (handed["reply"], handed["all_well"], handed["rows"])
    assert "No drop has arrived." in told(handed, "md")


def test_a_partner_waits_for_days_unless_it_says_otherwise(products) -> None:
    """What isn't written is the template's: to wait; a table can't be waited for."""
    file = products / "prices_south" / "prices_south.dag.yaml"
    text = file.read_text()

    source = read_definition(file).product.source
    assert ("wait", timedelta(days=5)) == (source.on_missing, source.timeout)
    file.write_text(text.replace("  wait: {timeout: 5d, poke_interval: 30s}\n", ""))
    assert timedelta(days=3) == read_definition(file).product.source.timeout
    file.write_text(text.replace("on_duplicate: skip", "on_missing: skip"))
    (warning,) = read_definition(file).warnings
    assert "`wait` has no effect: `on_missing` is" in str(warning)
    table = (
        "table: prices, conn_id: shop}\ntarget: {type: postgres, conn_id: shop}\nparams: {partner: south}\n"
    )
    file.write_text(f"{text.partition('source:')[0]}source: {{{table}")
    assert "fail" == read_definition(file).product.source.on_missing


WRONG = {
    "columns": ("extra_columns: ignore", "extra_columns: drop", "must be `ignore`, `report` or `fail`"),
    "an address": ("report_folder: reports", "report_folder: s3://x/y", "reports are written into a folder"),
    "lines": ("most_lines: 3", "most_lines: -1", "`most_lines` must be at least 0"),
    "a share": ("max_quarantined: 40%", "max_quarantined: 140%", "`max_quarantined` must be at most 1"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_makes_no_sense_is_refused(products, what) -> None:
    """With its place, when the file is read."""
    old, new, told = WRONG[what]
    file = products / "prices_south" / "prices_south.dag.yaml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))

    with pytest.raises(DocumentError, match=told) as caught:
        read_definition(file)

    assert re.match(r".*prices_south[.]dag[.]yaml:\d+:\d+: ", str(caught.value))


KNOBS = {
    "a partner": ("partner: south", "partner: sud"),
    "a share": ("max_quarantined: 40%", "max_quarantined: 41%"),
    "columns": ("extra_columns: ignore", "extra_columns: fail"),
    "a folder": ("report_folder: reports", "report_folder: others"),
    "lines": ("most_lines: 3", "most_lines: 4"),
    "a grain": ("most_lines: 3", "grain: month"),
    "a schedule": ("schedule: null", 'schedule: "@daily"'),
    "what to do without a drop": ("on_duplicate: skip", "on_duplicate: skip\n  on_missing: fail"),
    "how long to wait": ("timeout: 5d", "timeout: 6d"),
}


def test_each_knob_is_a_version(products) -> None:
    """Airflow keeps what a run ran with; and the DAG is the same where its folder lies elsewhere."""
    file = products / "prices_south" / "prices_south.dag.yaml"
    text, found = file.read_text(), {"nothing": hash_of(file.parent)}
    for name, (old, new) in KNOBS.items():
        assert old in text
        file.write_text(text.replace(old, new))
        found[name] = hash_of(file.parent)

    assert len({*found.values()}) == len(found)
    moved = shutil.copytree(products, products.parent / "elsewhere" / "dags") / "prices_south" / "dag.py"
    assert found["how long to wait"] == hash_elsewhere(moved, seed=42)


@pytest.mark.parametrize("name", ["prices_north", "prices_south"])
def test_a_file_of_its_own_makes_the_same_dag(products, name, capsys) -> None:
    """It needs neither the factory nor any file that people write."""
    first = hash_of(products / name)

    assert 0 == main(["dag", "eject", str(products / name)]), capsys.readouterr()

    made = products / name / "dag.py"
    assert first == hash_elsewhere(made, "airflow_dataops.factory", "airflow_dataops.documents")
