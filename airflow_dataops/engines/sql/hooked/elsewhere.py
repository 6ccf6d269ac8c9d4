"""Rules that are judged elsewhere alone: by another tool, the reader of JSON, or over more than the row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.checks.spec import Custom, Inside, RowQuery

if TYPE_CHECKING:
    from airflow_dataops.core.checks.spec import Check


def elsewhere(check: Check, *, title: str, inside: bool) -> str:
    """Return why a check can't be judged where rows stay in a database; empty where it may be.

    Args:
        check: The check.
        title: The database, as people call it.
        inside: Whether it judges what is inside JSON.
    """
    match check.promise:
        case Inside() if not inside:
            return f"what is inside JSON can't be judged where rows stay in {title}: give them as files"
        case Custom(engine):
            return f"the rules of {engine} can't run where rows stay in {title}: write them as SQL rules"
        case RowQuery(reads=reads) if reads:
            names = ", ".join(reads)
            return f"in {title} a rule that names rows looks at the row alone, not at {names}"
        case _:
            return ""
