"""When a product runs, and how its tasks do, as its pipeline file says it."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow_dataops.core.landing import OnMissing
from airflow_dataops.core.product import Schedule, Tasks
from airflow_dataops.documents.yaml.node import described

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.product import Source
    from airflow_dataops.documents.pipeline.keys import PipelineKeys
    from airflow_dataops.documents.yaml.findings import Findings


def schedule_of(keys: PipelineKeys, usual: Source, findings: Findings) -> Schedule:
    """Return when a product runs.

    Args:
        keys: What the pipeline file says.
        usual: What counts of its source where it says nothing.
        findings: Where problems go.
    """
    default = Schedule()
    zone = keys.timezone or ZoneInfo(default.timezone)
    start, end = (_aware(moment, zone) for moment in (keys.start_date, keys.end_date))
    for key, found in (("start_date", start), ("end_date", end)):
        if found is not None and not _has_instant(found):
            findings.error(keys.at(key), f"`{key}` is no instant in UTC, by which Airflow reckons")
    if start is not None and end is not None and end < start:
        findings.error(keys.at("end_date"), "`end_date` is before `start_date`")
    source = keys.source
    missing = usual.on_missing.value if source is None or source.on_missing is None else source.on_missing
    if source is not None and source.wait is not None and missing != OnMissing.WAIT:
        how = described(missing)
        findings.warn(
            source.node.key("wait"),
            f"`wait` has no effect: `on_missing` is {how}",
            "Write `on_missing: wait`.",
        )
    return Schedule(
        schedule=keys.schedule,
        timezone=zone.key,
        start_date=start,
        end_date=end,
        catchup=default.catchup if keys.catchup is None else keys.catchup,
        max_active_runs=keys.max_active_runs or default.max_active_runs,
        depends_on=keys.depends_on,
    )


def tasks_of(keys: PipelineKeys) -> Tasks:
    """Return what counts for each of its tasks."""
    default = Tasks()
    return Tasks(
        retries=default.retries if keys.retries is None else keys.retries,
        retry_delay=keys.retry_delay or default.retry_delay,
        pool=keys.pool or default.pool,
        priority_weight=keys.priority_weight or default.priority_weight,
        queue=keys.queue or default.queue,
    )


def _has_instant(moment: datetime) -> bool:
    """Say whether a moment lies in the years 1 to 9999 in UTC as well."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return False
    return True


def _aware(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=zone)
