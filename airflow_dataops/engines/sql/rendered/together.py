"""All checks that one row keeps or breaks by itself, counted in one pass over the table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.rendered.words import number
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.engines.sql.rendered.rendering import Rendering

ALL_ROWS = "all_rows"
"""The number of all rows."""

LONGEST = 60
"""Characters of a column's name: PostgreSQL has 63, the others more."""


@dataclass(frozen=True, slots=True)
class Together:
    """A query that counts the rows that break each of several checks.

    Args:
        sql: The query: one row, with the number of all rows first.
        names: Column of the query -> id of the check whose failing rows it counts.
    """

    sql: str
    names: Mapping[str, str]


def together(checks: Iterable[Check], rendering: Rendering) -> Together | None:
    """Return the query of all checks that no other row has a part in; None where there is none.

    Those that the database can't say are left out, as they are where each has its query.
    """
    names: dict[str, str] = {}
    numbers = [exp.alias_(exp.Count(this=exp.Star(), big_int=True), ALL_ROWS, quoted=True)]
    for check in checks:
        try:
            condition = rendering.broken(check)
        except NotEvaluatedError:
            continue
        if condition is not None:
            name = _free(check.id, {ALL_ROWS, *names})
            names[name] = check.id
            hit = exp.case().when(condition, number("1"))
            numbers.append(exp.alias_(exp.Count(this=hit, big_int=True), name, quoted=True))
    if not names:
        return None
    return Together(rendering.written(exp.select(*numbers).from_(rendering.table)), names)


def _free(rule: str, taken: set[str]) -> str:
    """Return a name for the column of a rule that every database takes, and that isn't taken."""
    name = re.sub(r"[^a-z0-9_]", "_", rule.lower())[:LONGEST]
    name = name if name[:1].isalpha() else f"rule_{name}"[:LONGEST]
    if name not in taken:
        return name
    numbered = (f"{name[: LONGEST - len(str(at)) - 1]}_{at}" for at in range(2, len(taken) + 3))
    return next(one for one in numbered if one not in taken)
