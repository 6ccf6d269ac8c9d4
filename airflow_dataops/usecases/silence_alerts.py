"""Silence alerts: for a time, nobody is told of what matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.usecases.set_up_alerts import ALERTS

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.silence import Silence
    from airflow_dataops.usecases.alert_ports import Silences
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.store import Store

ACTION = "alerts.silence"


def silence_alerts(silence: Silence, *, silences: Silences, store: Store, clock: Clock) -> Silence:
    """Return a silence with its number, once it is remembered.

    Args:
        silence: What `core.alerts.silence.asked` has allowed.
        silences: Remembers silences.
        store: Where the audit trail is.
        clock: Tells the time.

    Raises:
        SettingsError: If the store has no tables for it.
        BrokenWorldError: If the store can't be written.
    """
    kept = silences.silence(silence)
    of = ", ".join(map(str, kept.matchers))
    store.record(
        AuditRecord(
            batch=ALERTS,
            action=ACTION,
            subject=f"silence {kept.number}",
            who=kept.who,
            why=f"{kept.why} ({of}, {kept.start.isoformat()} to {kept.end.isoformat()})",
            at=clock.now(),
        )
    )
    return kept
