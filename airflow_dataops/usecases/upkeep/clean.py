"""Clean the store: forget what is old, and keep what readers see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.retention import cutoff

if TYPE_CHECKING:
    from airflow_dataops.core.retention import Forgotten
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.retention import Retention


def clean(
    before: str, *, audit_records: bool, dry_run: bool, retention: Retention, clock: Clock
) -> Forgotten:
    """Remove the facts that are older than a time, and that nobody needs any more.

    Args:
        before: A date, an instant with its zone, or a number of days such as `180d`.
        audit_records: Whether audit records go, too.
        dry_run: Whether to count only.
        retention: The store.
        clock: The present.

    Returns:
        How many facts went, or would go.

    Raises:
        BrokenWorldError: If the store can't be written.
        SettingsError: If `before` is no time, or lies in the future.
    """
    return retention.forget(cutoff(before, now=clock.now()), audit_records=audit_records, dry_run=dry_run)
