"""A contract that uses every promise and every type."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.documents.odcs.contract import read_contract

if TYPE_CHECKING:
    from airflow_dataops.core.contract.model import Contract, Dataset


@pytest.fixture(scope="session")
def everything() -> Contract:
    """The contract of the golden files."""
    contract, _ = read_contract(str(Path(__file__).parents[1] / "golden" / "everything.odcs.yaml"))
    return contract


@pytest.fixture(scope="session")
def others(everything: Contract) -> dict[str, Dataset]:
    """Its datasets, by what its rules call them."""
    return {dataset.name: dataset for dataset in everything.datasets}
