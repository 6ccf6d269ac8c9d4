"""What the pages on service levels show is right."""

from __future__ import annotations

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
import yaml

from airflow_dataops.cli.main import main
from airflow_dataops.core.slo.indicators import INDICATORS
from airflow_dataops.core.slo.policy import Action
from airflow_dataops.documents.declared import declared, watched
from airflow_dataops.documents.odcs.targets import ObjectiveKeys
from airflow_dataops.documents.openslo.keys import KINDS
from airflow_dataops.documents.openslo.objectives import read_openslo
from airflow_dataops.documents.openslo.source import SourceKeys
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.yaml.complaints import keys_of

DOCS = Path(__file__).parents[2] / "docs"
HOW_TO = (DOCS / "howto" / "service-levels.md").read_text()
OPENSLO = (DOCS / "reference" / "openslo.md").read_text()
ODCS = (DOCS / "reference" / "odcs.md").read_text()
PIPELINE = (DOCS / "reference" / "pipeline-file.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOW = datetime(2026, 11, 26, tzinfo=UTC)

CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, required: true}
"""
PRODUCT = "template: batch@1\nsource: {folder: drops, path: 'orders-{partition}.csv'}\n"


def shown(page: str, kind: str, beginning: str = "") -> str:
    """Return the only block of a page that begins so."""
    (block,) = [text for of, text in BLOCK.findall(page) if of == kind and text.startswith(beginning)]
    return block


@pytest.fixture
def orders(tmp_path, monkeypatch) -> Path:
    """The product of the how-to, as it shows it."""
    folder = tmp_path / "orders"
    folder.mkdir()
    parts = [shown(HOW_TO, "yaml", beginning) for beginning in ("slaProperties", "authoritativeDefinitions")]
    (folder / "orders.odcs.yaml").write_text("".join((CONTRACT, *parts)))
    (folder / "runbook.md").write_text("# Ask the shop\n")
    parts = [shown(HOW_TO, "yaml", beginning) for beginning in ("expected", "policy")]
    (folder / "orders.dag.yaml").write_text("".join((PRODUCT, *parts)))
    (folder / "holidays.txt").write_text(shown(HOW_TO, "text", "# holidays.txt"))
    monkeypatch.chdir(tmp_path)
    return folder


def test_the_product_of_the_how_to(orders):
    """Its contract, its expectation and its policies go together."""
    found, warnings = declared(read_definition(orders / "orders.dag.yaml"), since=NOW)
    assert () == warnings
    assert ["freshness", "correctness"] == [one.name for one in found.objectives]
    assert (2, 2) == (len(found.expectation.exclusions), len(found.policies))


def test_the_same_target_in_an_older_contract(orders):
    """What stands in the contract comes to what stands with the level."""
    new, _ = declared(read_definition(orders / "orders.dag.yaml"), since=NOW)
    levels = shown(HOW_TO, "yaml", "slaProperties").split("    customProperties")[0]
    older = CONTRACT.replace("v3.2.0", "v3.1.0\nstatus: active") + levels
    (orders / "orders.odcs.yaml").write_text(older + shown(HOW_TO, "yaml", "customProperties"))
    (orders / "orders.dag.yaml").write_text(PRODUCT)
    old, _ = declared(read_definition(orders / "orders.dag.yaml"), since=NOW)
    fresh = [(one.name, one.target, one.window) for one in new.objectives[:1]]
    assert fresh == [(one.name, one.target, one.window) for one in old.objectives]


def test_the_contracts_of_the_how_to_are_contracts_of_the_standard(orders, shared):
    """Where our keys stand, the JSON Schema of each version has a place for them."""
    schemas = shared / "vectors" / "odcs" / "schema"
    contract = (orders / "orders.odcs.yaml").read_text()
    levels = shown(HOW_TO, "yaml", "slaProperties").split("    customProperties")[0]
    older = CONTRACT.replace("v3.2.0", "v3.1.0\nstatus: active") + levels
    for version, text in {
        "v3.2.0": contract.replace("v3.2.0", "v3.2.0\nstatus: active"),
        "v3.1.0": older + shown(HOW_TO, "yaml", "customProperties"),
    }.items():
        (file,) = schemas.glob(f"odcs-json-schema-{version}.*json")
        jsonschema.Draft201909Validator(json.loads(file.read_text())).validate(yaml.safe_load(text))


@pytest.mark.usefixtures("orders")
def test_the_commands_of_the_how_to(capsys):
    """They run, one after the other."""
    commands = [shlex.split(text) for of, text in BLOCK.findall(HOW_TO) if of == "bash"]
    assert [["slo", "lint"], ["slo", "export"]] == [words[1:3] for words in commands]
    for words in commands:
        assert 0 == main(words[1:]), capsys.readouterr()
    assert 2 == main(["lint", "orders"])
    told = capsys.readouterr().out
    assert "`freshness` doesn't count: orders/orders.openslo.yaml" in told
    assert "`correctness` doesn't count" in told


def test_what_lint_says_in_the_how_to(orders, capsys):
    """Word for word."""
    file = orders / "orders.odcs.yaml"
    file.write_text(file.read_text().replace("targetPercent, value: 95", "targetPercent, value: 99.9"))
    (orders / "orders.dag.yaml").write_text(PRODUCT + 'schedule: "@daily"\n')
    main(["slo", "lint", "orders"])
    assert shown(HOW_TO, "text", "orders/orders").splitlines()[0] in capsys.readouterr().out.splitlines()


def test_the_dag_of_the_how_to(tmp_path):
    """It is read as one that is no product."""
    file = tmp_path / "nightly.openslo.yaml"
    file.write_text(shown(HOW_TO, "yaml", "apiVersion"))
    ((found,), warnings) = watched([file], since=NOW)
    assert (("nightly_load", True), ()) == ((found.product, found.expectation.runs), warnings)


def test_the_files_of_the_reference(tmp_path):
    """An SLO and a policy, which go together."""
    slo, policy = [text for of, text in BLOCK.findall(OPENSLO) if of == "yaml"]
    file = tmp_path / "orders.openslo.yaml"
    file.write_text(f"{slo}  alertPolicies: [{{alertPolicyRef: burns-fast}}]\n---\n{policy}")
    ((found,), warnings) = read_openslo([file])
    assert ((), "orders-fresh", 1) == (warnings, found.objective.name, len(found.objective.alerts))


def test_the_reference_names_every_key():
    """Kinds, the keys of our source, indicators, those of objectives, and what policies do."""
    named = {
        OPENSLO: [*KINDS, *keys_of(SourceKeys), *INDICATORS],
        ODCS: keys_of(ObjectiveKeys),
        PIPELINE: [*Action],
    }
    for page, keys in named.items():
        assert [] == [key for key in keys if f"`{key}`" not in page]
