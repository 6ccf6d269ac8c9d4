"""`contract test`: files against a contract, by the engine that judges batches."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.contract.bench import Bench, working
from airflow_dataops.cli.contract.data import of_datasets
from airflow_dataops.cli.contract.hints import hints
from airflow_dataops.cli.contract.lookup import elsewhere, looked_up
from airflow_dataops.cli.contract.promised import datasets_of, unknown
from airflow_dataops.cli.contract.test_format import CODES, FORMATS
from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.words import sentence
from airflow_dataops.core.trial import Trial, worst
from airflow_dataops.documents.odcs import read_contract
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.render.trial import Said
from airflow_dataops.usecases.test import test

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.core.rows.others import Others


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `file`, `data`, `dataset`, `rule`, `dimension`, `quarantine`, `output_format`, and how the files
            are written.

    Raises:
        DocumentError: If the contract is wrong.
        SettingsError: If it has no such dataset or rule, or can't be tested on such files.
        BrokenWorldError: If a file can't be read, or the bad rows can't be kept.
    """
    contract, warnings = read_contract(args.file)
    given = of_datasets(args.data, contract, others=elsewhere(contract))
    datasets = datasets_of(contract, args.dataset or ())
    asked = asked_for(datasets, rules=args.rule or (), dimensions=args.dimension or (), where=contract.place)
    with tempfile.TemporaryDirectory(prefix="dataops-") as folder:
        bench = Bench(Path(folder), args)
        wanted = [
            name
            for dataset in datasets
            if given.get(dataset.name)
            for check in run_for(derive(dataset), asked[dataset.name])
            for name in check.reads
        ]
        others = looked_up(contract, wanted, given, bench)
        trials = tuple(
            tried(dataset, given.get(dataset.name, ()), asked=asked[dataset.name], others=others, bench=bench)
            for dataset in datasets
            if asked[dataset.name]
        )
    said = {
        dataset.name: {
            check.id: Said(sentence(check), check.place, check.description) for check in derive(dataset)
        }
        for dataset in datasets
    }
    FORMATS[args.output_format](contract, trials, said)
    if warnings:
        many = "promise of the contract is" if len(warnings) == 1 else "promises of the contract are"
        sys.stderr.write(f"{len(warnings)} {many} not enforced: `contract explain` lists them.\n")
    return CODES[worst({trial.status for trial in trials})]


def asked_for(
    datasets: Sequence[Dataset], *, rules: Sequence[str], dimensions: Sequence[str], where: str
) -> dict[str, frozenset[str]]:
    """Return, of each dataset, the ids of the rules that there shall be a verdict on.

    Raises:
        SettingsError: If there is no such rule, or none of such a dimension.
    """
    checks = {dataset.name: derive(dataset) for dataset in datasets}
    known = [check.id for found in checks.values() for check in found]
    for rule in rules:
        if rule not in known:
            raise unknown("rule", rule, known, where=where)
    asked = {
        name: frozenset(
            check.id
            for check in found
            if (not rules or check.id in rules) and (not dimensions or check.dimension in dimensions)
        )
        for name, found in checks.items()
    }
    if not any(asked.values()):
        what = f"there is no rule of the dimension {' or '.join(dimensions)}"
        raise SettingsError(what, where=where, hint="`contract explain` lists the rules.")
    return asked


def tried(
    dataset: Dataset, files: tuple[str, ...], *, asked: frozenset[str], others: Others, bench: Bench
) -> Trial:
    """Test the files of one dataset, and keep its bad rows where that is asked for."""
    if not files:
        return Trial(dataset=dataset.name, data=(), outcomes=())
    relation, split = bench.relation(files), bench.split()
    with working(", ".join(files)):
        trial = test(
            relation,
            dataset=dataset,
            checks=run_for(derive(dataset), asked),
            asked=asked,
            split=split,
            others=others,
            engine=bench.engine,
        )
    for hint in hints(trial, relation, dataset):
        sys.stderr.write(f"{hint}\n")
    run_all = run_for(derive(dataset), asked)
    if trial.rows and {check.id for check in run_all} != asked:
        sys.stderr.write(
            f"{dataset.name}: {len(asked)} of {len(run_all)} rules are shown, and all were run, since one of "
            "those speaks of the rows that are passed on: good and bad rows are by all of them.\n"
        )
    if bench.quarantine is not None and trial.bad:
        keep(split.bad, bench.quarantine, dataset.name)
    return trial


def run_for(checks: Sequence[Check], asked: frozenset[str]) -> tuple[Check, ...]:
    """Return the checks that have to be run for some: a rule about all rows speaks of those that are good."""
    wanted = tuple(check for check in checks if check.id in asked)
    return wanted if all(check.judges_rows for check in wanted) else tuple(checks)


def keep(bad: str, folder: Path, dataset: str) -> None:
    """Put the bad rows into a folder, in the place of those of an earlier test.

    Raises:
        BrokenWorldError: If they can't be written.
    """
    from airflow_dataops.core.batch import segment

    place = folder / f"{segment(dataset)}.parquet"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.move(bad, place)
    except OSError as error:
        raise BrokenWorldError(f"the bad rows can't be kept: {error.strerror}", where=str(place)) from None
    sys.stderr.write(f"The bad rows are in {place}, each with its line and the rules that it broke.\n")
