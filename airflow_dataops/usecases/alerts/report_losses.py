"""Report what a reconciliation found to be lost to the incidents of the products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.losses import losses
from airflow_dataops.core.alerts.why_over import LOOK_BACK

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from airflow_dataops.core.alerts.reported import Reported
    from airflow_dataops.core.reconciliation.account import Account
    from airflow_dataops.usecases.ports.alerts import Reports


def report_losses(accounts: Iterable[Account], *, reports: Reports, now: datetime) -> tuple[Reported, ...]:
    """Report rows that are lost, and that they aren't any more; return what is new.

    Args:
        accounts: What a reconciliation came to.
        reports: Where it is reported.
        now: The instant, aware.

    Raises:
        BrokenWorldError: If the store can't be read or written.
        SettingsError: If the store has no tables for it.
    """
    known = reports.reported(since=now - LOOK_BACK)
    found = tuple(losses(accounts, known, at=now))
    if found:
        reports.report(*found)
    return found
