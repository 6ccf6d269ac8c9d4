"""How one objective was kept over a month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.slo.budget import counted
from airflow_dataops.core.slo.burnt import burnt
from airflow_dataops.core.slo.day import days
from airflow_dataops.core.slo.incident import incidents
from airflow_dataops.core.slo.ledger import Mark
from airflow_dataops.core.slo.window import Calendar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.slo.burnt import Burnt
    from airflow_dataops.core.slo.day import Day
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.incident import Incident
    from airflow_dataops.core.slo.month import Month
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.observation import Observation
    from airflow_dataops.core.slo.run import RunOutcome
    from airflow_dataops.core.slo.standing import Kept

ONE_MONTH = Duration(Fraction(1), TimeUnit.MONTH)

MOMENT = timedelta(microseconds=1)
"""The last instant of a month lies so long before the next one."""


class Reached(StrEnum):
    """Whether a target was reached."""

    KEPT = "kept"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """How one objective was kept over a month.

    Args:
        team: The team.
        product: The product.
        owner: Who answers for it; or empty.
        timezone: The zone of its days.
        objective: What was promised, as it is declared now.
        good: Good events of the month.
        total: Events of the month so far.
        expected: Events that the budget is counted in.
        allowed: How many may be bad.
        over: Whether the month is over.
        days: Each day of the month.
        incidents: What burnt the budget, the worst first.
        repaired: What was bad when it was due, and counts as good since.
        notes: What else there is to be said, one line each.
    """

    team: str
    product: str
    owner: str = ""
    timezone: str = "UTC"
    objective: Objective
    good: Fraction
    total: Fraction
    expected: Fraction
    allowed: Fraction
    over: bool
    days: tuple[Day, ...]
    incidents: tuple[Incident, ...] = ()
    repaired: tuple[Burnt, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def bad(self) -> Fraction:
        """Bad events."""
        return self.total - self.good

    @property
    def reached(self) -> Fraction | None:
        """The share of the events that was good; None where there were none."""
        return self.good / self.total if self.total else None

    @property
    def remaining(self) -> Fraction | None:
        """The share of the budget that is left, below 0 where it is overdrawn; None where there is none."""
        return 1 - self.bad / self.allowed if self.allowed else None

    @property
    def verdict(self) -> Reached:
        """Whether no more was bad than might be; of a month that isn't over, so far."""
        if not self.total:
            return Reached.UNKNOWN
        return Reached.KEPT if self.bad <= self.allowed else Reached.MISSED


def over_month(objective: Objective, month: Month, timezone: str) -> Objective:
    """Return an objective with a month of the calendar for its window."""
    start = datetime(month.year, month.number, 1)  # noqa: DTZ001 - a period of the calendar has a zone beside it
    return replace(objective, window=Calendar(ONE_MONTH, start, timezone))


def compliance(
    objective: Objective,
    declaration: Declaration,
    kept: Kept,
    *,
    month: Month,
    now: datetime,
    observations: Iterable[Observation] = (),
    runs: Iterable[RunOutcome] = (),
    notes: tuple[str, ...] = (),
) -> Compliance:
    """Return how an objective was kept over a month.

    Args:
        objective: The objective, as it is declared.
        declaration: The newest declaration of its product.
        kept: How it stood at the end of the month, or now, with the month for its window.
        month: The month.
        now: The present, aware.
        observations: What was seen of the product, for the reasons.
        runs: What became of the runs of its DAG, likewise.
        notes: What else there is to be said, one line each.
    """
    zone = ZoneInfo(declaration.expectation.timezone)
    begin, end = month.bounds(zone)
    stood = kept.standing
    own = [entry for entry in counted(kept.entries, objective) if begin <= entry.at <= stood.at]
    told = burnt(own, objective, observations=observations, runs=runs)
    return Compliance(
        team=declaration.team,
        product=declaration.product,
        owner=declaration.owner,
        timezone=zone.key,
        objective=objective,
        good=stood.good,
        total=stood.total,
        expected=stood.expected,
        allowed=stood.allowed,
        over=now >= end,
        days=days(own, month=month, zone=zone, now=now),
        incidents=incidents(own, told, allowed=stood.allowed),
        repaired=tuple(each for each in told if each.entry.mark is Mark.REPAIRED),
        notes=notes,
    )
