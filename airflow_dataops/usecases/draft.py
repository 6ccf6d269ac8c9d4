"""Draft a dataset's promises from its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.infer import infer
from airflow_dataops.errors import BadDataError

if TYPE_CHECKING:
    from airflow_dataops.core.contract.infer import Guessed
    from airflow_dataops.core.contract.profile import Profile
    from airflow_dataops.core.rows.relation import Landed
    from airflow_dataops.usecases.ports import Profiler


def draft(relation: Landed, *, name: str, values: bool, profiler: Profiler) -> tuple[Guessed, Profile]:
    """Profile files, and guess what a contract could promise of them.

    Args:
        relation: The files.
        name: What the dataset shall be called.
        values: Whether few different values may be listed.
        profiler: Looks at the rows.

    Raises:
        BadDataError: If there is no row, or a file can't be read.
        BrokenWorldError: If a file can't be reached.
    """
    profile = profiler.profile(relation, values=values)
    if not profile.rows:
        what = "there is no row: nothing can be told of the columns"
        raise BadDataError(what, where=relation.parts[0].name, hint="Give a file with some rows.")
    return infer(profile, name), profile
