"""What an objective promises, in words that a reader of the data understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.quantity import SECONDS, Duration, Ratio, TimeUnit
from airflow_dataops.core.slo.objective import Budgeting, Gap, Late
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.window import Calendar, Rolling
from airflow_dataops.render.quantity import NOTHING, duration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from airflow_dataops.core.slo.objective import BurnAlert, Objective
    from airflow_dataops.core.slo.window import Window

WHAT: dict[Sli, tuple[str, str]] = {
    Sli.FRESHNESS: ("expected deliveries", "can be read {limit}"),
    Sli.COMPLETENESS: ("expected rows", "arrive"),
    Sli.CORRECTNESS: ("rows", "keep every rule of the contract"),
    Sli.SUCCESS: ("expected runs", "end well"),
    Sli.FIRST_ATTEMPT: ("expected runs", "end well at the first attempt"),
    Sli.LATENCY: ("batches", "can be read {limit}"),
}
"""Indicator -> of what a share is promised, and what of it."""

UNITS = (TimeUnit.DAY, TimeUnit.HOUR, TimeUnit.MINUTE)
"""Units in which a length of time is told, the largest first."""


def promise(objective: Objective, *, timezone: str = "UTC") -> str:
    """Return what is promised, as a sentence.

    Args:
        objective: The objective.
        timezone: The zone of its times of day.
    """
    share = Ratio(objective.target)
    of, does = WHAT[objective.sli]
    does = does.format(limit=limit(objective, timezone=timezone))
    over = f"over {window(objective.window)}"
    if objective.sli is Sli.FRESHNESS and objective.slice is not None:
        age, length = length_of(objective.threshold), length_of(objective.slice)
        return f"{share} of the slices of {length} end with data that is at most {age} old, {over}."
    match objective.method:
        case Budgeting.OCCURRENCES:
            return f"{share} of the {of} {does}, {over}."
        case Budgeting.TIMESLICES:
            least = "all" if objective.slice_target is None else f"{Ratio(objective.slice_target)}"
            return f"In {share} of {_slices(objective)}, {least} of the {of} {does}, {over}."
        case Budgeting.RATIO_TIMESLICES:
            return f"{share} of the {of} {does}, each of {_slices(objective)} counting the same, {over}."


def limit(objective: Objective, *, timezone: str = "UTC") -> str:
    """Return until when something is good, such as `within 2 hours of the end of their interval`."""
    since = "landing" if objective.sli is Sli.LATENCY else "the end of their interval"
    if objective.by is not None:
        return f"by {objective.by:%H:%M} ({timezone})"
    return f"within {length_of(objective.threshold)} of {since}"


def length_of(seconds: Fraction | None) -> str:
    """Return a length of time exactly, in the largest unit of which it is so many, such as `90 minutes`."""
    if seconds is None:
        return NOTHING
    unit = next((unit for unit in UNITS if seconds and seconds % SECONDS[unit] == 0), TimeUnit.SECOND)
    return str(Duration(seconds / SECONDS[unit], unit))


def window(of: Window) -> str:
    """Return a window in words, such as `any 28 days` or `each month (Europe/Berlin)`."""
    match of:
        case Rolling(length=length):
            return f"any {length}"
        case Calendar(length=Duration(amount=amount, unit=unit) as length, timezone=zone):
            return f"each {unit.value if amount == 1 else length} ({zone})"


def rules(objective: Objective) -> Iterator[str]:
    """Yield what counts that is missing or late, a sentence each."""
    if objective.gap is Gap.BAD:
        yield "What is missing when it is due counts as bad."
    else:
        yield "What is missing is left out, and counts as nothing."
    if objective.late is Late.REPAIRED:
        yield "What is put right later counts as good again, and is marked."
    else:
        yield "What was bad when it was due stays bad, whatever comes later."


def alert(of: BurnAlert) -> str:
    """Return when people are told, such as `page at 4x over 2 d 19 h and 5 h 36 min`."""
    short = f" and {duration(of.short)}" if of.short else ""
    budget = ", of the whole budget" if of.weighted else ""
    factor = f"{float(of.factor):g}"
    return f"{of.urgency.value} at {factor}x over {duration(of.long)}{short}{budget}"


def _slices(objective: Objective) -> str:
    return "the deliveries" if objective.slice is None else f"the slices of {length_of(objective.slice)}"
