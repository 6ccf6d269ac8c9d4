"""The DAG that evaluates service levels, as a platform team copies it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.templates.shelf import ours, shelf_of
from airflow_dataops.documents.templates.template import template
from airflow_dataops.errors import DocumentError
from airflow_dataops.factory.dags import load_dag

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = ours() / "slo_monitor" / "dataops_slo_monitor"
PAGE = (ours() / "slo_monitor" / "README.md").read_text()
KNOBS = {
    "teams": ["shop"],
    "products": ["orders"],
    "definitions": "slos",
    "alerts": False,
    "conn_id": "air",
}


def written(folder: Path, **params: object) -> Path:
    """Write a product of the template, and return its folder."""
    home = folder / f"at{len(list(folder.iterdir()))}" / "monitor"
    home.mkdir(parents=True)
    shutil.copy(SAMPLE / "dag.py", home)
    keys = {"template": "slo_monitor@1", "start_date": "2026-01-01", "params": params}
    (home / "monitor.dag.yaml").write_text(json.dumps(keys))
    return home


def digest(folder: Path) -> str:
    """Return the hash by which Airflow tells versions of a DAG apart."""
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.serialization.serialized_objects import DagSerialization

    return SerializedDagModel.hash(DagSerialization.to_dict(load_dag(str(folder / "dag.py"))))


def test_the_sample_is_the_file_of_its_page(capsys) -> None:
    """It is right, and lint has nothing to say."""
    sample = (SAMPLE / "dataops_slo_monitor.dag.yaml").read_text()

    assert f"```yaml\n{sample}```" in PAGE
    assert 0 == main(["lint", str(SAMPLE)]), capsys.readouterr()


def test_it_runs_every_five_minutes_and_never_twice_at_once(tmp_path) -> None:
    """Unless the file says otherwise how often."""
    home = written(tmp_path)
    dag = load_dag(str(home / "dag.py"))
    assert (["evaluate", "route"], 1, "*/5 * * * *") == (
        list(dag.task_ids),
        dag.max_active_runs,
        dag.timetable.expression,
    )

    file = home / "monitor.dag.yaml"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"schedule": "@hourly", "max_active_runs": 9}))
    dag = load_dag(str(home / "dag.py"))

    assert (1, "0 * * * *") == (dag.max_active_runs, dag.timetable.expression)


@pytest.mark.parametrize("knob", KNOBS)
def test_each_knob_is_a_version_of_the_dag(tmp_path, knob) -> None:
    """Airflow keeps what a run ran with."""
    first = digest(written(tmp_path))

    assert first == digest(written(tmp_path))
    assert first != digest(written(tmp_path, **{knob: KNOBS[knob]}))


def test_every_parameter_is_a_knob_and_is_on_the_page() -> None:
    """With its default."""
    fields = template("slo_monitor@1", shelf=shelf_of()).params.model_fields
    words = {(): "`[]`", "": "none", True: "`true`"}

    assert set(KNOBS) == set(fields)
    for name, field in fields.items():
        assert f"| `{name}` | {words[field.default]} | " in PAGE


WRONG = {
    "teams": ("shop", "`teams`"),
    "products": ([7], "`products`"),
    "definitions": (["slos"], "`definitions`"),
    "product": ("orders", "the key `product` is not known here. Did you mean `products`?"),
}


@pytest.mark.parametrize("param", WRONG)
def test_a_wrong_parameter_is_named(tmp_path, param) -> None:
    """With its place."""
    value, said = WRONG[param]
    home = written(tmp_path, **{param: value})

    with pytest.raises(DocumentError) as caught:
        read_definition(home / "monitor.dag.yaml")

    assert said in str(caught.value)
    assert f"{home}/monitor.dag.yaml:1:" in str(caught.value)


def test_a_product_of_this_template_has_no_source(tmp_path) -> None:
    """It lands nothing."""
    home = written(tmp_path)
    file = home / "monitor.dag.yaml"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"target": {"path": "orders"}}))

    with pytest.raises(DocumentError, match="`target` has no meaning with `slo_monitor@1`"):
        read_definition(file)


def test_it_evaluates(deployment, rows_seen, run_dag) -> None:
    """All objectives that were declared."""
    rows_seen(100)
    dag = load_dag(str(written(deployment, products=["orders"]) / "dag.py"))

    run = run_dag(dag)

    assert "success" == run.state
    assert 1 == run.get_task_instance("evaluate").xcom_pull(task_ids="evaluate")["ok"]
