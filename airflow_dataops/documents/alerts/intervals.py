"""`time_intervals` of `alerts.yaml` -> named time intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.ever import comes
from airflow_dataops.core.alerts.interval import Interval, NamedInterval
from airflow_dataops.core.alerts.interval_words import times
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.alerts.interval import Range
    from airflow_dataops.documents.alerts.keys import IntervalKeys, NamedIntervalKeys
    from airflow_dataops.documents.yaml.findings import Findings


def interval(keys: NamedIntervalKeys, findings: Findings) -> NamedInterval:
    """Return a named time interval; what can't hold goes to the findings."""
    if keys.node.at("time_intervals").value == []:
        what = f"the time interval `{shown(keys.name)}` has no entry: it never comes"
        findings.error(keys.at("time_intervals"), what, "Such as {weekdays: ['saturday:sunday']}.")
    return NamedInterval(
        name=keys.name,
        intervals=tuple(_coming(keys, findings)),
        place=str(keys.node.place),
    )


def _coming(keys: NamedIntervalKeys, findings: Findings) -> Iterator[Interval]:
    """Yield entries; one that never comes, as a 30th of February doesn't, goes to the findings."""
    for one in keys.time_intervals:
        found = _entry(one, findings)
        if not comes(found):
            what = f"this entry of the time interval `{shown(keys.name)}` never comes: there is no such day"
            findings.error(one.node.place, what, "Change what it asks of days, months or years.")
        yield found


def _entry(keys: IntervalKeys, findings: Findings) -> Interval:
    return Interval(
        times=tuple(_times(keys, findings)),
        weekdays=keys.weekdays,
        days_of_month=keys.days_of_month,
        months=keys.months,
        years=keys.years,
        location=keys.location or "UTC",
    )


def _times(keys: IntervalKeys, findings: Findings) -> Iterator[Range]:
    for one in keys.times:
        try:
            yield times(one.start_time, one.end_time)
        except SettingsError as error:
            findings.error(one.node.place, error.what, error.hint)
