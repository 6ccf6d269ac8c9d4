"""A project that is made by one command is right, checks itself, and runs."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from airflow_dataops.cli.main import main, parser
from airflow_dataops.documents.alerts.rules import read_alerts


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A project, as it is written, from inside."""
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["init", "project"])
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


@pytest.mark.usefixtures("project")
def test_a_project_is_right_as_it_stands(capsys) -> None:
    """Lint has nothing to say, tests pass, the data keep the contract, another product finds its place."""
    capsys.readouterr()
    assert 0 == main(["lint", "dags"])
    assert "all well" in capsys.readouterr().out
    assert 0 == main(["test", "dags"])
    out = capsys.readouterr().out
    assert "2 tests: 2 passed" in out
    assert "dataops_slo_monitor" not in out
    assert 2 == main(["test", "dags/dataops_slo_monitor"])
    assert "slo_monitor@1 runs no SQL of yours here" in capsys.readouterr().out
    drops = [
        word for day in ("01", "02") for word in ("--data", f"dags/orders/drops/orders-2026-03-{day}.csv")
    ]
    assert 0 == main(["contract", "test", "dags/orders/orders_landing.odcs.yaml", *drops])
    assert 0 == main(["dag", "new", "dags/visits"])
    assert 0 == main(["lint", "dags"])
    assert ["dags/.schemas"] == [str(found) for found in Path().rglob(".schemas")]


@pytest.mark.parametrize("product", ["orders", "dataops_slo_monitor"])
def test_the_editors_schema_takes_the_product(project, product) -> None:
    """The one that the first line names."""
    file = project / f"dags/{product}/{product}.dag.yaml"
    schema = file.parent / file.read_text().splitlines()[0].partition("$schema=")[2]

    # Editors take a date for the text that it is.
    found = json.loads(json.dumps(yaml.safe_load(file.read_text()), default=str))
    Draft202012Validator(json.loads(schema.read_text())).validate(found)


def test_the_editors_schema_takes_who_is_told(project) -> None:
    """As it stands, and with all that is proposed in comments."""
    file = project / "dags/alerts.yaml"
    schema = json.loads((file.parent / file.read_text().splitlines()[0].partition("$schema=")[2]).read_text())
    Draft202012Validator(schema).validate(yaml.safe_load(file.read_text()))
    head, *proposed = file.read_text().split("\n\n")
    file.write_text(
        "\n\n".join(
            (re.sub(r"(?m)^  # ", "  ", head), *(re.sub(r"(?m)^# (?!Secrets)", "", one) for one in proposed))
        )
    )
    Draft202012Validator(schema).validate(yaml.safe_load(file.read_text()))
    assert ["on-call", "shop-data", "log"] == [one.name for one in read_alerts(file)[0].receivers]
    assert 0 == main(["lint", str(project / "dags")]), "a route matches nothing of the product that there is"


def test_airflow_takes_the_product(project) -> None:
    """With the defaults of its folder."""
    from airflow_dataops.factory.dags import load_dag

    dag = load_dag(str(project / "dags/orders/dag.py"))

    assert ["land", "gate", "verify", "transform", "audit", "publish", "announce"] == [
        task.task_id for task in dag.topological_sort()
    ]


def test_what_is_promised_is_looked_at_and_somebody_is_told(project) -> None:
    """Without a word from the team: objectives are declared, and a DAG counts them and tells of them."""
    from airflow_dataops.documents.pipeline.definition import read_definition
    from airflow_dataops.factory.dags import load_dag

    orders = read_definition(project / "dags/orders/orders.dag.yaml")
    monitor = load_dag(str(project / "dags/dataops_slo_monitor/dag.py"))

    assert orders.contract is not None
    assert ["freshness", "correctness"] == [one.name for one in orders.contract.objectives]
    assert ["evaluate", "route"] == [task.task_id for task in monitor.topological_sort()]
    assert "*/5 * * * *" == monitor.timetable.expression
    assert ["log"] == [one.name for one in read_alerts(project / "dags/alerts.yaml")[0].receivers]


def commands_of(project: Path):
    """Yield every command of ours in the files of a project."""
    hooks = yaml.safe_load((project / ".pre-commit-config.yaml").read_text())
    yield from (hook["entry"] for repo in hooks["repos"] for hook in repo["hooks"])
    workflow = yaml.safe_load((project / ".github/workflows/dataops.yml").read_text())
    yield from (step["run"] for step in workflow["jobs"]["check"]["steps"] if "run" in step)
    yield from (project / "README.md").read_text().split("`")[1::2]


def test_every_command_of_its_files_is_one_that_there_is(project) -> None:
    """A hook that calls nothing would hold nothing."""
    ours = [command for command in commands_of(project) if command.startswith("airflow-dataops ")]

    assert 8 <= len(ours)
    for command in ours:
        parser().parse_args(shlex.split(command.partition(" || ")[0])[1:])
    assert any(command.startswith("airflow-dataops test") for command in ours)


def test_an_empty_folder_is_filled(tmp_path, monkeypatch) -> None:
    """Also the one that one is in."""
    monkeypatch.chdir(tmp_path)

    assert 0 == main(["init", "."])
    assert (tmp_path / "dags/orders/dag.py").is_file()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, capsys) -> None:
    """Nothing is overwritten, nothing is added."""
    (tmp_path / "README.md").write_text("mine")

    assert 3 == main(["init", str(tmp_path)])
    assert "there is something in it already. Nothing was changed" in capsys.readouterr().err
    assert ["README.md"] == [file.name for file in tmp_path.iterdir()]
