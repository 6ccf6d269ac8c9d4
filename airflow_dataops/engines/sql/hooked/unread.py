"""Columns of texts in which values lie that have no text, such as bytes: no check of them says a thing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks.spec import Query, References, RowQuery, Unique
from airflow_dataops.core.checks.unjudged import UNJUDGED
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from airflow_dataops.core.checks.metric import Measured
    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.engines.sql.hooked.system import System
    from airflow_dataops.engines.sql.shape import Shape


def unread(shape: Shape, system: System) -> dict[str, exp.Expr]:
    """Return each column of texts that may hold such values -> whether a row of INCOMING has one there."""
    found = {}
    for column in shape.plan.columns:
        at = shape.positions[column.name]
        told = system.unread(exp.column(f"s{at}"), shape.columns[column.name])
        if column.type.is_text and told is not None:
            found[column.name] = told
    return found


def without_unread(
    measured: Mapping[str, Measured], checks: Iterable[Check], found: Mapping[str, int], system: System
) -> dict[str, Measured]:
    """Return measurements, without those that hang on columns in which such values were found.

    Args:
        measured: Id of each check -> what was measured.
        checks: The checks.
        found: Column -> rows that have such a value there.
        system: The database.
    """
    known = dict(measured)
    for check in checks:
        told = [name for name, rows in found.items() if rows and _looks_at(check, name)]
        problem = known[check.id].problem
        if told and (not problem or problem.startswith(UNJUDGED)):  # its own reason says more
            rows = found[told[0]]
            what = f"{system.unread_as} in {'a row' if rows == 1 else f'{rows} rows'} of `{told[0]}`"
            known[check.id] = replace(
                known[check.id], number=None, failing=0, problem=f"there is {what}, which has no text"
            )
    return known


def unreadable(shape: Shape, system: System) -> dict[str, str]:
    """Return each column of the plan that the database can't read at all -> why."""
    found = {}
    for column in shape.plan.columns:
        source, kind = exp.column(f"s{shape.positions[column.name]}"), shape.columns[column.name]
        try:
            system.spelling.text_of(source, kind)
            system.spelling.value_of(source, kind, column.type)
        except NotEvaluatedError as error:
            found[column.name] = error.what
    return found


def checks_of(names: Collection[str], checks: Iterable[Check]) -> dict[str, str]:
    """Return the id of each check that hangs on one of some columns -> the column."""
    return {check.id: name for check in checks for name in names if _looks_at(check, name)}


def _looks_at(check: Check, name: str) -> bool:
    """Say whether a check hangs on a column; of SQL, whether it may."""
    text = (
        f"{check.promise.sql} {check.filter}" if isinstance(check.promise, Query | RowQuery) else check.filter
    )
    if name.casefold() in text.casefold():
        return True
    match check.promise:
        case Unique(columns) | References(columns):
            return name in columns
        case promise:
            return getattr(promise, "column", None) == name
