"""The how-to on maintenance: what it has people write is right."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from airflow_dataops.cli.main import main
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.templates.shelf import ours

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "howto" / "maintenance.md").read_text()
README = (ours() / "maintenance" / "README.md").read_text()
FILES = [text for page in (PAGE, README) for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
ROWS = [row for row in PAGE.splitlines() if row.startswith("| ")]
CHANGES = [change for row in ROWS for change in re.findall(r"`(\w+: \w+)`", row)]


def product(folder: Path, text: str) -> Path:
    """Write the product of the page, and return its folder."""
    home = folder / "dataops_maintenance"
    home.mkdir()
    shutil.copy(ours() / "maintenance" / "dataops_maintenance" / "dag.py", home)
    (home / "dataops_maintenance.dag.yaml").write_text(text)
    return home


@pytest.mark.parametrize("number", range(2))
def test_lint_finds_the_file_of_the_page_well(tmp_path, capsys, number) -> None:
    """As the page has people do."""
    assert 0 == main(["lint", str(product(tmp_path, FILES[number]))]), capsys.readouterr()


def test_the_sample_is_the_file_of_its_page() -> None:
    """One is to be copied, the other to be read."""
    sample = ours() / "maintenance" / "dataops_maintenance" / "dataops_maintenance.dag.yaml"

    assert FILES[1] == sample.read_text()


@pytest.mark.parametrize("change", CHANGES)
def test_what_to_write_is_taken(tmp_path, change) -> None:
    """Each line of the table."""
    keys = yaml.safe_load(FILES[0])
    keys["params"] = yaml.safe_load(change)
    keys["start_date"] = str(keys["start_date"])
    home = product(tmp_path, yaml.safe_dump(keys))

    found = read_definition(home / "dataops_maintenance.dag.yaml")

    assert keys["params"] == found.product.params


def test_the_table_has_its_lines() -> None:
    """Else nothing of it was tried."""
    assert {"keep_versions_for", "keep_store", "keep_versions", "keep_quarantine", "grace", "vacuum"} <= {
        change.split(":")[0] for change in CHANGES
    }
