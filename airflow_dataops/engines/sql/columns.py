"""Whether the columns of a relation are those that its contract needs, each to be told from the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.naming import RESERVED_PREFIX
from airflow_dataops.core.rows.relation import Arrived, InPlace
from airflow_dataops.errors import BadDataError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.rows.relation import Relation


def check_columns(relation: Relation, columns: Iterable[str], *, wanted: Iterable[str]) -> None:
    """Refuse a relation whose columns don't fit.

    The names in a header may be values, where the header was left out, so positions stand in for them. Those
    of a transformation's result are the team's own.

    Args:
        relation: The relation.
        columns: The names of its columns, in its order.
        wanted: The names of the contract's columns.

    Raises:
        BadDataError: If columns of the contract are missing, names are reserved, or those of a header differ
            from each other in upper and lower case only. A transformation's result never has such names.
    """
    names = tuple(columns)
    there = set(names)
    missing = tuple(name for name in wanted if name not in there)
    if isinstance(relation, Arrived):
        _check_header(names, missing)
    elif isinstance(relation, InPlace):
        _check_table(missing)
    else:
        _check_result(names, missing)


def _check_header(names: tuple[str, ...], missing: tuple[str, ...]) -> None:
    if missing:
        what = (
            f"the columns {_listed(missing)} are missing" if names else "the file is empty, without a header"
        )
        raise BadDataError(what, hint="Have them sent, or take them out of the contract.")
    for position, name in enumerate(names, start=1):
        if is_reserved(name):
            what = f"the name of column {position} of the header starts with {RESERVED_PREFIX!r}"
            raise BadDataError(what, hint="Have the column renamed: such names are reserved.")
    for first, second in _alike(names):
        what = f"columns {first + 1} and {second + 1} of the header differ in upper and lower case only"
        raise BadDataError(what, hint="Have one of them renamed.")


def _check_table(missing: tuple[str, ...]) -> None:
    """Refuse a table that lacks columns. How it calls the others is the team's affair."""
    if missing:
        what = f"the columns {_listed(missing)} are missing"
        raise BadDataError(what, hint="Have them added, or take them out of the contract.")


def _check_result(names: tuple[str, ...], missing: tuple[str, ...]) -> None:
    if missing:
        what = f"the result of the transformation lacks the columns {_listed(missing)}"
        hint = "Select them in transform.sql, or take them out of the contract."
        raise BadDataError(what, hint=hint)
    reserved = tuple(name for name in names if is_reserved(name))
    if reserved:
        what = f"the result of the transformation has the columns {_listed(reserved)}"
        raise BadDataError(what, hint=f"Names that start with {RESERVED_PREFIX!r} are reserved: rename them.")


def _alike(names: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return the positions, from 0, of two names that differ in case only, for each that was there before."""
    first: dict[str, int] = {}
    pairs = [(first.setdefault(name.casefold(), at), at) for at, name in enumerate(names)]
    return [(before, at) for before, at in pairs if before < at]


def is_reserved(name: str) -> bool:
    """Say whether a column is called as those are that are ours."""
    return name.casefold().startswith(RESERVED_PREFIX)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(repr, names))
