"""Who forgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.retention import Forgotten


class Retention(Protocol):
    """Forgets old facts."""

    def forget(self, before: datetime, *, audit_records: bool, dry_run: bool) -> Forgotten:
        """Remove what is older than an instant, except for what readers still see (`core/retention.py`).

        Args:
            before: The instant, aware.
            audit_records: Whether audit records go, too.
            dry_run: Whether to count only.

        Returns:
            How many facts went, or would go.

        Raises:
            BrokenWorldError: If the store can't be written; what was removed by then stays removed.
        """
        ...
