"""A DAG is the same wherever and whenever it is built, and another one for each knob that is turned."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.factory.dags import load_dag

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "dag_templates" / "batch" / "orders"

HASHED = """
import runpy, sys
for name in sys.argv[2:]:
    sys.modules[name] = None  # whoever imports it fails
from airflow.models.serialized_dag import SerializedDagModel
from airflow.serialization.serialized_objects import DagSerialization
print(SerializedDagModel.hash(DagSerialization.to_dict(runpy.run_path(sys.argv[1])["dag"])))
"""
"""The hash by which Airflow tells versions of a DAG apart, of the DAG in a file."""


def hash_of(folder: Path) -> str:
    """Return the hash of a product's DAG."""
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.serialization.serialized_objects import DagSerialization

    return SerializedDagModel.hash(DagSerialization.to_dict(load_dag(str(folder / "dag.py"))))


def hash_elsewhere(file: Path, *without: str, seed: int = 0) -> str:
    """Return the hash of the DAG in a file, built in a process of its own.

    Args:
        file: The DAG file.
        without: Modules that can't be imported there.
        seed: By which Python hashes texts.
    """
    ran = subprocess.run(
        [sys.executable, "-c", HASHED, file, *without],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONHASHSEED": str(seed)},
        cwd=file.parent,
    )
    return ran.stdout.strip().splitlines()[-1]


