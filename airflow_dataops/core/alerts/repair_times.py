"""How long incidents took to be found and to be repaired, and how many of them were worth a person's time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.why_over import BURNT_OUT, REPAIRED
from airflow_dataops.core.slo.objective import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from airflow_dataops.core.alerts.incident import Incident

MENDED = frozenset((REPAIRED, BURNT_OUT))
"""Why incidents are over that took a time to repair; the others nobody looks at any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How lengths of time are spread.

    Args:
        count: How many there are.
        median: Half of them are no longer; None where there are none.
        p90: Nine in ten of them are no longer; None likewise.
    """

    count: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairTimes:
    """How incidents went.

    Args:
        incidents: How many people were to look at: those that others explain are left out.
        open: How many of them are not over.
        pages: How many were to wake a person.
        explained: How many there were besides, which others explain.
        not_actionable: Of how many people said that nothing could be done about them.
        unrepaired: How many are over and were never repaired.
        detect: From when they began until they were found.
        repair: From when they began until they were over, of those that were repaired.
    """

    incidents: int = 0
    open: int = 0
    pages: int = 0
    explained: int = 0
    not_actionable: int = 0
    unrepaired: int = 0
    detect: Spread = Spread()
    repair: Spread = Spread()

    @property
    def noise(self) -> Fraction | None:
        """The share of which nothing could be done; None where there were none."""
        return Fraction(self.not_actionable, self.incidents) if self.incidents else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairReport:
    """How incidents of a team went over a time.

    Args:
        team: The team; empty for all.
        since: Found then or later, aware.
        until: Found before, aware.
        total: Of all products.
        products: Team and product -> of each of them, those with most incidents first.
    """

    team: str
    since: datetime
    until: datetime
    total: RepairTimes
    products: tuple[tuple[tuple[str, str], RepairTimes], ...] = ()


def repair_times(incidents: Iterable[Incident]) -> RepairTimes:
    """Return how incidents went.

    Args:
        incidents: The incidents.
    """
    every = tuple(incidents)
    told = tuple(one for one in every if not one.explained_by)
    over = tuple(one for one in told if one.resolved is not None)
    mended = tuple(one for one in over if one.why_over in MENDED)
    return RepairTimes(
        incidents=len(told),
        open=len(told) - len(over),
        pages=sum(one.urgency is Urgency.PAGE for one in told),
        explained=len(every) - len(told),
        not_actionable=sum(bool(one.not_actionable) for one in told),
        unrepaired=len(over) - len(mended),
        detect=spread(one.detected - one.began for one in told),
        repair=spread(one.resolved - one.began for one in mended if one.resolved is not None),
    )


def spread(lengths: Iterable[timedelta]) -> Spread:
    """Return how lengths are spread, by nearest rank: each number is one of theirs.

    Args:
        lengths: The lengths.
    """
    ordered = sorted(lengths)
    if not ordered:
        return Spread()
    return Spread(
        count=len(ordered),
        median=ordered[_rank(len(ordered), Fraction(1, 2))],
        p90=ordered[_rank(len(ordered), Fraction(9, 10))],
    )


def _rank(count: int, share: Fraction) -> int:
    """Return the place of the nearest rank: the least that so large a share is no longer than."""
    return -(-count * share.numerator // share.denominator) - 1
