"""What the pages of templates say of them is so."""

from __future__ import annotations

import re
import shlex
import shutil
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.pipeline.file import find_products
from airflow_dataops.documents.templates.shelf import ours, shelf_of
from airflow_dataops.documents.templates.template import template

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {name: ours() / name / "README.md" for name in ("contract_scan", "partner")}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(name: str, kind: str) -> list[str]:
    """Return what a page shows."""
    return [text for found, text in BLOCK.findall(PAGES[name].read_text()) if found == kind]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_tells_each_parameter(name) -> None:
    """With its default, where that is a word or a number."""
    rows = [line.split(" | ") for line in PAGES[name].read_text().splitlines() if line.startswith("| `")]
    told = {key: row[1] for row in rows for key in re.findall(r"`(\w+)`", row[0])}

    fields = template(f"{name}@1", shelf=shelf_of()).params.model_fields

    assert fields.keys() <= told.keys()
    for key, field in fields.items():
        if field.default not in {"", ",", '"', True} and key != "max_quarantined":
            assert f"`{field.default}`" in told[key]


@pytest.mark.parametrize("name", PAGES)
def test_a_sample_of_a_template_is_right(name) -> None:
    """Without a warning."""
    found = [read_definition(file) for file in find_products(ours() / name)]

    assert {f"{name}@1"} == {one.product.template for one in found}
    assert [()] * len(found) == [one.warnings for one in found]


def test_the_smallest_scan_is_right(tmp_path: Path) -> None:
    """Beside the product whose table it judges."""
    shutil.copytree(ours() / "batch" / "orders", tmp_path / "orders")
    (tmp_path / "scan").mkdir()
    (text,) = blocks("contract_scan", "yaml")
    (tmp_path / "scan" / "scan.dag.yaml").write_text(text)

    assert "orders@1.0.0" == read_definition(tmp_path / "scan" / "scan.dag.yaml").product.contract.reference


def test_a_command_of_a_page_is_one_of_airflow() -> None:
    """With its arguments."""
    from airflow.cli.cli_parser import get_parser

    (text,) = blocks("contract_scan", "bash")
    program, *arguments = shlex.split(text)

    assert "airflow" == program
    assert "orders_scan" == get_parser().parse_args(arguments).product
