"""What may go of alerts once it is old: never what is open, waits, or still mutes somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, or_, select

from airflow_dataops.store.alert_shape import logged_of
from airflow_dataops.store.alert_tables import alert_log, incident, notification, reported, silence
from airflow_dataops.store.growth import there

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Engine, Table

Old = tuple["Table", "ColumnElement[bool]"]


def old_alerts(engine: Engine, before: datetime, *, seen: datetime, revision: str) -> dict[str, Old]:
    """Return what is counted in `Forgotten` -> its table, and which of it may go.

    Args:
        engine: The store.
        before: What ended earlier is old, aware.
        seen: Before which reports are old, aware: as long as one counts, its incident is open.
        revision: That of the store.
    """
    if not there(incident, revision):
        return {}
    with engine.connect() as connection:
        rows = connection.execute(select(alert_log).where(alert_log.c.firing)).all()
    firing = {number for row in rows for number in logged_of(row).firing}
    # What waits for a receiver that is gone for good was told to another.
    told = or_(
        notification.c.delivered < before, and_(notification.c.detoured, notification.c.decided < before)
    )
    still = exists().where(alert_log.c.key == notification.c.key, alert_log.c.firing)
    return {
        "incidents": (incident, and_(incident.c.resolved < before, incident.c.number.not_in(sorted(firing)))),
        "notifications": (notification, and_(told, ~still)),
        "alert_logs": (alert_log, and_(alert_log.c.at < before, ~alert_log.c.firing)),
        "silences": (silence, silence.c.end < before),
        "reports": (reported, reported.c.at < seen),
    }
