"""When a cron expression is due, in any time zone: as Airflow's `CronDataIntervalTimetable` has it.

Airflow (`airflow/timetables/_cron.py`): cron looks at clocks on the wall. What a clock shows twice is due the
second time, what it leaves out is due as much later; only what is due every hour goes on by the hour.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPRESSIONS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
}
"""Airflow's own names -> the expressions that they stand for (`airflow.utils.dates.cron_presets`)."""

EVERY = ["*"]

EARLIEST = datetime(100, 1, 1, tzinfo=UTC)
"""Before it cron isn't asked: it looks back by decades, and time has a beginning."""

MINUTE, HOUR, SECOND = 0, 1, 5
"""The fields of a cron expression, as croniter has them; that of the seconds may be missing."""

SIXTY = 60
"""Minutes of an hour, and seconds of a minute."""


class CronTimetable:
    """Knows when a schedule is due."""

    def intervals(
        self, schedule: str, timezone: str, *, since: datetime, until: datetime
    ) -> Iterator[tuple[datetime, datetime]]:
        """Yield start and end of each interval that ends in `since < end <= until`, oldest first, in UTC.

        Args:
            schedule: A cron expression, or one of Airflow's names for one.
            timezone: An IANA time zone.
            since: After which the first one ends, aware.
            until: By when the last one ends, aware.

        Raises:
            SettingsError: If it is no schedule, or no time zone.
        """
        cron, zone = _cron(schedule), _zone(timezone)
        since = max(since, EARLIEST)
        start = _step(cron, zone, _step(cron, zone, since, back=True), back=True)
        with suppress(OverflowError):  # there is no next one: time itself is over
            while (end := _step(cron, zone, start)) <= until:
                if end > since:
                    yield start, end
                start = end


def once_an_hour(schedule: str) -> tuple[str, int]:
    """Return a schedule that is due once in each hour in which another one is, and how often that is in each.

    Args:
        schedule: A cron expression, or one of Airflow's names for one.

    Raises:
        SettingsError: If it is no schedule.
    """
    fields = _cron(schedule).expanded
    minutes = _values(fields[MINUTE])
    seconds = _values(fields[SECOND]) if len(fields) > SECOND else [0]
    _, *others = EXPRESSIONS.get(schedule, schedule).split()
    return " ".join((str(minutes[0]), *others[:4])), len(minutes) * len(seconds)


def _values(field: list[Any]) -> list[Any]:
    return list(range(SIXTY)) if field == EVERY else field


def _step(cron: Any, zone: ZoneInfo, at: datetime, *, back: bool = False) -> datetime:  # noqa: ANN401 - no types
    """Return when it is due next after an instant, or was last before it, in UTC."""
    from croniter import CroniterError  # type: ignore[import-untyped]  # noqa: PLC0415 - as of `_cron`

    wall = at.astimezone(zone).replace(tzinfo=None, fold=0)
    look = cron.get_prev if back else cron.get_next
    try:
        due: datetime = look(datetime, start_time=wall)
    except CroniterError:
        said = " ".join(cron.expressions)
        raise SettingsError(f"`{said}` is never due", hint='Such as "0 5 * * *" or "@daily".') from None
    if cron.expanded[HOUR] == EVERY:
        return at.astimezone(UTC) + (due - wall)
    # What is shown twice, or left out, has two readings: the later one is meant.
    return max(due.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


@lru_cache(maxsize=1024)
def _cron(schedule: str) -> Any:  # noqa: ANN401 - no types
    from croniter import CroniterError, croniter  # noqa: PLC0415 - only what has a schedule needs it

    try:
        return croniter(EXPRESSIONS.get(schedule, schedule))
    except (CroniterError, ValueError, TypeError, AttributeError):
        raise SettingsError(
            f"`{schedule}` is no cron expression", hint='Such as "0 5 * * *" or "@daily".'
        ) from None


@lru_cache(maxsize=256)
def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            f"there is no time zone `{timezone}`", hint="Such as Europe/Berlin or UTC."
        ) from None
