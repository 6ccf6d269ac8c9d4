"""What is expected of a product, and when: the events that its budgets are counted in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime  # noqa: TC003 - what reads a declaration back from JSON asks for it

from airflow_dataops.core.batch import Grain


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Days on which nothing is expected, such as a holiday.

    Args:
        first: The first day.
        last: The last day, which belongs to it.
        why: What they are, such as `Christmas`; or empty.
    """

    first: date
    last: date
    why: str = ""

    def __str__(self) -> str:
        """Return the days as a pipeline file has them."""
        return str(self.first) if self.first == self.last else f"{self.first}/{self.last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """When deliveries are expected. Nothing about it depends on whether a DAG is paused, or runs at all.

    Args:
        schedule: A cron expression or a preset of Airflow: each interval between two of its instants is
            expected to be delivered. Empty where something else says what is expected.
        timezone: The zone of the schedule, of the partitions' labels and of the exclusions.
        start: The first interval begins at it or later, aware; None for as long as it is declared.
        end: The last interval begins at it or before, aware; None for no end.
        grain: How much time one partition covers.
        upstreams: Products whose partitions it waits for; a partition is expected when all of them expect it,
            or something that lies in it.
        reads: Products that it reads, where something else says what is expected: they explain what is late.
        runs: Whether each run that there was is what was expected: of DAGs that are watched, whose schedule
            isn't known.
        exclusions: Days on which nothing is expected; an interval is of the day on which it begins.
    """

    schedule: str = ""
    timezone: str = "UTC"
    start: datetime | None = None
    end: datetime | None = None
    grain: Grain = Grain.DAY
    upstreams: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    runs: bool = False
    exclusions: tuple[Exclusion, ...] = field(default=())

    @property
    def read(self) -> tuple[str, ...]:
        """The products that it reads, whatever they have to do with what is expected."""
        return (*self.upstreams, *self.reads)

    @property
    def known(self) -> bool:
        """Whether anything is expected at all."""
        return bool(self.schedule or self.upstreams or self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One expected delivery.

    Args:
        partition: The label of its partition.
        start: Start of its interval, aware.
        end: End of its interval, aware: from then on it can be delivered.
    """

    partition: str
    start: datetime
    end: datetime
