"""A pipeline file with a contract beside it, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from airflow_dataops.core.product import Product

LANDED = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, required: true}
      - {name: "1", logicalType: string}
      - {name: b c, logicalType: string}
"""


@pytest.fixture
def pipeline(tmp_path: Path) -> Callable[[str], Path]:
    """Write the pipeline file of the product `orders`."""
    folder = tmp_path / "orders"
    folder.mkdir()
    (folder / "orders.odcs.yaml").write_text(LANDED)

    def write(text: str) -> Path:
        (folder / "orders.dag.yaml").write_text(text)
        return folder / "orders.dag.yaml"

    return write


@pytest.fixture
def product_of(pipeline: Callable[[str], Path]) -> Callable[[str], Product]:
    """Return the product of a pipeline file."""
    return lambda text: read_definition(pipeline(text)).product


@pytest.fixture
def errors_of(pipeline: Callable[[str], Path]) -> Callable[[str], list[str]]:
    """Return what is wrong in a pipeline file, each with line and column alone."""

    def errors(text: str) -> list[str]:
        file = pipeline(text)
        try:
            read_definition(file)
        except DocumentError as error:
            return [str(problem).removeprefix(f"{file}:") for problem in error.problems]
        return []

    return errors
