"""What looking after a published table came to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """What was removed of a table, or would be.

    Args:
        files: Files.
        bytes: Their size.
        rows: Rows of a table in a database.
    """

    files: int = 0
    bytes: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """How many files became how many.

    Args:
        removed: Small files, which older versions still have.
        added: Files that hold their rows.
    """

    removed: int = 0
    added: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacuumed:
    """What became of the versions of one table.

    Args:
        table: Where it is.
        kept: Versions that stay.
        gone: Versions that went now, or would go; not those that went earlier.
        freed: What was removed.
    """

    table: str
    kept: int = 0
    gone: int = 0
    freed: Freed = Freed()
