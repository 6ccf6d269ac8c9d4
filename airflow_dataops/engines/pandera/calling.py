"""What a broken rule of pandera is called: by its column and its check, never by a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airflow_dataops.engines.pandera.schema import WARNS

if TYPE_CHECKING:
    from pandera.api.checks import Check
    from pandera.errors import SchemaError

LONGEST = 80
"""Characters of a check's name: `isin` brings the whole list along."""

OF_A_COLUMN = frozenset({"COLUMN_NOT_IN_DATAFRAME", "COLUMN_NOT_IN_SCHEMA", "COLUMN_NOT_ORDERED"})
"""Reasons whose failure case is the name of a column."""

COERCION = "DATATYPE_COERCION"


def rule_of(error: SchemaError) -> str:
    """Return what a broken rule is called, such as `amount.greater_than(0)` or `adds up`."""
    column = column_of(error)
    label = _label(error)
    return f"{column}.{label}" if column else label


def column_of(error: SchemaError) -> str:
    """Return the column that an error speaks of; empty when it is about the frame."""
    reason = error.reason_code.name
    if reason in OF_A_COLUMN:
        return str(error.failure_cases)
    if not hasattr(error.schema, "columns"):
        return str(getattr(error, "column_name", None) or error.schema.name or "")
    cases = error.failure_cases
    if reason == COERCION and len(getattr(cases, "columns", ())) == 1:
        return str(cases.columns[0])  # polars coerces frames, and names the column there only
    return ""


def warns(error: SchemaError) -> bool:
    """Say whether the check was written to warn only."""
    return bool(getattr(error.check, WARNS, False))


def raised(error: SchemaError) -> str:
    """Return the name of what a check raised; its text may quote values."""
    name = re.match(r"\w+", str(error.failure_cases))
    return name[0] if name else "an error"


def _label(error: SchemaError) -> str:
    if error.reason_code.name == COERCION:
        return "coerce_dtype"
    if isinstance(error.check, str):
        return _short(error.check)
    label = _name(error.check)
    alike = [_name(check) for check in error.schema.checks[: error.check_index]].count(label)
    return f"{label}.{alike + 1}" if alike else label


def _name(check: Check) -> str:
    return _short(str(check.error or check.name or "check"))


def _short(name: str) -> str:
    line = " ".join(name.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
