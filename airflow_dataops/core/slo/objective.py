"""A service level objective: which indicator, what is good, how much of it, over which time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time  # noqa: TC003 - what reads a declaration back from JSON asks for it
from enum import StrEnum
from fractions import Fraction  # noqa: TC003 - as above

from airflow_dataops.core.slo.sli import Sli  # noqa: TC001 - as above
from airflow_dataops.core.slo.window import USUAL, Window  # noqa: TC001 - as above


class Budgeting(StrEnum):
    """How good and bad are counted, as OpenSLO v1 writes it (`budgetingMethod`)."""

    OCCURRENCES = "Occurrences"
    TIMESLICES = "Timeslices"
    RATIO_TIMESLICES = "RatioTimeslices"


class Gap(StrEnum):
    """What an expected event counts as of which nothing was seen when it was due. Never as good."""

    BAD = "bad"
    EXCLUDED = "excluded"


class Late(StrEnum):
    """What a bad event counts as that was made good after it was due."""

    BAD = "bad"
    REPAIRED = "repaired"


class Urgency(StrEnum):
    """What an alert asks of a person: to wake up, or to look at it in working hours."""

    PAGE = "page"
    TICKET = "ticket"


class Source(StrEnum):
    """The file that an objective is from; where both speak of one indicator, the second one counts."""

    ODCS = "odcs"
    OPENSLO = "openslo"


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnAlert:
    """When a budget burns too fast: over both windows (SRE workbook, chapter 5).

    Args:
        urgency: What it asks of a person.
        factor: How many times as fast as would just use it up; `burn > factor` fires.
        inclusive: Whether `burn >= factor` does.
        long: The long window, seconds.
        short: The short window, seconds: what ends the alert when it is over; 0 for none.
        weighted: Whether bad events are held against the whole budget, and not the rate of those that there
            were: `bad >= factor * long / period * allowed`. For few events.
        significance: The chance, at most, at which so many bad events might be seen of a service that burns
            no faster than the factor; None for no such guard.
    """

    urgency: Urgency
    factor: Fraction
    long: Fraction
    short: Fraction
    inclusive: bool = False
    weighted: bool = False
    significance: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One objective of one product.

    Args:
        name: Unique in the product.
        sli: The indicator.
        target: The share of good events that is promised, 0 <= target < 1, exactly as the file writes it.
        dataset: The dataset that it is about; empty for the product's only one.
        window: The time over which it is kept.
        method: How good and bad are counted.
        slice: Length of a slice, seconds; None for Occurrences, and where a slice is an expected event.
        slice_target: The share of a slice's events that must be good for the slice to be; for Timeslices.
        threshold: How many seconds are good at most, of an indicator that measures time; else None.
        by: Until which time of the day, in its own offset or else in the time zone of the schedule, instead
            of a threshold; else None.
        gap: What counts of which nothing was seen.
        late: What counts that was made good later.
        alerts: When people are told; the usual ones of its window where the file names none.
        runbook: What to do, a URL or a file of the product's folder; or empty.
        description: What it means to a reader of the data.
        source: The kind of file that it is from.
        place: file:line:column.
    """

    name: str
    sli: Sli
    target: Fraction
    dataset: str = ""
    window: Window = USUAL
    method: Budgeting = Budgeting.OCCURRENCES
    slice: Fraction | None = None
    slice_target: Fraction | None = None
    threshold: Fraction | None = None
    by: time | None = None
    gap: Gap = Gap.BAD
    late: Late = Late.BAD
    alerts: tuple[BurnAlert, ...] = field(default=())
    runbook: str = ""
    description: str = ""
    source: Source = Source.ODCS
    place: str = ""
