"""What the page on landing files shows is right."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from airflow_dataops.documents.pipeline.definition import read_definition

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "files.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(kind, text) for kind, text in BLOCK.findall(PAGE.read_text())]

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, required: true}
      - {name: city, logicalType: string}
      - {name: first_item, logicalType: string}
"""


def test_the_page_shows_something() -> None:
    """The checks below have something to check."""
    assert {"yaml", "bash"} == {kind for kind, _ in BLOCKS}


@pytest.mark.parametrize("text", [text for kind, text in BLOCKS if kind == "yaml"])
def test_a_source_of_the_page_is_right(text, tmp_path) -> None:
    """Each source is one that a pipeline file may have, without a warning."""
    (tmp_path / "orders.odcs.yaml").write_text(CONTRACT)
    (tmp_path / "orders.dag.yaml").write_text(f"template: batch@1\nname: orders\n{text}")

    found = read_definition(tmp_path / "orders.dag.yaml")

    assert () == found.warnings
    assert found.product.source.path


@pytest.mark.parametrize("text", [text for kind, text in BLOCKS if kind == "bash"])
def test_a_command_of_the_page_is_one_of_airflow(text) -> None:
    """Each command is one that Airflow takes."""
    from airflow.cli.cli_parser import get_parser

    program, *arguments = shlex.split(text)

    assert "airflow" == program
    assert "aws" == get_parser().parse_args(arguments).conn_type
