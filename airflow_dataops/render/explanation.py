"""Checks explained: lines for people, plain JSON types for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

    from airflow_dataops.core.checks.explanation import Explanation

INDENT = " " * 4


def explanation_lines(head: str, found: Sequence[Explanation], *, over: str) -> RenderableType:
    """Return two head lines, and a block for each check: its id, words, what becomes of rows, its query.

    Nothing is cut: what is longer than a line goes on in the next.

    Args:
        head: What the checks are of.
        found: The checks, explained.
        over: The table that the queries are asked of.
    """
    blocks = (part for one in found for part in _block(one))
    return Group(Text(head, style="bold"), Text(over, style="dim"), Text(), *blocks)


def _block(one: Explanation) -> Iterable[RenderableType]:
    yield Text.assemble((one.rule, "cyan"), "  ", one.words, overflow="fold")
    if one.description:
        yield Padding(
            Text(" ".join(one.description.split()), style="italic", overflow="fold"), (0, 0, 0, len(INDENT))
        )
    yield Text(f"{INDENT}→ {one.consequence}", style="dim")
    if one.sql:
        # Its lines are not broken, so that it can be copied.
        sql = "\n".join(f"{INDENT}{line}" for line in one.sql.splitlines())
        yield Text(sql, style="green", no_wrap=True, overflow="ignore")
    elif one.reason:
        yield Text(f"{INDENT}no SQL: {one.reason}", style="dim", overflow="fold")
    yield Text()


def explanation_rows(found: Iterable[Explanation]) -> list[dict[str, object]]:
    """Return one object of plain JSON types for each check; null for what it doesn't have."""
    return [{key: value or None for key, value in asdict(one).items()} for one in found]
