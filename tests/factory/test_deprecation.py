"""A template version that may go says from when on: in `lint`, in `describe`, and where its DAG is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.documents.templates.shelf import ours

if TYPE_CHECKING:
    from pathlib import Path

SAID = (
    "`plain@1` is deprecated, and may go from 2027-01-31 on. Take `plain@2`: `airflow-dataops dag upgrade`."
)
PIPELINE = "template: plain@1\nsource: {folder: drops, path: '{partition}.csv'}\n"
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: sales
version: 1.0.0
status: active
schema: [{name: sales, properties: [{name: id, logicalType: string, required: true}]}]
"""
STUB = "from airflow_dataops.factory.dags import load_dag\n\ndag = load_dag(__file__)\n"


@pytest.fixture
def sales(tmp_path, monkeypatch) -> Path:
    """The folder of a product on the first version of a team's template, which has a second one."""
    shelf = tmp_path / "shelf" / "plain"
    shelf.mkdir(parents=True)
    for version in (1, 2):
        for stem in ("v", "params_v"):
            text = (ours() / "batch" / f"{stem}1.py").read_text()
            text = text.replace("NEEDS =", 'DEPRECATED = "2027-01-31"\nNEEDS =') if version == 1 else text
            (shelf / f"{stem}{version}.py").write_text(text)
    monkeypatch.setenv("AIRFLOW__DATAOPS__TEMPLATE_PATHS", str(shelf.parent))
    folder = tmp_path / "dags" / "sales"
    folder.mkdir(parents=True)
    files = {"sales.dag.yaml": PIPELINE, "sales.odcs.yaml": CONTRACT, "dag.py": STUB}
    for name, text in files.items():
        (folder / name).write_text(text)
    monkeypatch.chdir(folder.parent)
    return folder


@pytest.mark.usefixtures("sales")
def test_lint_warns_with_the_date(capsys) -> None:
    """It stops nothing yet."""
    assert 2 == main(["lint", "sales"])
    assert f"sales/sales.dag.yaml:1:11: warning: {SAID}" in capsys.readouterr().out


@pytest.mark.usefixtures("sales")
@pytest.mark.parametrize("form", ["text", "json"])
def test_describe_warns_beside_its_output(form, capsys) -> None:
    """On stderr, so that a program can still read the output."""
    assert 0 == main(["dag", "describe", "sales", "--output-format", form])
    assert f"sales/sales.dag.yaml:1:11: {SAID}\n" == capsys.readouterr().err


@pytest.mark.usefixtures("deployment")
@pytest.mark.filterwarnings("default:.*may go from")
def test_airflow_keeps_the_warning_of_the_dag_file(sales) -> None:
    """The DAG is there, and the warning with it; also where the file is remembered."""
    from airflow.dag_processing.dagbag import DagBag

    for _ in range(2):
        found = DagBag(sales, bundle_name="testing", bundle_path=sales)

        assert {} == found.import_errors
        assert ["sales"] == list(found.dags)
        (warned,) = (text for texts in found.captured_warnings.values() for text in texts)
        assert "FutureWarning" in warned
        assert f"sales.dag.yaml:1:1: {SAID}" in warned
