"""Products, their values, and templates: tables for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def written(value: object) -> str:
    """Return a value of plain JSON types as a pipeline file may have it."""
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Return a table; what is too wide is folded, never cut.

    Args:
        columns: The names of the columns.
        rows: The cells.
    """
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for name in columns:
        made.add_column(name, overflow="fold")
    for row in rows:
        made.add_row(*map(Text, row))
    return made
