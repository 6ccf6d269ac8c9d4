"""Which columns have a value in some record: by a look at the first rows, then at all of those in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.engines.sql import judging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlglot import exp

    from airflow_dataops.engines.sql.shape import Shape

FIRST = 1000
"""Rows in which most columns have a value."""


def filled_columns(
    shape: Shape,
    names: Sequence[str],
    numbers: Callable[[exp.Select], tuple[int, ...]],
    *,
    of: str = judging.JUDGED,
    known: Iterable[str] = (),
    looks: tuple[int | None, ...] = (FIRST, None),
) -> frozenset[str]:
    """Return those of some columns that have a value in some record.

    Args:
        shape: The columns and the plan.
        names: Columns of the plan.
        numbers: Answers a SELECT of one row of numbers.
        of: The table: JUDGED, or READ.
        known: Columns that are known to have one.
        looks: At how many rows is looked for those in doubt, one after the other; None for all.
    """
    found = set(known)
    for most in looks:
        doubtful = [name for name in names if name not in found]
        if doubtful:
            counts = numbers(judging.filled(shape, doubtful, most=most, of=of))
            found |= {name for name, count in zip(doubtful, counts, strict=True) if count}
    return frozenset(found)
