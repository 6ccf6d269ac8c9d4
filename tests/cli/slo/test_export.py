from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli.main import main
from airflow_dataops.documents.openslo.objectives import read_openslo

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, required: true}
slaProperties:
  - {id: right, property: errorRate, value: 1, unit: percent}
"""
GOLDEN = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: right
spec:
  service: orders
  budgetingMethod: Occurrences
  timeWindow:
    - duration: '28d'
      isRolling: true
  indicator:
    metadata:
      name: right-sli
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: Airflow
            spec:
              product: orders
              sli: correctness
        total:
          metricSource:
            type: Airflow
            spec:
              product: orders
              expected: rows
  objectives:
    - target: 0.99
"""


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """The folder of the product `orders`."""
    folder = tmp_path / "orders"
    folder.mkdir()
    (folder / "orders.odcs.yaml").write_text(CONTRACT)
    (folder / "orders.dag.yaml").write_text(
        "template: batch@1\nsource: {folder: drops, path: 'a-{partition}.csv'}\n"
    )
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("path", [".", "orders.dag.yaml", "orders.odcs.yaml"])
@pytest.mark.usefixtures("here")
def test_what_is_promised_is_written(capsys, path):
    """Of a product, or of its contract."""
    assert 0 == main(["slo", "export", path])
    assert capsys.readouterr().out == GOLDEN


def test_into_a_file_that_is_read(here):
    """It is what our reader reads."""
    assert 0 == main(["slo", "export", ".", "-o", "orders.openslo.yaml"])
    ((promised,), _) = read_openslo([here / "orders.openslo.yaml"])
    assert ("right", "orders") == (promised.objective.name, promised.subject)


@pytest.mark.usefixtures("here")
def test_a_file_that_is_there_stays(capsys):
    """Unless it may be replaced."""
    assert 0 == main(["slo", "export", ".", "-o", "a.yaml"])
    assert 3 == main(["slo", "export", ".", "-o", "a.yaml"])
    assert "a.yaml: the file is there already." in capsys.readouterr().err
    assert 0 == main(["slo", "export", ".", "-o", "a.yaml", "--force"])


def test_nothing_to_write(here, capsys):
    """A contract without a target promises nothing that could be written."""
    (here / "orders.odcs.yaml").write_text(CONTRACT[: CONTRACT.index("slaProperties")])
    assert 3 == main(["slo", "export", "."])
    assert "no service level has a target: there is nothing to write." in capsys.readouterr().err


def test_what_can_not_be_said_is_told(here, capsys):
    """A number of more digits than a file may have."""
    (here / "orders.odcs.yaml").write_text(CONTRACT.replace("value: 1,", "value: 1e-300,"))
    assert 2 == main(["slo", "export", "."])
    assert (
        ".: not said in OpenSLO: `right`: a number of it has more than 60 digits\n" == capsys.readouterr().err
    )
