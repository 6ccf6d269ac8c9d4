"""A contract's file -> one of its datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.contract.model import Contract, Dataset


def promised(contract: str, dataset: str) -> tuple[Contract, Dataset]:
    """Read a contract, and find one of its datasets.

    Args:
        contract: The file.
        dataset: The dataset's name; empty when the contract has one only.

    Raises:
        DocumentError: If the file is wrong.
        SettingsError: If it has no such dataset, or several and none is named.
    """
    found, _ = read_contract(contract)
    for candidate in found.datasets:
        if candidate.name == dataset or (not dataset and len(found.datasets) == 1):
            return found, candidate
    names = ", ".join(candidate.name for candidate in found.datasets)
    if not dataset:
        raise SettingsError(
            f"the contract {found.reference} has several datasets, and nothing says which one is meant",
            where=contract,
            hint=f"Name one with `dataset=`: {names}.",
        )
    raise SettingsError(
        f"the contract {found.reference} has no dataset `{dataset}`", where=contract, hint=f"It has: {names}."
    )
