"""Draft a dataset's promises from its rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from airflow_dataops.core.contract.header import SEPARATORS, is_like_a_value, separator_of
from airflow_dataops.core.contract.infer import infer
from airflow_dataops.core.landing import Format
from airflow_dataops.errors import BadDataError

if TYPE_CHECKING:
    from airflow_dataops.core.contract.infer import Guessed
    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.core.contract.profile import Profile
    from airflow_dataops.core.rows.relation import Landed
    from airflow_dataops.usecases.ports.profiler import Profiler


def draft(
    relation: Landed,
    *,
    name: str,
    values: bool,
    profiler: Profiler,
    header_is_sure: bool = False,
    delimiter_is_sure: bool = False,
) -> tuple[Guessed, Profile]:
    """Profile files, and guess what a contract could promise of them.

    Args:
        relation: The files.
        name: What the dataset shall be called.
        values: Whether few different values may be listed.
        profiler: Looks at the rows.
        header_is_sure: Whether the names in the header of CSV are names, even where they look like values.
        delimiter_is_sure: Whether a CSV with one column has one, even where its name looks like several.

    Raises:
        BadDataError: If there is no row, a file can't be read, its header looks like a record, or its one
            column like several.
        BrokenWorldError: If a file can't be reached.
    """
    profile = profiler.profile(relation, values=values)
    dialect, where = relation.dialect, relation.parts[0].name
    if dialect.format is Format.CSV and dialect.header and not delimiter_is_sure:
        refuse_separated(profile, where=where)
    if not profile.rows:
        refuse_empty(profile, where=where)
    guessed = infer(profile, name)
    if dialect.format is Format.CSV and dialect.header and not header_is_sure:
        refuse_record(guessed.dataset, where=where)
    return guessed, profile


def refuse_empty(profile: Profile, *, where: str) -> NoReturn:
    """Refuse files of which no line could be read as a row.

    Raises:
        BadDataError: In any case.
    """
    if not profile.unparsable:
        what = "there is no row: nothing can be told of the columns"
        raise BadDataError(what, where=where, hint="Give a file with some rows.")
    what = "no line below the header is a record: nothing can be told of the columns"
    hint = "Say how the file is written, where it is another way: --delimiter, --quote, --encoding."
    raise BadDataError(what, where=where, hint=hint)


def refuse_separated(profile: Profile, *, where: str) -> None:
    """Refuse one column whose name looks like several ones: the contract would promise whole lines.

    Raises:
        BadDataError: If it does.
    """
    if len(profile.columns) != 1:
        return
    (column,) = profile.columns
    if found := separator_of(column.name):
        say = SEPARATORS[found]
        what = f"its one column looks like several, with `{say}` between them"
        hint = f"Say --delimiter '{say}'; or --delimiter ',' where it is one."
        raise BadDataError(what, where=where, hint=hint)


def refuse_record(dataset: Dataset, *, where: str) -> None:
    """Refuse columns whose names look like values: the contract would hold those of somebody's row.

    Raises:
        BadDataError: If one does.
    """
    for at, column in enumerate(dataset.columns, start=1):
        pattern = column.options.pattern or ""
        coded = "[0-9]" in pattern and re.fullmatch(pattern, column.name)
        if coded or is_like_a_value(column.name):
            raise BadDataError(
                f"the first line looks like a record: column {at} has a value where its name should be",
                where=where,
                hint="Say --no-header where the file has no header, or --header where that is its name.",
            )
