"""The rows that a filter leaves to a rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.checks.metric import Measured
    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.engines.sql.shape import Mark, Shape


@dataclass(frozen=True, slots=True)
class Left:
    """What a filter leaves.

    Args:
        column: The mark of its rows; a table called so has their ROWs, unless there is a problem.
        rows: How many.
        problem: Why that can't be told; empty otherwise.
    """

    column: str
    rows: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """What the rules that name rows by other means than the one pass came to.

    Args:
        marks: A mark for each rule that names rows; its table is there.
        measured: Id of each such check -> what was measured.
        filters: Filter -> the rows that it leaves.
    """

    marks: tuple[Mark, ...]
    measured: Mapping[str, Measured]
    filters: Mapping[str, Left]


def left(column: str, found: Measured) -> Left:
    """Return what a filter leaves, as it was measured."""
    return Left(column, int(found.number or 0), f"its filter: {found.problem}" if found.problem else "")


def told(shape: Shape, *, marks: tuple[Mark, ...], filters: Mapping[str, Left]) -> Shape:
    """Return a shape that knows its named marks, its filters, and the checks whose filter can't be told."""
    unknown = {
        check.id: filters[check.filter].problem
        for check in (*shape.plan.rows, *shape.plan.groups)
        if check.filter and filters[check.filter].problem
    }
    return replace(
        shape,
        named=marks,
        filters={text: found.column for text, found in filters.items() if not found.problem},
        problems={**unknown, **shape.problems},
    )


def checked(check: Check, *, filters: Mapping[str, Left], records: int) -> int:
    """Return how many rows a check looks at."""
    return filters[check.filter].rows if check.filter else records
