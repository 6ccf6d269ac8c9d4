"""Tell when the clock starts the runs of a product: those of a partition, and the next one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow_dataops.core.batch import LABELS, Grain, partition_label
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.usecases.ports.timetable import Timetable

LONGEST: dict[Grain, timedelta] = {
    Grain.HOUR: timedelta(hours=3),
    Grain.DAY: timedelta(days=2),
    Grain.MONTH: timedelta(days=33),
    Grain.YEAR: timedelta(days=368),
}
"""Grain -> the longest time that one partition may cover, clocks that are set back included."""

AHEAD = timedelta(days=370)
"""How far ahead the next run is looked for."""


def next_run(declaration: Declaration, *, now: datetime, timetable: Timetable) -> datetime | None:
    """Return when the clock starts the next run of a product, aware; None where no clock does.

    Args:
        declaration: What it declares.
        now: The instant, aware.
        timetable: Knows when schedules are due.
    """
    its = declaration.expectation
    if not its.schedule or its.upstreams:
        return None
    try:
        found = timetable.intervals(its.schedule, its.timezone, since=now, until=now + AHEAD)
        end = next((end for _, end in found), None)
    except (SettingsError, OverflowError):
        return None  # a schedule that can't be read is a matter of lint: here, the rest is told
    return None if end is None or (its.end is not None and end > its.end) else end


def runs_of(
    declaration: Declaration, partition: str, *, timetable: Timetable
) -> tuple[datetime, datetime] | None:
    """Return the logical dates of the first and the last run of a partition, aware.

    Args:
        declaration: What its product declares.
        partition: Its label.
        timetable: Knows when schedules are due.

    Returns:
        None where no clock starts its runs, or the label is none of time.
    """
    its = declaration.expectation
    if not its.schedule or its.upstreams:
        return None
    try:
        zone = ZoneInfo(its.timezone)
        # Of the two hours of one name the second one carries its offset.
        start = datetime.strptime(partition[:13], LABELS[its.grain]).replace(tzinfo=zone).astimezone(UTC)
        until = start + 2 * LONGEST[its.grain]
        within = [
            begin
            for begin, _ in timetable.intervals(
                its.schedule, its.timezone, since=start - timedelta(hours=3), until=until
            )
            if partition_label(begin, its.grain, zone) == partition
        ]
    except (SettingsError, LookupError, ValueError, OverflowError, OSError):
        return None
    return (within[0], within[-1]) if within else None
