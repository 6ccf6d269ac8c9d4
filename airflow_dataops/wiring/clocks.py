"""What tells the time, and what is due when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.timetable import Timetable


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)


def clock() -> Clock:
    """Return the machine's clock."""
    return SystemClock()


def timetable() -> Timetable:
    """Return what knows when a cron expression is due."""
    from airflow_dataops.documents.timetable import CronTimetable

    return CronTimetable()
