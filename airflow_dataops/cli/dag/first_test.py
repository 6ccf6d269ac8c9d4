"""The first test of a product: rows that are made up, and come out as they went in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.made_up import row
from airflow_dataops.core.contract.model import NESTED, LogicalType
from airflow_dataops.core.example import LANDING
from airflow_dataops.documents.yaml.node import Numeral
from airflow_dataops.documents.yaml.writer import yaml_text

if TYPE_CHECKING:
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.documents.yaml.writer import Value

FILE = "tests/first.yaml"

HEAD = (
    "What transform.sql must make of rows: `airflow-dataops test` runs this.",
    "The rows are made up, so nobody's data is kept here. Add a test for each thing that the SELECT does.",
)

NUMBER = re.compile(r"[1-9]|0[.][1-9]")


def first_test(landing: Contract, product: Contract) -> str:
    """Return the text of a file of tests for a SELECT that changes nothing.

    Args:
        landing: The contract of what lands.
        product: The contract of what is published, with the same columns.
    """
    takes, makes = landing.datasets[0], product.datasets[0]
    given = [_written(takes, 1), _written(takes, 2, full=False)]
    test: Value = {
        "name": "rows are published as they landed",
        "given": {LANDING: given},
        "exact": True,
        "expect": {makes.name: given},
    }
    return yaml_text({"tests": [test]}, head=HEAD)


def _written(dataset: Dataset, number: int, *, full: bool = True) -> dict[str, Value]:
    """Return a row as it is written in a file of tests."""
    types = {column.name: column.type.logical for column in dataset.columns}
    return {name: _value(types[name], text) for name, text in row(dataset, number, full=full).items()}


def _value(logical: LogicalType, text: str) -> Value:
    if logical in NESTED:
        return [] if text == "[]" else {}
    if logical in {LogicalType.INTEGER, LogicalType.NUMBER} and NUMBER.fullmatch(text):
        return Numeral(text)
    return text == "true" if logical is LogicalType.BOOLEAN else text
