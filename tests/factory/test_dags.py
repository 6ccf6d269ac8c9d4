from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from airflow_dataops.errors import DocumentError
from airflow_dataops.factory.dags import build, load_dag

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "dag_templates" / "batch" / "orders"
BROKEN = PROJECT / "tests" / "e2e" / "products" / "broken"


def test_load_dag_of_the_sample_is_its_seven_stages() -> None:
    """The id is the product's name, and the graph is the way of a batch."""
    dag = load_dag(str(SAMPLE / "dag.py"))

    assert "orders" == dag.dag_id
    stages = ["land", "gate", "verify", "transform", "audit", "publish", "announce"]
    assert stages == [task.task_id for task in dag.topological_sort()]


def test_load_dag_of_a_broken_product_warns_and_is_refused_with_every_problem() -> None:
    """Airflow shows one line a problem, and so does whoever loads it in a shell."""
    with pytest.warns(UserWarning, match="did you mean|Did you mean"):
        dag = load_dag(str(BROKEN / "dag.py"))

    with pytest.raises(DocumentError) as caught:
        dag.validate()

    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.problems) > 1
    assert any("broken.dag.yaml:2:1: the key `schedul` is not known here" in line for line in lines)


def test_build_of_a_broken_product_raises() -> None:
    """A team's own test of its DAG fails as it should."""
    with pytest.raises(DocumentError, match="schedul"):
        build(BROKEN)


@pytest.mark.parametrize(("names", "told"), [((), "there is no"), (("a", "b"), "there are 2 files")])
def test_build_needs_one_pipeline_file_in_the_folder(names, told, tmp_path) -> None:
    """None and two are both named, with the folder."""
    for name in names:
        shutil.copy(SAMPLE / "orders.dag.yaml", tmp_path / f"{name}.dag.yaml")

    with pytest.raises(DocumentError, match=told):
        build(tmp_path)
