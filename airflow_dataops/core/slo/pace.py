"""How much time lies between one expected event of a product and the next, before anything has happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.slots import Calendar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from airflow_dataops.core.slo.declaration import Declaration

MONDAY = datetime(2001, 1, 1, tzinfo=UTC)
"""An ordinary year began with it. Schedules are looked at from there on, to say the same each day."""

SPELLS: tuple[tuple[int, int], ...] = ((7, 5), (91, 5), (365, 1))
"""How many days are looked at, in whole weeks or a year, and how many events are enough to go by."""


def paces(
    declarations: Iterable[Declaration], intervals: Callable[..., Iterator[tuple[datetime, datetime]]]
) -> Mapping[tuple[str, str], Fraction]:
    """Return team and product -> seconds from one expected event to the next, on average.

    Products are missing of which nothing is expected in a year, or whose upstreams aren't among them.

    Args:
        declarations: What products declare, one of each.
        intervals: Yields the intervals of a schedule, as `Timetable.intervals` does.

    Raises:
        SettingsError: If a schedule or a time zone is none.
    """
    known = {(its.team, its.product): (_always(its),) for its in declarations}
    found: dict[tuple[str, str], Fraction] = {}
    for days, enough in SPELLS:
        until = MONDAY + timedelta(days=days)
        due = Calendar(declared=known, intervals=intervals, since=MONDAY, until=until)
        for owner in sorted(known.keys() - found.keys()):
            events = sum(MONDAY < slot.end <= until for slot in due.slots(owner))
            if events >= enough:
                found[owner] = Fraction(days * 86_400, events)
    return found


def _always(declaration: Declaration) -> Declaration:
    """Return a declaration that holds at any time."""
    expectation = replace(declaration.expectation, start=None, end=None, exclusions=())
    return replace(declaration, expectation=expectation, since=MONDAY)
