"""A task `approve` stands where a product's policy asks for it, whatever its template is."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.documents.templates.shelf import ours
from airflow_dataops.factory.dags import load_dag

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = {"batch@1": "orders", "batch@2": "orders", "partner@1": "prices_north", "sql@1": "revenue"}
POLICY = "policy:\n  - {{do: {action}, below: 20%}}\n"
TARGET = """\
customProperties:
  - property: serviceLevelObjectives
    value: {right: {targetPercent: 99}}
slaProperties:
  - {id: right, property: errorRate, value: 1, unit: percent}
"""


def product(folder: Path, name: str, action: str) -> Path:
    """Copy the sample of a template, with a policy, and return the folder."""
    family, sample = name.partition("@")[0], SAMPLES[name]
    home = folder / sample
    shutil.copytree(ours() / family / sample, home)
    (file,) = home.glob("*.dag.yaml")
    kept = [line for line in file.read_text().splitlines() if not line.startswith("template:")]
    text = "\n".join((f"template: {name}", *kept, ""))
    if name == "batch@1":
        text = text.replace("on_schema_drift", "extra_columns")
    file.write_text(text + POLICY.format(action=action))
    return home


def follows(dag, task: str) -> set[str]:
    """Return what stands right after a task."""
    return set(dag.get_task(task).downstream_task_ids)


@pytest.mark.parametrize("name", SAMPLES)
def test_approve_stands_between_audit_and_publish(tmp_path, name) -> None:
    """With the policy, and without it not."""
    dag = load_dag(str(product(tmp_path, name, "require_approval") / "dag.py"))
    assert {"publish"} == follows(dag, "approve")
    assert {"approve", "publish"} <= follows(dag, "audit")

    plain = load_dag(str(product(tmp_path / "other", name, "block_publish") / "dag.py"))
    assert "approve" not in plain.task_ids


def test_an_ejected_file_has_it(tmp_path, capsys) -> None:
    """It is the same DAG."""
    home = product(tmp_path, "batch@2", "require_approval")

    assert 0 == main(["dag", "eject", str(home)]), capsys.readouterr()

    assert "approval(product, staged=audit.output)" in (home / "dag.py").read_text()
    import importlib.util

    spec = importlib.util.spec_from_file_location("ejected", home / "dag.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert {"publish"} == follows(module.dag, "approve")
