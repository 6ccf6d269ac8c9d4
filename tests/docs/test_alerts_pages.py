"""What the pages on alerts.yaml and on runbooks show is right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from airflow_dataops.cli.main import main
from airflow_dataops.core.alerts.labels import NAMES
from airflow_dataops.core.alerts.route import Route
from airflow_dataops.core.alerts.runbook import VALUES
from airflow_dataops.documents.alerts.rules import read_alerts
from airflow_dataops.documents.alerts.schema import MODELS, alerts_schema
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.documents.runbooks.language import FILTERS, faults
from airflow_dataops.documents.runbooks.runbooks import runbooks
from airflow_dataops.documents.yaml.complaints import keys_of

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "alerts.md").read_text()
HOW_TO = (DOCS / "howto" / "runbooks.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
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
PIPELINE = "template: batch@1\nschedule: '@daily'\nsource: {folder: drops, path: 'a-{partition}.csv'}\n"


def blocks(page: str, kind: str) -> list[str]:
    """Return the blocks of a page of one kind."""
    return [text for of, text in BLOCK.findall(page) if of == kind]


def test_the_sample_is_read(tmp_path):
    """Without a warning, by the reader and by the schema."""
    (sample,) = blocks(REFERENCE, "yaml")
    file = tmp_path / "alerts.yaml"
    file.write_text(sample)
    rules, warnings = read_alerts(file)
    assert () == warnings
    assert ["data-team", "on-call", "shop-data", "log"] == [one.name for one in rules.receivers]
    Draft202012Validator(alerts_schema()).validate(yaml.safe_load(sample))


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_key_has_a_word(model):
    """In a table, or in the sample."""
    assert [] == [key for key in keys_of(model) if not re.search(rf"`{key}`|\b{key}:", REFERENCE)]


def test_every_label_has_a_word():
    """The table names those that there are, and no other."""
    table = REFERENCE.partition("## Labels")[2].partition("\n## ")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    assert sorted(NAMES) == sorted(re.findall(r"`(\w+)`", "".join(rows)))


def test_defaults_are_those_of_a_route():
    """The page says what counts where nothing is said."""
    usual = Route(receiver="log")
    assert f"| `group_by` | its parent's; `[{', '.join(usual.group_by)}]` |" in REFERENCE
    for key, length in {"group_wait": "0s", "group_interval": "5m", "repeat_interval": "4h"}.items():
        assert f"| `{key}` | its parent's; `{length}` |" in REFERENCE
    assert (0, 300, 14400) == tuple(
        length.total_seconds() for length in (usual.group_wait, usual.group_interval, usual.repeat_interval)
    )


def test_values_and_filters_of_a_runbook():
    """The page has all that there are, and no other."""
    table = HOW_TO.partition("| value | what |")[2].partition("\n\n")[0]
    named = re.findall(r"`(\w+)`", "".join(row.split("|")[1] for row in table.splitlines() if "`" in row))
    assert sorted(VALUES) == sorted(named)
    listed = HOW_TO.partition("the filters ")[2].partition(". What has")[0]
    assert sorted(FILTERS) == re.findall(r"`(\w+)`", listed)


@pytest.fixture
def orders(tmp_path, monkeypatch) -> Path:
    """The product of the page on runbooks, as it shows it."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "orders"
    (folder / "runbooks").mkdir(parents=True)
    product, levels, rule = blocks(HOW_TO, "yaml")
    quality = "".join(f"    {line}\n" for line in rule.splitlines())
    (folder / "orders.odcs.yaml").write_text(f"{CONTRACT}{quality}{levels}{product}")
    (folder / "orders.dag.yaml").write_text(PIPELINE)
    (folder / "runbook.md").write_text(blocks(HOW_TO, "markdown")[0])
    for name in ("late", "empty"):
        (folder / "runbooks" / f"{name}.md").write_text("Ask the shop.\n")
    return folder


def test_the_runbooks_of_the_how_to(orders, capsys):
    """They are found, of the product, the objective and the rule; the template is right, and lint agrees."""
    contract, _ = read_contract(orders / "orders.odcs.yaml")
    found, problems = runbooks(contract, contract.objectives)
    assert () == problems
    assert ["", "freshness", "some_orders"] == [one.of for one in found]
    assert () == faults(found[0].text)
    assert 0 == main(["lint", "orders"]), capsys.readouterr()


def test_what_lint_says_of_a_typo(orders, capsys):
    """Word for word."""
    (orders / "runbook.md").write_text("# When\n\nSince {{ partiton }}.\n")
    assert 1 == main(["lint", "orders"])
    assert blocks(HOW_TO, "text")[0].strip() in capsys.readouterr().out.splitlines()