@pytest.fixture
def orders(tmp_path) -> Path:
    """The folder of the sample product, which is ours to change."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "dags" / "orders"))


def changed(folder: Path, text: str, by: str) -> Path:
    """Change the pipeline file, and return the folder."""
    file = folder / "orders.dag.yaml"
    assert text in file.read_text()
    file.write_text(file.read_text().replace(text, by, 1))
    return folder


def test_a_dag_is_the_same_in_every_process_and_checkout(orders, tmp_path) -> None:
    """Whatever the seed of hashes, and wherever its files lie."""
    elsewhere = shutil.copytree(orders, tmp_path / "somewhere" / "else" / "orders")

    first = hash_of(orders)

    assert first == hash_elsewhere(orders / "dag.py", seed=4711)
    assert first == hash_elsewhere(Path(elsewhere) / "dag.py", seed=42)


SAME = {
    "a comment": ("schedule:", "# every night\nschedule:"),
    "the order of keys": (
        'schedule: "@daily"\nstart_date: 2026-03-01\n',
        'start_date: 2026-03-01\nschedule: "@daily"\n',
    ),
    "quotes": ('schedule: "@daily"', "schedule: '@daily'"),
    "a default that is written": ("catchup: true", "catchup: true\nretries: 2"),
    "a share as a number": ("max_quarantined: 20%", "max_quarantined: 0.2"),
    "the order of tags": ("catchup: true", "catchup: true\ntags: []"),
}

ORDERLESS = {
    "what it runs after": ('schedule: "@daily"', "depends_on: [{}, {}]"),
    "tags": ("catchup: true", "catchup: true\ntags: [{}, {}]"),
}


@pytest.mark.parametrize("what", SAME)
def test_what_changes_nothing_is_no_version(orders, what) -> None:
    """How a file is written is no behaviour."""
    first = hash_of(orders)

    assert first == hash_of(changed(orders, *SAME[what]))


@pytest.mark.parametrize("what", ORDERLESS)
def test_order_is_no_version(orders, tmp_path, what) -> None:
    """Where it has no meaning."""
    other = Path(shutil.copytree(orders, tmp_path / "other" / "orders"))
    text, by = ORDERLESS[what]

    assert hash_of(changed(orders, text, by.format("a", "b"))) == hash_of(
        changed(other, text, by.format("b", "a"))
    )


KNOBS = {
    "schedule": ('schedule: "@daily"', 'schedule: "@hourly"'),
    "start": ("start_date: 2026-03-01", "start_date: 2026-03-02"),
    "catchup": ("catchup: true", "catchup: false"),
    "runs": ("max_active_runs: 2", "max_active_runs: 3"),
    "a time zone": ("catchup: true", "catchup: true\ntimezone: Europe/Paris"),
    "retries": ("catchup: true", "catchup: true\nretries: 5"),
    "a pool": ("catchup: true", "catchup: true\npool: warehouse"),
    "a queue": ("catchup: true", "catchup: true\nqueue: heavy"),
    "a weight": ("catchup: true", "catchup: true\npriority_weight: 7"),
    "an owner": ("catchup: true", "catchup: true\nowner: somebody"),
    "a tag": ("catchup: true", "catchup: true\ntags: [shop]"),
    "a callback": ("catchup: true", "catchup: true\non_failure_callback: builtins.print"),
    "a parameter of the run": ("catchup: true", "catchup: true\ndag_params: {full: true}"),
    "a team": ("catchup: true", "catchup: true\nteam: shop"),
    "a folder": ("folder: drops", "folder: others"),
    "a path": ("orders-{partition}.csv", "o-{partition}.csv"),
    "a delimiter": ("on_missing: wait", "on_missing: wait\n  delimiter: ';'"),
    "a delivery": ("on_missing: wait", "on_missing: wait\n  delivery: snapshot"),
    "what to do without a drop": ("on_missing: wait", "on_missing: skip"),
    "what to do with a duplicate": ("on_duplicate: skip", "on_duplicate: fail"),
    "how long to wait": ("timeout: 6h", "timeout: 7h"),
    "how often to look": ("poke_interval: 10s", "poke_interval: 20s"),
    "a target": ("path: orders}", "path: others}"),
    "a share": ("max_quarantined: 20%", "max_quarantined: 21%"),
    "what it runs after": ('schedule: "@daily"', "depends_on: [payments]"),
    "a grain": ("max_quarantined: 20%", "grain: hour"),
}


@pytest.mark.parametrize("knob", KNOBS)
def test_each_knob_is_a_version(orders, knob) -> None:
    """Airflow keeps what a run ran with."""
    first = hash_of(orders)

    assert first != hash_of(changed(orders, *KNOBS[knob]))


@pytest.mark.parametrize("file", ["orders.odcs.yaml", "orders_landing.odcs.yaml", "transform.sql"])
def test_each_file_that_tasks_read_is_a_version(orders, file) -> None:
    """A rule or a line of SQL is behaviour, too."""
    first = hash_of(orders)
    with (orders / file).open("a") as more:
        more.write("\n" if file.endswith("sql") else "# changed\n")

    assert first != hash_of(orders)


def test_an_environment_is_a_version(orders, monkeypatch) -> None:
    """What an overlay changes counts in its environment alone."""
    (orders / "orders.dag.prod.yaml").write_text("retries: 9\n")
    found = []
    for environment in ("", "test", "prod"):
        monkeypatch.setenv("AIRFLOW__DATAOPS__ENVIRONMENT", environment)
        found.append(hash_of(orders))

    assert found[0] == found[1] != found[2]


def test_a_file_of_its_own_makes_the_same_dag(orders, capsys) -> None:
    """It needs neither the factory nor any file that people write."""
    first = hash_of(orders)

    assert 0 == main(["dag", "eject", str(orders)])

    assert {"dag.py", "orders.dag.yaml.ejected"} <= {file.name for file in orders.iterdir()}
    assert "orders.dag.yaml.ejected is what it was made of" in capsys.readouterr().out
    assert first == hash_elsewhere(orders / "dag.py", "airflow_dataops.factory", "airflow_dataops.documents")


def test_what_was_put_aside_before_is_not_lost(orders, capsys) -> None:
    """Somebody left the template, came back, and leaves again."""
    aside = orders / "orders.dag.yaml.ejected"
    aside.write_text("mine")
    files = {file.name: file.read_bytes() for file in orders.iterdir() if file.is_file()}

    assert 3 == main(["dag", "eject", str(orders)])

    assert "what was put aside before lies here" in capsys.readouterr().err
    assert files == {file.name: file.read_bytes() for file in orders.iterdir() if file.is_file()}


def test_what_an_environment_changes_is_not_left_in_silence(orders, capsys) -> None:
    """A file of its own is that of one environment."""
    (orders / "orders.dag.prod.yaml").write_text("retries: 7\n")

    assert 0 == main(["dag", "eject", str(orders)])

    assert "orders.dag.prod.yaml: what it changes in prod is not in " in capsys.readouterr().err
