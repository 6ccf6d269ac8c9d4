from __future__ import annotations

import re
from pathlib import Path

import pytest

from airflow_dataops.core.contract.service_level import INDICATORS, Kind
from airflow_dataops.documents.odcs.contract_keys import ContractKeys
from airflow_dataops.documents.odcs.keys import Property, Rule, SchemaObject
from airflow_dataops.documents.pipeline.expected import ExpectedKeys
from airflow_dataops.documents.pipeline.keys import PipelineKeys, SourceKeys, TargetKeys, WaitKeys
from airflow_dataops.documents.pipeline.policies import PolicyKeys
from airflow_dataops.documents.yaml.complaints import keys_of

PAGES = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize(
    "model",
    [PipelineKeys, SourceKeys, TargetKeys, WaitKeys, ExpectedKeys, PolicyKeys],
    ids=lambda model: model.__name__,
)
def test_pipeline_page_names_every_key(model):
    """The page on the pipeline file has a word on each of its keys."""
    page = (PAGES / "pipeline-file.md").read_text()
    assert [] == [key for key in keys_of(model) if not re.search(rf"\b{key}\b", page)]


@pytest.mark.parametrize(
    "model", [ContractKeys, SchemaObject, Property, Rule], ids=lambda model: model.__name__
)
def test_contract_page_names_every_key(model):
    """The page on the contract says of each key of the standard what becomes of it."""
    page = (PAGES / "odcs.md").read_text()
    known = [key for key in keys_of(model) if not key.startswith("transform")]
    # What only has children is spoken of by them.
    assert [] == [
        key for key in known if not re.search(rf"\b{key}\b", page) and key not in {"properties", "items"}
    ]


def test_contract_page_defines_every_indicator():
    """The page says of each indicator its short name, what it measures and from what, as the table does."""
    page = (PAGES / "odcs.md").read_text()
    kinds = {Kind.RATIO: "share"}
    assert [] == [
        row
        for indicator, its in INDICATORS.items()
        if (
            row := f"| `{indicator}` | {f'`{its.synonym}` ' if its.synonym else ''}| "
            f"{kinds.get(its.kind, its.kind)} | {its.measures} | {its.source} |"
        )
        not in page
    ]
