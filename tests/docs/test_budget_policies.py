"""The how-to on policies: what it has people write is right."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml

from airflow_dataops.cli.main import main
from airflow_dataops.core.slo.policy import Action
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.templates.shelf import ours
from airflow_dataops.operators.require_budget import RequireBudgetOperator
from airflow_dataops.sensors.error_budget import ErrorBudgetSensor

FOLDER = Path(__file__).parents[2] / "docs" / "howto"
PAGE = (FOLDER / "budget-policies.md").read_text()
DAG_FILE = FOLDER / "require_budget_dag.py"


def blocks(kind: str) -> list[str]:
    """Return what the page shows."""
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


def test_the_policies_of_the_page_are_read(tmp_path) -> None:
    """Each action is among them, and each row of the table is one."""
    home = tmp_path / "orders"
    shutil.copytree(ours() / "batch" / "orders", home)
    file = home / "orders.dag.yaml"
    (text,) = blocks("yaml")
    file.write_text(file.read_text() + text)

    policies = read_definition(file).product.policies

    assert set(Action) == {one.action for one in policies}
    assert [action.value for action in Action] == re.findall(
        r"^\| `(\w+_\w+|pause)` \| ", PAGE, re.MULTILINE
    )[:4]


def test_the_command_of_the_page_is_one_of_airflow() -> None:
    """With its arguments."""
    from airflow.cli.cli_parser import get_parser

    (text,) = blocks("bash")
    program, *arguments = shlex.split(text.replace("\\\n", " "))

    assert "airflow" == program
    assert "dataops_airflow" == get_parser().parse_args(arguments).conn_id


def test_the_dag_file_of_the_page_is_wired() -> None:
    """And its lines stand on the page."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("require_budget_dag", DAG_FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = {type(task) for task in module.dag.tasks} if hasattr(module, "dag") else set()

    (line,) = blocks("python")
    assert line in DAG_FILE.read_text()
    assert ast.parse(DAG_FILE.read_text())
    assert found <= {RequireBudgetOperator, ErrorBudgetSensor}


@pytest.mark.parametrize("operator", [RequireBudgetOperator, ErrorBudgetSensor])
def test_the_page_names_every_parameter(operator) -> None:
    """As the code has it."""
    for field in operator.template_fields:
        assert field == "product" or f"| `{field}` |" in PAGE


def test_the_page_of_operators_names_every_parameter() -> None:
    """Of the task that evaluates, too."""
    from airflow_dataops.operators.evaluate_slos import EvaluateSlosOperator

    page = (FOLDER.parent / "reference" / "operators.md").read_text()
    summary = re.search(r"It returns `\{(\"objectives.*?)\}`", page)[1]

    assert all(f"`{field}`" in page for field in EvaluateSlosOperator.template_fields)
    from airflow_dataops.bridge.evaluating import Evaluated

    assert list(Evaluated(standings=(), changed=(), repaired=0).summary) == yaml.safe_load(f"[{summary}]")


def test_lint_takes_the_smallest_monitor(tmp_path, capsys) -> None:
    """As the page of the template has it."""
    home = tmp_path / "dataops_slo_monitor"
    shutil.copytree(ours() / "slo_monitor" / "dataops_slo_monitor", home)

    assert 0 == main(["lint", str(home)]), capsys.readouterr()
