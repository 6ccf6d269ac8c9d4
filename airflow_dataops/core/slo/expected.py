"""What a pipeline file says of what is expected, where its schedule doesn't say it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from airflow_dataops.core.batch import Grain
from airflow_dataops.core.slo.expectation import Exclusion, Expectation  # noqa: TC001 - read back from JSON
from airflow_dataops.core.slo.expected_rows import ExpectedRows  # noqa: TC001 - as above

if TYPE_CHECKING:
    from airflow_dataops.core.product import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is expected of a product, where that differs from when its DAG runs; empty for what doesn't.

    Args:
        schedule: A cron expression or a preset.
        timezone: The zone of the schedule, of the partitions' labels and of the exclusions.
        grain: How much time one partition covers.
        exclusions: Days on which nothing is expected.
        rows: Who says how many rows a batch should have; None where nobody does.
    """

    schedule: str = ""
    timezone: str = ""
    grain: str = ""
    exclusions: tuple[Exclusion, ...] = field(default=())
    rows: ExpectedRows | None = None


def expectation_of(schedule: Schedule, expected: Expected, *, grain: str = "") -> Expectation:
    """Return what is expected of a product.

    Args:
        schedule: When its DAG runs.
        expected: What its pipeline file says beside.
        grain: How much time one partition covers, as its template has it; empty where it has none.
    """
    found = Expectation(
        schedule=schedule.schedule or "",
        timezone=schedule.timezone,
        start=schedule.start_date,
        end=schedule.end_date,
        grain=Grain(grain or Grain.DAY),
        upstreams=schedule.depends_on,
        exclusions=expected.exclusions,
    )
    if expected.schedule:
        # What is said outright counts over what other products expect; they are read all the same.
        found = replace(found, schedule=expected.schedule, upstreams=(), reads=schedule.depends_on)
    if expected.timezone:
        found = replace(found, timezone=expected.timezone)
    return replace(found, grain=Grain(expected.grain)) if expected.grain else found
