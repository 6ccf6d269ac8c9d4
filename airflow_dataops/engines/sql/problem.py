"""Which checks can't be evaluated at all, told apart before the rows are read, so that they hurt no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.checks import inside
from airflow_dataops.core.checks.spec import Inside, Matches, OneOf
from airflow_dataops.engines.sql.judging import key_of, reading
from airflow_dataops.engines.sql.lower import lower
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.engines.sql.judging import Shape
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
        try:
            lower(check.promise, reading(check, shape))
        except NotEvaluatedError as error:
            yield check.id, error.what
            continue
        if isinstance(check.promise, Matches) and not compiles(check.promise.pattern):
            yield check.id, UNREAD.format(reader)
        column_type = reading(check, shape).type
        for value in check.promise.values if isinstance(check.promise, OneOf) else ():
            if not has_value(value, column_type):
                yield check.id, f"the rule lists {value!r}, which is no {column_type}"
                break
    for check in shape.plan.nested:
        if why := inside.problem(check) or _untried(check, shape.spelling, compiles, reader):
            yield check.id, why
    names = shape.planned.keys()
    for check in shape.plan.groups:
        if not names >= set(key_of(check)):
            yield check.id, NO_COLUMN


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
