"""Which DAGs are watched."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TAG = "tag:"
"""What a tag is named by, such as `tag:critical`."""

OURS = "dataops"
"""The tag that every DAG of a data product has: they are watched without being named."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Which DAGs are watched besides those of data products.

    Args:
        names: Ids of DAGs; `*`, `?` and `[…]` stand for any text, one character, one of several.
        tags: Tags, likewise.
    """

    names: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def holds(self, dag_id: str, tags: Iterable[str]) -> bool:
        """Say whether a DAG is watched."""
        known = tuple(tags)
        return (
            OURS in known
            or any(fnmatchcase(dag_id, name) for name in self.names)
            or any(fnmatchcase(tag, one) for one in self.tags for tag in known)
        )


def watch(text: str) -> Watch:
    """Return which DAGs an option names.

    Args:
        text: Ids, patterns, and tags after `tag:`, with commas between them.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return Watch(
        names=tuple(part for part in parts if not part.startswith(TAG)),
        tags=tuple(part.removeprefix(TAG).strip() for part in parts if part.startswith(TAG)),
    )
