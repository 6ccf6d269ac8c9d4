"""Files of data that a command is given: which dataset they are of, and how they are written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.contract.promised import unknown
from airflow_dataops.cli.wrong_call import WrongCallError
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.form import form
from airflow_dataops.core.rows.relation import Landed, LandedPart
from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Sequence

    from airflow_dataops.core.contract.model import Contract

PLAIN = re.compile(r"[\w .#-]+")
"""What stands before `=` where it is the name of a dataset, and no part of a path."""

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
"""How an address begins that is no path of this machine."""

PACKED = (".gz", ".zip")

FORMATS: dict[str, Format] = {
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".txt": Format.CSV,
    ".json": Format.JSON_LINES,
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
    ".parquet": Format.PARQUET,
}
"""How a file's name ends -> what its rows are written in."""

TAB = "\t"
DELIMITERS = {"\\t": TAB, "tab": TAB}
"""Delimiters that a shell can't easily pass -> what they mean."""

ELSEWHERE = (
    "Delta tables and tables of a database are judged by the task `VerifyContractOperator`, frames by "
    "`@task.contract`: docs/howto/verify-contract.md."
)

PARQUET = b"PAR1"
"""How a Parquet file begins."""


def of_datasets(
    given: Iterable[str], contract: Contract, *, others: Iterable[str] = ()
) -> dict[str, tuple[str, ...]]:
    """Return the files of each dataset that some are given for.

    Args:
        given: `F`, where the contract has one dataset, or `dataset=F`.
        contract: The contract.
        others: What datasets of other contracts are called that its keys lead to: `file#name`. The name alone
            will do, where no other dataset has it.

    Raises:
        WrongCallError: If it can't be told which dataset a file is of.
    """
    names = [dataset.name for dataset in contract.datasets]
    far = list(others)
    ends = [other.rpartition("#")[2] for other in far]
    meant = {
        **{end: other for end, other in zip(ends, far, strict=True) if ends.count(end) == 1},
        **{name: name for name in (*far, *names)},
    }
    found: dict[str, tuple[str, ...]] = {}
    for one in given:
        name, separator, path = one.partition("=")
        if separator and name in meant:
            name = meant[name]
        elif len(names) == 1 and (not separator or not PLAIN.fullmatch(name) or Path(one).exists()):
            name, path = names[0], one
        elif not separator:
            hint = f"Write `--data {names[0]}={one}`; there are: {', '.join(names)}."
            what = "the contract has several datasets, and it is not said of which the file is"
            raise WrongCallError(what, where=one, hint=hint)
        else:
            raise unknown("dataset", name, meant, where=contract.place)
        found[name] = (*found.get(name, ()), path)
    return found


def landed_files(paths: Sequence[str], args: Namespace, *, header: bool = True) -> Landed:
    """Return files as rows that landed.

    Args:
        paths: At least one.
        args: `format`, `delimiter`, `quote`, `encoding`.
        header: Whether each starts with the names of its columns.

    Raises:
        BrokenWorldError: If one can't be read.
        SettingsError: If it can't be told how one is written, or two are written in different formats.
    """
    for path in paths:
        if ADDRESS.match(path):
            what = "only files on this machine are read here, and this is an address"
            hint = "Copy the file here; in a DAG `VerifyContractOperator` looks at it where it is."
            raise SettingsError(what, where=path, hint=hint)
    formats = {path: _format(Path(path), args.format) for path in paths}
    if len(set(formats.values())) > 1:
        raise SettingsError(
            "the files are of several formats", where=", ".join(paths), hint="Test them one after the other."
        )
    (found,) = set(formats.values())
    usual = TAB if all(_plain(Path(path)).endswith(".tsv") for path in paths) else ","
    given = args.delimiter or usual
    dialect = Dialect(
        format=found,
        delimiter=DELIMITERS.get(given, given),
        encoding=args.encoding,
        quote=args.quote,
        header=header,
    )
    if found is not Format.PARQUET:
        form(dialect)
    parts = tuple(LandedPart(str(Path(path).absolute()), Path(path).name) for path in paths)
    return Landed(uri=parts[0].uri, parts=parts, dialect=dialect)


def _format(path: Path, given: str | None) -> Format:
    start = _start(path)
    if given is not None:
        return Format(given)
    found = FORMATS.get(Path(_plain(path)).suffix)
    if found is None:
        hint = f"Say it with --format: {Format.CSV}, {Format.JSON_LINES} or {Format.PARQUET}."
        raise SettingsError("the name doesn't say how the file is written", where=str(path), hint=hint)
    if start and (start == PARQUET) != (found is Format.PARQUET):
        not_so = "begins as a Parquet file does" if start == PARQUET else "doesn't begin as Parquet files do"
        raise SettingsError(
            f"by its name the file is {found}, and it {not_so}",
            where=str(path),
            hint="Rename it, or say what it is with --format.",
        )
    return found


def _plain(path: Path) -> str:
    """Return a name without the end that says how the file is packed, in lower case."""
    name = path.name.lower()
    return next((name.removesuffix(end) for end in PACKED if name.endswith(end)), name)


def stem(path: Path) -> str:
    """Return a file's name without the ends that say how it is written and packed."""
    plain = path.name[: len(_plain(path))]
    return Path(plain).stem if Path(plain).suffix.lower() in FORMATS else plain


def _start(path: Path) -> bytes:
    try:
        if not path.is_file():
            what, hint = "there is no such file", "Name a file of data."
            if path.exists():
                what, hint = "this is no file", f"Name a file of data. {ELSEWHERE}"
            raise BrokenWorldError(what, where=str(path), hint=hint)
        with path.open("rb") as file:
            return file.read(len(PARQUET))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no file can have this name"
        raise BrokenWorldError(f"the file can't be read: {why}", where=str(path)) from None
