"""The DAG that sql@1 makes: its graph, that it is the same everywhere, and another one for each knob."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.factory.dags import load_dag, load_dags

SAMPLE = Path(__file__).parents[2] / "dag_templates" / "sql" / "revenue"

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
    """Return the hash of the DAG in a file, built in a process of its own, without some modules."""
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
def revenue(tmp_path) -> Path:
    """The folder of the sample product, which is ours to change."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "dags" / "revenue"))


def test_the_graph_is_that_of_the_models(revenue) -> None:
    """A model waits for those that it reads; the one that no other reads is audited."""
    dag = load_dag(str(revenue / "dag.py"))

    upstream = {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks}
    models = {f"transform.{name}" for name in ("stg_orders", "stg_refunds", "net_orders", "revenue")}
    assert models < set(upstream)
    assert ["begin"] == upstream["transform.stg_orders"] == upstream["transform.stg_refunds"]
    assert ["begin", "transform.stg_orders", "transform.stg_refunds"] == upstream["transform.net_orders"]
    assert ["transform.revenue"] == upstream["audit"]
    assert ["begin", "publish"] == upstream["announce"]
    assert ["raw.orders", "raw.refunds"] == dag.get_task("begin").tables


def test_models_lie_below_the_folder_of_one_file_for_all(revenue) -> None:
    """Where one DAG file stands for many products, its folder is where their files are found."""
    dag = load_dags(str(revenue.parent / "all.py"))["revenue"]

    assert "revenue/models/net_orders.sql" == dag.get_task("transform.net_orders").sql


def test_a_dag_is_the_same_in_every_process_and_checkout(revenue, tmp_path) -> None:
    """Whatever the seed of hashes, and wherever its files lie."""
    elsewhere = Path(shutil.copytree(revenue, tmp_path / "somewhere" / "else" / "revenue"))

    assert hash_of(revenue) == hash_elsewhere(elsewhere / "dag.py", seed=42)


KNOBS = {
    "the result": ("models: models\n", "models: models\n  result: net_orders\n"),
    "a folder": ("models: models\n", "models: others\n"),
    "a grain": ("grain: day", "grain: month"),
    "a target": ("mart.revenue", "mart.others"),
    "a connection": ("conn_id: warehouse", "conn_id: lake"),
    "a time zone": ("catchup: true", "catchup: true\ntimezone: Europe/Paris"),
    "a team": ("catchup: true", "catchup: true\nteam: finance"),
    "a product that it waits for": ('schedule: "@daily"\n', "depends_on: [orders]\n"),
}


@pytest.mark.parametrize("knob", KNOBS)
def test_each_knob_is_a_version(revenue, knob) -> None:
    """Airflow keeps what a run ran with."""
    shutil.copytree(revenue / "models", revenue / "others")
    first = hash_of(revenue)
    file = revenue / "revenue.dag.yaml"
    text, by = KNOBS[knob]
    assert text in file.read_text()
    file.write_text(file.read_text().replace(text, by, 1))

    assert first != hash_of(revenue)


def test_each_model_is_a_version(revenue) -> None:
    """A line of SQL is behaviour; so is a model more. Where its file lies in a folder below, too."""
    found = [hash_of(revenue)]
    with (revenue / "models" / "stg_orders.sql").open("a") as more:
        more.write("\n")
    found.append(hash_of(revenue))
    (revenue / "models" / "last.sql").write_text("SELECT * FROM {{ ref('revenue') }} AS revenue")
    found.append(hash_of(revenue))
    (revenue / "models" / "more").mkdir()
    (revenue / "models" / "last.sql").rename(revenue / "models" / "more" / "last.sql")
    found.append(hash_of(revenue))

    assert 4 == len(set(found))


def test_a_file_of_its_own_makes_the_same_dag(revenue) -> None:
    """It needs neither the factory nor any file that people write but the SQL."""
    first = hash_of(revenue)

    assert 0 == main(["dag", "eject", str(revenue)])

    assert first == hash_elsewhere(revenue / "dag.py", "airflow_dataops.factory", "airflow_dataops.documents")
