"""End a silence before its time: what it holds back is told by the next evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.errors import SettingsError
from airflow_dataops.usecases.alerts.set_up_alerts import ALERTS

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.usecases.ports.alerts import Silences
    from airflow_dataops.usecases.ports.clock import Clock

ACTION = "alerts.unsilence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """That a silence was ended.

    Args:
        at: When, aware.
        begun: Whether it had begun; if not it held nothing back.
    """

    at: datetime
    begun: bool


def unsilence(number: int, *, who: str, why: str, silences: Silences, clock: Clock) -> Ended:
    """End a silence, and return when that was.

    Args:
        number: The silence.
        who: Who ends it.
        why: The reason, in one line; or empty.
        silences: Remembers silences.
        clock: Tells the time.

    Raises:
        SettingsError: If there is no such silence, or it is over; or the store has no tables for it.
        BrokenWorldError: If the store can't be written.
    """
    now = clock.now()
    known = next((one for one in silences.silences() if one.number == number), None)
    audit = AuditRecord(batch=ALERTS, action=ACTION, subject=f"silence {number}", who=who, why=why, at=now)
    if known is None or not silences.end(number, at=now, audit=audit):
        what = (
            f"there is no silence {number}"
            if known is None
            else f"silence {number} is over since {known.end:%Y-%m-%d %H:%M %Z}"
        )
        raise SettingsError(what, hint="`airflow dataops alert list` shows those that hold or will.")
    return Ended(at=now, begun=known.start <= now)
