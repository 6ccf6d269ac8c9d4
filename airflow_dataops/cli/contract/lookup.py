"""Files that rules are looked up in: those of other datasets, of the contract or of another one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.contract.bench import working
from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.rows.others import Other, Others
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.documents.promised import promised
from airflow_dataops.errors import BadDataError
from airflow_dataops.usecases.contracts.test import test

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.cli.contract.bench import Bench
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.core.rows.relation import Landed


def elsewhere(contract: Contract) -> dict[str, str]:
    """Return the datasets of other contracts that keys lead to: `file#name` -> the file of its contract."""
    return {
        key.other: key.contract
        for dataset in contract.datasets
        for key in dataset.relationships
        if key.contract
    }


def looked_up(
    contract: Contract, wanted: Iterable[str], given: Mapping[str, tuple[str, ...]], bench: Bench
) -> Others:
    """Return what rules may look at besides the rows of their own files: the good rows of the other files.

    A file is taken for the whole table of its dataset, and its rows are judged by the contract of that.

    Args:
        contract: The contract.
        wanted: What the other datasets are called that rules look at.
        given: What a dataset is called -> its files.
        bench: Where they are judged.

    Raises:
        DocumentError: If another contract is wrong.
        BadDataError: If a file isn't one of rows of the other contract.
    """
    own = {dataset.name: dataset for dataset in contract.datasets}
    far = elsewhere(contract)
    found: dict[str, Other] = {}
    for name in dict.fromkeys(wanted):
        if not given.get(name):
            hint = f"give `--data {name.rpartition('#')[2]}=FILE`"
            sys.stderr.write(f"Keys that lead to `{name}` are not looked up: {hint}.\n")
            continue
        dataset = own[name] if name in own else promised(far[name], name.rpartition("#")[2])[1]
        good = _good_rows(dataset, bench.relation(given[name]), bench, told=name not in own)
        if good is not None:
            found[name] = Other(good, dataset.columns)
    return Others(whole=True, datasets=found)


def _good_rows(dataset: Dataset, relation: Landed, bench: Bench, *, told: bool) -> Staged | None:
    """Return the good rows of a file; of one that has none to tell, say why, unless its own verdict does."""
    split = bench.split()
    alone = tuple(check for check in derive(dataset) if not check.reads)
    with working(dataset.name):
        trial, _ = test(
            relation,
            dataset=dataset,
            checks=alone,
            asked=frozenset(check.id for check in alone),
            split=split,
            others=Others(whole=True),
            keys=0,
            engine=bench.engine,
        )
    where = ", ".join(trial.data)
    if Path(split.good).exists():
        if told and trial.bad:
            sys.stderr.write(
                f"{where}: {trial.bad:,} of {trial.rows:,} rows break the contract of `{dataset.name}`: "
                "no key is found in them.\n"
            )
        return Staged(split.good)
    if told:
        why = f"the file can't be read as rows of `{dataset.name}`"
        if not trial.parted:
            why = f"it is not known which rows of `{dataset.name}` are good: a rule could not be evaluated"
        raise BadDataError(why, where=where, hint="Test it against its own contract.")
    return None
