"""What is inside columns of JSON, judged in SQLite by the one reader of JSON that there is."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

from airflow_dataops.core.checks.inside import Judge
from airflow_dataops.engines.sql.sqlite import functions, names
from airflow_dataops.engines.sql.sqlite.words import call, literal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from sqlglot import exp

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.warehouse.database import Connection


def inside(
    connection: Connection, number: int, checks: Sequence[Check]
) -> Callable[[exp.Expr, int], exp.Expr]:
    """Return what says of a text of JSON, and the position of a check, whether the text breaks the check.

    Args:
        connection: A settled connection, which gets a function for it.
        number: What the function is told apart by.
        checks: Checks of what is inside one column.
    """
    judge = Judge(checks)

    @lru_cache(maxsize=1)
    def broken(text: str) -> frozenset[int]:
        """Return the positions of all checks that a text breaks; the next one is asked of the same text."""
        found = judge.judge(text)
        lacking = {at for at, inner in found.sought if not functions.found(inner, judge.patterns[at])}
        return frozenset(found.broken | lacking)

    def breaks(text: str | None, at: int) -> bool | None:
        return None if text is None else at in broken(text)

    name = f"{names.INSIDE}_{number}"
    cast("sqlite3.Connection", connection).create_function(name, 2, breaks, deterministic=True)
    return lambda text, at: call(name, text, literal(at))
