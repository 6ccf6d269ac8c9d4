"""Silence alerts: for a time, nobody is told of what matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.usecases.alerts.set_up_alerts import ALERTS

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.alerts.silence import Silence
    from airflow_dataops.usecases.ports.alerts import Silences
    from airflow_dataops.usecases.ports.clock import Clock

ACTION = "alerts.silence"


def silence_alerts(silence: Silence, *, silences: Silences, clock: Clock) -> Silence:
    """Return a silence with its number, once it and who asked for it are remembered.

    Args:
        silence: What `core.alerts.silence.asked` has allowed.
        silences: Remembers silences.
        clock: Tells the time.

    Raises:
        SettingsError: If the store has no tables for it.
        BrokenWorldError: If the store can't be written.
    """
    now = clock.now()
    return silences.silence(silence, audit=lambda kept: _audit(kept, at=now))


def _audit(kept: Silence, *, at: datetime) -> AuditRecord:
    of = ", ".join(map(str, kept.matchers))
    return AuditRecord(
        batch=ALERTS,
        action=ACTION,
        subject=f"silence {kept.number}",
        who=kept.who,
        why=f"{kept.why} ({of}, {kept.start.isoformat()} to {kept.end.isoformat()})",
        at=at,
    )
