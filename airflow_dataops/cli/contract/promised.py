"""The datasets of a contract that a command is about."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.wrong_call import WrongCallError
from airflow_dataops.documents.odcs.contract import read_contract

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.contract.model import Contract, Dataset


def datasets_of(contract: Contract, names: Iterable[str]) -> tuple[Dataset, ...]:
    """Return the datasets of some names; all of them where there is no name.

    Raises:
        WrongCallError: If the contract has no dataset of a name.
    """
    wanted = tuple(names)
    known = {dataset.name: dataset for dataset in contract.datasets}
    for name in wanted:
        if name not in known:
            raise unknown("dataset", name, known, where=contract.place)
    return tuple(known[name] for name in dict.fromkeys(wanted)) if wanted else contract.datasets


def known_to(contract: Contract) -> dict[str, Dataset]:
    """Return the datasets that the rules of a contract may read, by what the rules call them.

    Raises:
        DocumentError: If another contract that a foreign key leads to is wrong.
    """
    found = {dataset.name: dataset for dataset in contract.datasets}
    for dataset in contract.datasets:
        for key in dataset.relationships:
            if key.contract:
                other, _ = read_contract(key.contract)
                names = {one.name: one for one in other.datasets}
                found[key.other] = names[key.other.removeprefix(f"{Path(key.contract).name}#")]
    return found


def unknown(what: str, name: str, known: Iterable[str], *, where: str) -> WrongCallError:
    """Return the error of a name that isn't there, with what may have been meant.

    Args:
        what: What it is the name of.
        name: The name.
        known: The names that are there.
        where: Where they are.
    """
    there = tuple(known)
    close = get_close_matches(name, there, n=1)
    hint = f"Did you mean `{close[0]}`?" if close else f"There are: {', '.join(there)}."
    return WrongCallError(f"there is no {what} `{name}`", where=where, hint=hint)
