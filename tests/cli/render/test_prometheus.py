from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from airflow_dataops.cli.main import main

SAMPLE = Path(__file__).parents[3] / "dag_templates" / "batch" / "orders"

OURS = ["orders/freshness", "orders/correctness"]

FOREIGN = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: nightly-success}
spec:
  service: nightly
  indicator:
    metadata: {name: runs}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: Airflow, spec: {dag: nightly, sli: success}}}
        total: {metricSource: {type: Airflow, spec: {dag: nightly}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.9}]
"""


@pytest.fixture
def products(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample product with two objectives, and a DAG that is no product."""
    folder = tmp_path / "dags"
    shutil.copytree(SAMPLE, folder / "orders")
    (folder / "foreign").mkdir()
    (folder / "foreign" / "nightly.openslo.yaml").write_text(FOREIGN, "utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def rules(text: str) -> dict[str, list[str]]:
    """Group -> what its rules record or tell."""
    return {
        group["name"]: [rule.get("record") or rule["alert"] for rule in group["rules"]]
        for group in yaml.safe_load(text)["groups"]
    }


@pytest.mark.usefixtures("products")
def test_the_rules_of_all_products_below_a_folder_are_written(capsys) -> None:
    """One group for each objective: of a product of each day, and of a DAG whose runs are counted."""
    assert main(["render", "prometheus", "dags", "--team", "shop"]) == 0

    found = rules(capsys.readouterr().out)
    assert [f"dataops/shop/{each}" for each in (*OURS, "nightly/nightly-success")] == list(found)
    # Four days in a row are sure enough; where nobody knows when events come, a tenth of the budget is.
    assert "dataops:slo_burn:weighted_4d" in found["dataops/shop/orders/freshness"]
    assert "dataops:slo_burn:weighted_16h48m" in found["dataops/shop/nightly/nightly-success"]


@pytest.mark.usefixtures("products")
def test_one_product_or_one_file_is_enough(capsys) -> None:
    """A folder, a pipeline file, or an OpenSLO file; each product once."""
    assert main(["render", "prometheus", "dags/orders", "dags/orders/orders.dag.yaml"]) == 0
    assert [f"dataops/dags-folder/{each}" for each in OURS] == list(rules(capsys.readouterr().out))

    assert main(["render", "prometheus", "dags/foreign/nightly.openslo.yaml", "-o", "rules.yml"]) == 0
    assert ["dataops/dags-folder/nightly/nightly-success"] == list(
        rules(Path("rules.yml").read_text("utf-8"))
    )


@pytest.mark.usefixtures("products")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere: can't be read: No such file or directory"),
        (
            ["empty"],
            "empty: there is no `*.dag.yaml` and no `*.openslo.yaml` below. Name a product's folder,",
        ),
        (
            ["plain/orders"],
            "plain/orders: no service level has a target: there is nothing to write. `airflow-dataops slo",
        ),
        (["dags/orders", "-o", "there.yml"], "there.yml: the file is there already. Name another one, or"),
        (["dags/orders", "--environment", "a b"], "environment can't be 'a b'"),
    ],
)
def test_what_is_wrong_is_one_line(arguments, said, capsys) -> None:
    """And nothing is written."""
    Path("empty").mkdir()
    Path("there.yml").write_text("mine", "utf-8")
    shutil.copytree(SAMPLE, "plain/orders", ignore=shutil.ignore_patterns("*.openslo.yaml"))

    code = main(["render", "prometheus", *arguments])

    told = capsys.readouterr()
    assert (code, told.out, told.err.count("\n")) == (3, "", 1)
    assert said in told.err
    assert Path("there.yml").read_text("utf-8") == "mine"
