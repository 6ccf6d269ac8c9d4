"""Whoever is woken up can read what to do: an objective that pages without a runbook is an error."""

from __future__ import annotations

import pytest

from airflow_dataops.cli.main import main

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
  - {id: fresh, property: freshness, value: 2, unit: h, customProperties: [%s]}
"""
PIPELINE = "template: batch@1\nschedule: '@daily'\nsource: {folder: drops, path: 'a-{partition}.csv'}\n"
TARGET = "{property: targetPercent, value: %s}"
BOOK = "authoritativeDefinitions: [{type: runbook, url: runbook.md}]\n"
CRITICAL = "customProperties: [{property: tier, value: critical}]\n"
LINE = (
    "orders/orders.odcs.yaml:10:5: error: `fresh` wakes somebody up, and has no runbook. "
    "Name it in `authoritativeDefinitions`, `type: runbook`, of the contract."
)
SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: runs%s}
spec:
  service: nightly
  budgetingMethod: Occurrences
  timeWindow: [{duration: 28d, isRolling: true}]
  indicator:
    spec:
      ratioMetric:
        good: {metricSource: {type: Airflow, spec: {sli: success}}}
        total: {metricSource: {type: Airflow, spec: {expected: partitions}}}
  objectives: [{target: 0.9}]
"""


@pytest.fixture
def orders(tmp_path, monkeypatch):
    """Write the product `orders` below the folder in which the program is started."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "orders"
    folder.mkdir()

    def write(percent: str, more: str = "", of_level: str = "") -> None:
        (folder / "orders.odcs.yaml").write_text(CONTRACT % ((TARGET % percent) + of_level) + more)
        (folder / "orders.dag.yaml").write_text(PIPELINE)
        (folder / "runbook.md").write_text("Ask the shop.\n")

    return write


def lint(capsys, *words: str) -> tuple[int, list[str]]:
    """Return the exit code and the lines."""
    code = main(["lint", *(words or ["."])])
    return code, capsys.readouterr().out.splitlines()


def test_usual_alerts_that_page(orders, capsys):
    """Four times too fast wakes somebody up, where no file names alerts."""
    orders("90")
    assert (1, [LINE, "2 files checked: 1 error."]) == lint(capsys)


@pytest.mark.parametrize(
    ("more", "of_level"),
    [(BOOK, ""), ("", ", {property: runbook, value: runbook.md}")],
    ids=["product", "own"],
)
def test_one_of_its_own_or_its_products_is_enough(orders, capsys, more, of_level):
    """Either is told to whoever is woken up."""
    orders("90", more, of_level)
    assert (0, ["2 files checked: all well."]) == lint(capsys)


def test_one_that_never_pages_needs_none(orders, capsys):
    """Half of all days late burns no budget of 50 % four times too fast."""
    orders("50")
    assert LINE not in lint(capsys)[1]


def test_one_of_a_critical_product_pages(orders, capsys):
    """What is late there wakes somebody up, whatever burns."""
    orders("50", CRITICAL)
    assert LINE in lint(capsys)[1]


def test_a_runbook_that_is_not_there(orders, tmp_path, capsys):
    """It is an error once, where it is named; it is no runbook that is missing."""
    orders("90", BOOK)
    (tmp_path / "orders" / "runbook.md").unlink()
    code, (line, _) = lint(capsys)
    assert 1 == code
    assert line.startswith(
        "orders/orders.odcs.yaml:11:49: error: the runbook orders/runbook.md can't be used"
    )


def test_a_runbook_that_is_wrong(orders, tmp_path, capsys):
    """It is an error of its own file."""
    orders("90", BOOK)
    (tmp_path / "orders" / "runbook.md").write_text("Of\n{{ partiton }}\n")
    code, (line, _) = lint(capsys)
    assert 1 == code
    assert line == (
        "orders/runbook.md:2:1: error: no incident has a value `partiton`. Did you mean `partition`?"
    )


def test_a_dag_that_is_no_product(tmp_path, monkeypatch, capsys):
    """An annotation names its runbook, beside the file."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "nightly.openslo.yaml"
    file.write_text(SLO % "")
    code, (line, _) = lint(capsys, file.name)
    assert 1 == code
    assert line.endswith("has no runbook. Name it by the annotation `airflow-dataops/runbook`.")

    file.write_text(SLO % ", annotations: {airflow-dataops/runbook: nightly.md}")
    (tmp_path / "nightly.md").write_text("Start {{ product }} again.\n")
    assert (0, ["1 file checked: all well."]) == lint(capsys, file.name)
