"""Remember when alerting was set up: what was wrong before that is no news, and nobody is told of it."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.newest import to_come

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.usecases.ports.store import Store

ALERTS = Batch(team="dataops", product="alerts", dataset="alerts", partition="all")
"""What the record is of: alerting as a whole."""

ACTION = "alerts.set_up"

WHO = "slo evaluate"

WHY = "incidents are made of what is due, judged or ended after this"


def set_up_alerts(*, store: Store, now: datetime) -> datetime:
    """Return when alerting was set up: now, where nobody has evaluated before.

    It is kept as an audit record, the first of which stays. One of an instant that is still to come was
    written by a clock that was wrong: until then nobody would be told of anything, so it is set up again.

    Args:
        store: Where the record is.
        now: The instant, aware.

    Raises:
        BrokenWorldError: If the store can't be read or written.
    """
    found = alerting_since(store)
    if found is None or to_come(found, now):
        subject = "alerts" if found is None else f"alerts, not from {found.astimezone(UTC):%F} on"
        store.record(AuditRecord(batch=ALERTS, action=ACTION, subject=subject, who=WHO, why=WHY, at=now))
        found = alerting_since(store)
    return now if found is None else found


def alerting_since(store: Store) -> datetime | None:
    """Return when alerting was set up, aware; None where nobody has routed alerts yet, so nobody is told.

    Args:
        store: Where the record is.

    Raises:
        BrokenWorldError: If the store can't be read.
    """
    known = store.facts(AuditRecord, team=ALERTS.team, product=ALERTS.product)
    return min((one.at for one in known if one.action == ACTION), default=None)
