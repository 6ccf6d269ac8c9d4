"""A published table, as whoever looks after it sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.upkeep import Compacted, Freed
    from airflow_dataops.core.versions import Judged, Version


class Upkeep(Protocol):
    """A published table, as whoever looks after it sees it."""

    def history(self) -> tuple[Version, ...]:
        """Return every version of every partition, oldest first; none where there is no table.

        Raises:
            BrokenWorldError: If the table can't be read.
        """
        ...

    def free(self, judged: Judged, *, before: datetime, dry_run: bool) -> Freed:
        """Remove what only versions need that are not kept, and what no version needs.

        Args:
            judged: What is to become of each version.
            before: What was written or let go since then stays: somebody may be reading or writing it.
            dry_run: Whether to look only.

        Raises:
            BrokenWorldError: If the table can't be read or written; what was removed by then stays removed.
        """
        ...

    def compact(self) -> Compacted:
        """Write the rows of many small files into few, where the table has such; readers see the same rows.

        Raises:
            BrokenWorldError: If the table can't be read or written.
        """
        ...
