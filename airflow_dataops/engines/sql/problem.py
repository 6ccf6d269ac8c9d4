"""Which checks can't be evaluated at all, told apart before the rows are read, so that they hurt no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks import inside
from airflow_dataops.core.checks.spec import Inside, Matches, NotLonger, NotNull, NotShorter, OneOf
from airflow_dataops.engines.sql.judging import reading
from airflow_dataops.engines.sql.lower import lower
from airflow_dataops.engines.sql.shape import key_of
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from airflow_dataops.core.checks.spec import Check, Promise
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.engines.sql.shape import Shape
    from airflow_dataops.engines.sql.spelling import Spelling

NO_COLUMN = "the rule speaks of a column that the contract doesn't have"

UNREAD = "the pattern is not one that {} reads"


def problems(
    shape: Shape,
    *,
    compiles: Callable[[str], bool],
    has_value: Callable[[str, ColumnType], bool],
    reader: str = "RE2",
) -> Iterator[tuple[str, str]]:
    """Yield the id of each check that marks rows and can't be evaluated, and why.

    Args:
        shape: The columns and the plan; what it says of problems is not read.
        compiles: Whether the database reads a pattern.
        has_value: Whether a text is a value of a type.
        reader: Who reads patterns.
    """
    for check in shape.plan.rows:
        if why := _of_row(check, shape, compiles=compiles, has_value=has_value, reader=reader):
            yield check.id, why
    for check in shape.plan.nested:
        if why := inside.problem(check) or _untried(check, shape.spelling, compiles, reader):
            yield check.id, why
    names = shape.planned.keys()
    for check in shape.plan.groups:
        if not names >= set(key_of(check)):
            yield check.id, NO_COLUMN


def _of_row(
    check: Check,
    shape: Shape,
    *,
    compiles: Callable[[str], bool],
    has_value: Callable[[str, ColumnType], bool],
    reader: str,
) -> str:
    """Return why a check of one row by itself can't be evaluated; empty when it can."""
    try:
        known = reading(check, shape)
        lower(check.promise, known)
    except NotEvaluatedError as error:
        return error.what
    if why := _apart(check, shape, shape.columns):
        return why
    if isinstance(check.promise, Matches) and not compiles(check.promise.pattern):
        return UNREAD.format(reader)
    listed = check.promise.values if isinstance(check.promise, OneOf) else ()
    for value in () if known.type.is_text else listed:  # every text is one
        if not has_value(value, known.type):
            return f"the rule lists {value!r}, which is no {known.type}"
    return ""


def texts_apart(shape: Shape, columns: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the id of each check that asks for a text which databases write otherwise, and why it can't.

    Args:
        shape: The columns and the plan.
        columns: Name -> type of the columns of a file in which some of the rows are.
    """
    for check in shape.plan.rows:
        if {check.column} <= columns.keys() & shape.planned.keys() and (why := _apart(check, shape, columns)):
            yield check.id, why


def _apart(check: Check, shape: Shape, columns: Mapping[str, str]) -> str:
    why = shape.spelling.apart(columns[check.column])
    return why if why and _asks_text(check.promise, reading(check, shape).type) else ""


def _asks_text(promise: Promise, column_type: ColumnType) -> bool:
    """Say whether a promise hangs on how the text of a value is written."""
    if isinstance(promise, NotNull):
        return bool(promise.missing)
    asks = isinstance(promise, Matches | NotShorter | NotLonger)
    return asks or (isinstance(promise, OneOf) and column_type.is_text)


def _untried(check: Check, spelling: Spelling, compiles: Callable[[str], bool], reader: str) -> str:
    """Return why the pattern of a check of what is inside JSON can't be tried; empty when it can."""
    if not isinstance(check.promise, Inside) or not isinstance(check.promise.promise, Matches):
        return ""
    pattern = check.promise.promise.pattern
    try:
        spelling.found(exp.column("text"), pattern)
    except NotEvaluatedError as error:
        return error.what
    return "" if compiles(pattern) else UNREAD.format(reader)
