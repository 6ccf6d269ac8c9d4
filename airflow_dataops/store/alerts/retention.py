"""What may go of alerts once it is old: never what is open, waits, or still mutes somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, or_, select, type_coerce

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.store.alerts.shape import logged_of
from airflow_dataops.store.alerts.tables import alert_log, incident, notification, reported, silence
from airflow_dataops.store.growth import there

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Engine, Table

Old = tuple["Table", "ColumnElement[bool]"]


def wrong_since(engine: Engine, *, revision: str) -> datetime | None:
    """Return when the oldest incident that is open began, aware; None where none is.

    It is open by what was seen since then: without that it would be taken for repaired.
    """
    if not there(incident, revision):
        return None
    asked = select(type_coerce(func.min(incident.c.began), incident.c.began.type))
    with engine.connect() as connection:
        began: datetime | None = connection.execute(
            asked.where(incident.c.phase != Phase.RESOLVED)
        ).scalar_one()
        return began


def old_alerts(
    engine: Engine, before: datetime, *, counted: datetime, seen: datetime, revision: str
) -> dict[str, Old]:
    """Return what is counted in `Forgotten` -> its table, and which of it may go.

    Args:
        engine: The store.
        before: What ended earlier is old, aware.
        counted: What ended earlier burns no budget any more, aware: what is over explains that one burns.
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
        "incidents": (
            incident,
            and_(incident.c.resolved < counted, incident.c.number.not_in(sorted(firing))),
        ),
        "notifications": (notification, and_(told, ~still)),
        "alert_logs": (alert_log, and_(alert_log.c.at < before, ~alert_log.c.firing)),
        "silences": (silence, silence.c.end < before),
        "reports": (reported, reported.c.at < seen),
    }
