"""`contract init`: a contract to start with, guessed from a file of data."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.cli.contract.data import landed_files, stem
from airflow_dataops.cli.lint.report import plural
from airflow_dataops.cli.output import write
from airflow_dataops.cli.screen import console
from airflow_dataops.cli.wrong_call import WrongCallError
from airflow_dataops.documents.odcs.draft import contract_keys, dataset_keys
from airflow_dataops.documents.yaml.writer import yaml_text
from airflow_dataops.errors import SettingsError
from airflow_dataops.usecases.contracts.draft import draft
from airflow_dataops.wiring import engines
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from argparse import Namespace

    from airflow_dataops.core.contract.profile import Profile
    from airflow_dataops.core.rows.relation import Landed

OK = 0
"""Exit code."""

DATED = re.compile(r"[-_.]?(19|20)[0-9]{2}([-_.]?[0-9]{2}){0,2}([-_T.]?[0-9]{2,6})?$")
"""The end of a file's name that says which day it is of."""


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `data`, `output`, `name`, `values`, `header`, `no_header`, and how the file is written.

    Raises:
        SettingsError: If there are several files, the file can't be one of a contract, or the output is
            there already.
        BadDataError: If the file has no row, no header or one that looks like a record, or isn't what its
            name says.
        BrokenWorldError: If it can't be read, or the contract can't be written.
    """
    if len(args.data) > 1:
        what = f"{len(args.data)} files are given, and a contract is guessed from one"
        hint = "Give one, or start a contract for each, and put the entries of `schema` into one file."
        raise WrongCallError(what, where=", ".join(args.data), hint=hint)
    (data,) = args.data
    if args.header and args.no_header:
        raise WrongCallError("--header and --no-header say the opposite", where=data, hint="Leave one out.")
    relation = landed_files([data], args, header=not args.no_header)
    name = args.name or DATED.sub("", stem(Path(data))) or "dataset"
    text = contract_text(
        relation,
        name,
        values=args.values,
        header_is_sure=args.header,
        delimiter_is_sure=args.delimiter is not None,
    )
    write(text, args.output, replace=args.force)
    return OK


def contract_text(
    relation: Landed,
    name: str,
    *,
    values: bool = False,
    header_is_sure: bool = False,
    delimiter_is_sure: bool = False,
) -> str:
    """Return the text of a contract that is guessed from a file.

    Args:
        relation: The file.
        name: What contract and dataset are called.
        values: Whether few different values may be listed.
        header_is_sure: Whether the names in the header of CSV are names, even where they look like values.
        delimiter_is_sure: Whether a CSV with one column has one, even where its name looks like several.

    Raises:
        SettingsError: If a column has no name.
        BadDataError: If the file has no row, no header or one that looks like a record or like one column of
            several, or isn't what its name says.
        BrokenWorldError: If it can't be read.
    """
    data = relation.parts[0].name
    with tempfile.TemporaryDirectory(prefix="dataops-") as folder:
        settings = Settings(store_url="", zones_path=folder, lake_path=folder)
        with console(sys.stderr).status(f"Reading {data}"):
            guessed, profile = draft(
                relation,
                name=name,
                values=values,
                profiler=engines.profiler(settings),
                header_is_sure=header_is_sure,
                delimiter_is_sure=delimiter_is_sure,
            )
    blank = [at for at, column in enumerate(profile.columns, start=1) if not column.name.strip()]
    if blank:
        what = f"column {blank[0]} has no name that a contract could call it by"
        raise SettingsError(what, where=data, hint="Name it in the header.")
    keys = contract_keys(name, [dataset_keys(guessed.dataset, guessed.notes)])
    return yaml_text(keys, head=head(profile, data))


def head(profile: Profile, file: str) -> tuple[str, ...]:
    """Return the lines at the top of the contract."""
    left = f", and of lines that are no record {profile.unparsable:,}" if profile.unparsable else ""
    named = " ".join(file.split())
    return (
        f"Guessed from {named if named.isprintable() else 'a file'}: {plural(profile.rows, 'row')}{left}.",
        "Every `guess` holds for all of those rows, which is no promise yet: keep what is meant, drop the",
        "rest, and say what the data can't tell, as descriptions, bounds, and who answers for it.",
    )
