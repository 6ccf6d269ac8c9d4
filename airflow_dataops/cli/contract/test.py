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
from airflow_dataops.cli.wrong_call import WrongCallError
from airflow_dataops.core.batch import segment
from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.words import sentence
from airflow_dataops.core.rows.failing_row import json_lines
from airflow_dataops.core.rows.failing_row import sentence as told
from airflow_dataops.core.trial import Trial, worst
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.render.trial import Said
from airflow_dataops.usecases.contracts.test import test
from airflow_dataops.wiring import handouts

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.core.rows.failing_row import FailingRows
    from airflow_dataops.core.rows.others import Others


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `file`, `data`, `dataset`, `rule`, `dimension`, `quarantine`, `keys`, `most_keys`, `time_limit`,
            `output_format`, and how the files are written.

    Raises:
        DocumentError: If the contract is wrong.
        WrongCallError: If it has no such dataset or rule.
        SettingsError: If it can't be tested on such files.
        BrokenWorldError: If a file can't be read, or the bad rows can't be kept or named.
    """
    contract, warnings = read_contract(args.file)
    given = of_datasets(args.data, contract, others=elsewhere(contract))
    datasets = datasets_of(contract, args.dataset or ())
    spared = (args.file, *(file for files in given.values() for file in files))
    check_places(args, datasets, spared=spared)
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
        found = tuple(
            tried(dataset, given.get(dataset.name, ()), asked=asked[dataset.name], others=others, bench=bench)
            for dataset in datasets
            if asked[dataset.name]
        )
    trials = tuple(trial for trial, _ in found)
    said = {
        dataset.name: {
            check.id: Said(sentence(check), check.place, check.description) for check in derive(dataset)
        }
        for dataset in datasets
    }
    FORMATS[args.output_format](contract, trials, said)
    if args.keys:
        failing = {trial.dataset: rows for trial, rows in found}
        name_failing(failing, datasets, to=args.keys, spared=spared)
    if warnings:
        many = "promise of the contract is" if len(warnings) == 1 else "promises of the contract are"
        sys.stderr.write(f"{len(warnings)} {many} not enforced: `contract explain` lists them.\n")
    return CODES[worst({trial.status for trial in trials})]


def asked_for(
    datasets: Sequence[Dataset], *, rules: Sequence[str], dimensions: Sequence[str], where: str
) -> dict[str, frozenset[str]]:
    """Return, of each dataset, the ids of the rules that there shall be a verdict on.

    Raises:
        WrongCallError: If there is no such rule, or none of such a dimension.
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
        raise WrongCallError(what, where=where, hint="`contract explain` lists the rules.")
    return asked


def tried(
    dataset: Dataset, files: tuple[str, ...], *, asked: frozenset[str], others: Others, bench: Bench
) -> tuple[Trial, FailingRows | None]:
    """Test the files of one dataset, and keep its bad rows where that is asked for; name the failing ones."""
    if not files:
        return Trial(dataset=dataset.name, data=(), outcomes=()), None
    relation = bench.relation(files)
    split = None if bench.quarantine is None else bench.split()
    with working(", ".join(files)):
        trial, failing = test(
            relation,
            dataset=dataset,
            checks=run_for(derive(dataset), asked),
            asked=asked,
            split=split,
            others=others,
            keys=bench.keys,
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
    if bench.quarantine is not None and split is not None and trial.bad:
        keep(split.bad, bench.quarantine, dataset.name)
    if bench.quarantine is not None and not trial.parted:
        sys.stderr.write(f"{dataset.name}: no row is put into quarantine, for rows could not be judged.\n")
    return trial, failing


def check_places(args: Namespace, datasets: Sequence[Dataset], *, spared: Sequence[str]) -> None:
    """Refuse places where something lies that no earlier test wrote, before a row is read.

    Args:
        args: `keys`, `quarantine`.
        datasets: Whose bad rows may be kept.
        spared: The data and the contract.

    Raises:
        SettingsError: If one is refused.
        BrokenWorldError: If one can't be looked at.
    """
    if args.keys:
        handouts.check_key_lines(args.keys, spared=spared)
    if args.quarantine:
        for dataset in datasets:
            handouts.check_bad_rows(str(kept(Path(args.quarantine), dataset.name)), spared=spared)


def name_failing(
    failing: Mapping[str, FailingRows | None], datasets: Sequence[Dataset], *, to: str, spared: Sequence[str]
) -> None:
    """Write which rows of each dataset broke a rule, and say how many; nothing, where no row was judged.

    Raises:
        SettingsError: If something lies there that no earlier test wrote.
        BrokenWorldError: If it can't be written.
    """
    known = {dataset: rows for dataset, rows in failing.items() if rows is not None}
    if known:
        lines = (json_lines(known[one.name], one) for one in datasets if one.name in known)
        handouts.write_key_lines("".join(lines), to=to, spared=spared)
    sys.stderr.write(f"{told(tuple(failing.values()), place=to, setting='--most-keys')}\n")


def run_for(checks: Sequence[Check], asked: frozenset[str]) -> tuple[Check, ...]:
    """Return the checks that have to be run for some: a rule about all rows speaks of those that are good."""
    wanted = tuple(check for check in checks if check.id in asked)
    return wanted if all(check.judges_rows for check in wanted) else tuple(checks)


def kept(folder: Path, dataset: str) -> Path:
    """Return the file of the bad rows of a dataset."""
    return folder / f"{segment(dataset)}.parquet"


def keep(bad: str, folder: Path, dataset: str) -> None:
    """Put the bad rows into a folder, in the place of those of an earlier test.

    Raises:
        BrokenWorldError: If they can't be written.
    """
    place = kept(folder, dataset)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.move(bad, place)
    except OSError as error:
        raise BrokenWorldError(f"the bad rows can't be kept: {error.strerror}", where=str(place)) from None
    sys.stderr.write(f"The bad rows are in {place}, each with its line and the rules that it broke.\n")
