"""How far back what was seen of a product still counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.batch import Grain
from airflow_dataops.core.slo.indicators import length
from airflow_dataops.core.slo.newest import newest, to_come
from airflow_dataops.core.slo.reckoning import reach

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.expectation import Expectation

MARGINS = {
    Grain.HOUR: timedelta(days=2),
    Grain.DAY: timedelta(days=15),
    Grain.MONTH: timedelta(days=70),
    Grain.YEAR: timedelta(days=800),
}
"""Grain -> how long before a window an interval may end that is due in it."""

LONGEST_OFF = timedelta(days=366)
"""Of days off in a row, no more are looked over for what was expected before them."""

EARLIEST = datetime.min.replace(tzinfo=UTC)

DAY = timedelta(days=1)


def look_back(newest: Declaration, now: datetime) -> datetime:
    """Return after which instant intervals end that are of interest to a product's objectives.

    Args:
        newest: What it declares now; it has objectives.
        now: The instant, aware.

    Raises:
        ArithmeticError: If a window can't be told.
        LookupError: If it is in a time zone that isn't known.
        ValueError: If it is no window.
    """
    since = min(reach(objective, now) for objective in newest.objectives)
    late = max((objective.threshold or 0 for objective in newest.objectives), default=0)
    margin = MARGINS[newest.expectation.grain] + length(Fraction(late))
    margin += _days_off(newest.expectation, since=since, now=now)
    return since - margin if since - EARLIEST > margin else EARLIEST


def needed_since(declared: Iterable[Declaration], now: datetime) -> datetime:
    """Return since when what was seen may not be forgotten, for some objective still counts it.

    Args:
        declared: Declarations, oldest first.
        now: The instant, aware.
    """
    its = tuple(declared)
    # One that doesn't count yet may count one day, if the clock was right: for it nothing is forgotten, too.
    early = {(one.team, one.product): one for one in its if to_come(one.since, now)}
    found = now
    for one in (*newest(its, now).values(), *early.values()):
        try:
            found = min(found, look_back(one, now)) if one.objectives else found
        except (ArithmeticError, LookupError, ValueError):
            continue  # it can't be evaluated, and a warning of the evaluation says so
    return found


def _days_off(its: Expectation, *, since: datetime, now: datetime) -> timedelta:
    """Return how much longer ago something may have been expected: it is due after days off."""
    first = since.date() - LONGEST_OFF if since - EARLIEST > LONGEST_OFF else since.date()
    off = [one for one in its.exclusions if one.last >= first and one.first <= now.date()]
    return sum((min(one.last - one.first + DAY, LONGEST_OFF) for one in off), timedelta(0))
