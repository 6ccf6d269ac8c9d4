"""Who knows when a schedule is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


class Timetable(Protocol):
    """Knows when a schedule is due, as Airflow's `CronDataIntervalTimetable` does."""

    def intervals(
        self, schedule: str, timezone: str, *, since: datetime, until: datetime
    ) -> Iterator[tuple[datetime, datetime]]:
        """Yield start and end of each interval that ends in `since < end <= until`, oldest first, aware.

        Raises:
            SettingsError: If it is no schedule, or no time zone.
        """
        ...
