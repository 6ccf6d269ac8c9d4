"""What differs, as lines for people and as plain JSON types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.change import ABSENT
from airflow_dataops.render.products import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.core.change import Change


def difference_lines(changes: Iterable[Change]) -> Iterator[str]:
    """Yield a line for each change: `+` what came, `-` what went, `~` what is another value."""
    for change in changes:
        if change.old is ABSENT:
            yield f"+ {change.key}: {written(change.new)}"
        elif change.new is ABSENT:
            yield f"- {change.key}: {written(change.old)}"
        else:
            yield f"~ {change.key}: {written(change.old)} → {written(change.new)}"


def difference_rows(changes: Iterable[Change]) -> list[dict[str, object]]:
    """Return changes as plain JSON types; what is not there has no key."""
    return [
        {"key": change.key}
        | ({} if change.old is ABSENT else {"old": change.old})
        | ({} if change.new is ABSENT else {"new": change.new})
        for change in changes
    ]
