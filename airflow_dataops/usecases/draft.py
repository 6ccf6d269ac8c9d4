"""Draft a dataset's promises from its rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.header import is_like_a_value
from airflow_dataops.core.contract.infer import infer
from airflow_dataops.core.landing import Format
from airflow_dataops.errors import BadDataError

if TYPE_CHECKING:
    from airflow_dataops.core.contract.infer import Guessed
    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.core.contract.profile import Profile
    from airflow_dataops.core.rows.relation import Landed
    from airflow_dataops.usecases.ports import Profiler


def draft(
    relation: Landed, *, name: str, values: bool, profiler: Profiler, header_is_sure: bool = False
) -> tuple[Guessed, Profile]:
    """Profile files, and guess what a contract could promise of them.

    Args:
        relation: The files.
        name: What the dataset shall be called.
        values: Whether few different values may be listed.
        profiler: Looks at the rows.
        header_is_sure: Whether the names in the header of CSV are names, even where they look like values.

    Raises:
        BadDataError: If there is no row, a file can't be read, or its header looks like a record.
        BrokenWorldError: If a file can't be reached.
    """
    profile = profiler.profile(relation, values=values)
    if not profile.rows:
        what = "there is no row: nothing can be told of the columns"
        raise BadDataError(what, where=relation.parts[0].name, hint="Give a file with some rows.")
    guessed = infer(profile, name)
    dialect = relation.dialect
    if dialect.format is Format.CSV and dialect.header and not header_is_sure:
        refuse_record(guessed.dataset, where=relation.parts[0].name)
    return guessed, profile


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
