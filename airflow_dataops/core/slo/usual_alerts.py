"""When people are told where a file names no alerts: windows that are derived from the objective's own.

Sources: the four alerts of many events are those of the SRE workbook, chapter 5, as Sloth has them; 4 and 2
of few events are slo-generator's, with windows in which they use up a tenth of the budget. What few is, is a
minimum of Datadog's guide: it evaluates no burn rate of 15 events or fewer.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.quantity import SECONDS, TimeUnit
from airflow_dataops.core.slo.budget import NONE
from airflow_dataops.core.slo.burnrate import SHORT, factor, long_window
from airflow_dataops.core.slo.objective import Budgeting, BurnAlert, Urgency
from airflow_dataops.core.slo.significance import least_significant
from airflow_dataops.core.slo.sli import Sli

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.core.slo.ledger import Entry
    from airflow_dataops.core.slo.objective import Objective

MANY: tuple[tuple[Urgency, Fraction, Fraction], ...] = (
    (Urgency.PAGE, Fraction(2, 100), Fraction("14.4")),
    (Urgency.PAGE, Fraction(5, 100), Fraction(6)),
    (Urgency.TICKET, Fraction(10, 100), Fraction(3)),
    (Urgency.TICKET, Fraction(10, 100), Fraction(1)),
)
"""Urgency, share of the budget, factor, where there are many events: 1 h, 6 h, 1 d and 3 d of 30 days."""

FEW: tuple[tuple[Urgency, Fraction, Fraction], ...] = (
    (Urgency.PAGE, Fraction(10, 100), Fraction(4)),
    (Urgency.TICKET, Fraction(10, 100), Fraction(2)),
)
"""Likewise where there are few: 18 h and 36 h of 30 days, or as long as it takes to be sure."""

FIXED: tuple[tuple[Urgency, Fraction, Fraction], ...] = (
    (Urgency.PAGE, Fraction(2, 100), SECONDS[TimeUnit.HOUR]),
    (Urgency.PAGE, Fraction(5, 100), 6 * SECONDS[TimeUnit.HOUR]),
    (Urgency.TICKET, Fraction(10, 100), SECONDS[TimeUnit.DAY]),
    (Urgency.TICKET, Fraction(10, 100), 3 * SECONDS[TimeUnit.DAY]),
)
"""Urgency, share of the budget, long window in seconds: as Sloth has them, which derives the factor."""

FIXED_FOR: frozenset[Fraction] = frozenset(days * SECONDS[TimeUnit.DAY] for days in (28, 30))
"""The windows for which Sloth has them, seconds."""

ENOUGH = 15
"""More events than that in the shortest long window are many."""

LEVEL = Fraction(1, 20)
"""The chance, at most, at which someone is paged for nothing where there are few events."""

COUNT_ROWS = frozenset({Sli.CORRECTNESS, Sli.COMPLETENESS})
"""Indicators of which one entry is many events, unless it is a slice."""

STEP = Fraction(900)
"""To how many seconds the time between rare events is rounded, so that a change of clocks moves no window."""


def usual_alerts(objective: Objective, spacing: Fraction | None = None) -> tuple[BurnAlert, ...]:
    """Return the alerts of an objective that names none.

    One that can't fire, since not even nothing but bad events burns that fast, is left out.

    Args:
        objective: The objective.
        spacing: Seconds from one expected event to the next, on average; None where that isn't known.
    """
    rows = counts_rows(objective)
    return _usual(objective.window.length.seconds, objective.target, objective.slice or spacing, rows=rows)


def counts_rows(objective: Objective) -> bool:
    """Return whether one entry of an objective is many events: the rows of a batch."""
    return objective.sli in COUNT_ROWS and objective.method is Budgeting.OCCURRENCES


@lru_cache(maxsize=1_024)
def _usual(
    period: Fraction, target: Fraction, spacing: Fraction | None, *, rows: bool
) -> tuple[BurnAlert, ...]:
    """Return the same of what they hang on; many objectives have it in common."""
    if spacing and many(period, spacing):
        found = [
            _alert(urgency, each, long_window(share, factor=each, period=period))
            for urgency, share, each in MANY
        ]
    else:
        found = [
            _few(urgency, share, each, period=period, target=target, spacing=spacing, rows=rows)
            for urgency, share, each in FEW
        ]
    return tuple(alert for alert in found if can_fire(alert, target))


def fixed_alerts(objective: Objective) -> tuple[BurnAlert, ...]:
    """Return the alerts that Sloth has for windows of 28 and of 30 days: fixed windows, derived factors.

    Args:
        objective: One with such a window.
    """
    period = objective.window.length.seconds
    return tuple(
        _alert(urgency, factor(share, long=long, period=period), long) for urgency, share, long in FIXED
    )


def many(period: Fraction, spacing: Fraction) -> bool:
    """Return whether even the shortest long window has many events.

    Args:
        period: The objective's window, seconds.
        spacing: Seconds from one expected event to the next, on average, above 0.
    """
    shortest = min(long_window(share, factor=each, period=period) for _, share, each in MANY)
    return shortest > ENOUGH * spacing


def can_fire(alert: BurnAlert, target: Fraction) -> bool:
    """Return whether an alert can fire at all: nothing but bad events burns at 1 / (1 - target)."""
    share = alert.factor * (1 - target)
    return share < 1 or (share == 1 and alert.inclusive) or (alert.weighted and alert.significance is None)


def spacing(entries: Sequence[Entry]) -> Fraction | None:
    """Return how many seconds lie between entries on average; None of fewer than two, or at one instant."""
    if len(entries) < 2:
        return None
    seconds = Fraction((entries[-1].at - entries[0].at) // timedelta(microseconds=1), 1_000_000)
    average = seconds / (len(entries) - 1)
    return (round(average / STEP) * STEP if average >= 4 * STEP else average) or None


def _few(
    urgency: Urgency,
    share: Fraction,
    each: Fraction,
    *,
    period: Fraction,
    target: Fraction,
    spacing: Fraction | None,
    rows: bool,
) -> BurnAlert:
    """Return an alert of few events: its long window holds as many as it takes, and one at least."""
    level = LEVEL if urgency is Urgency.PAGE else None
    needed = 1 if level is None or rows else least_significant(each * (1 - target), level) or 1
    long = max(long_window(share, factor=each, period=period), (spacing or NONE) * needed)
    return _alert(urgency, each, min(long, period), weighted=True, significance=level)


def _alert(
    urgency: Urgency,
    each: Fraction,
    long: Fraction,
    *,
    weighted: bool = False,
    significance: Fraction | None = None,
) -> BurnAlert:
    return BurnAlert(
        urgency=urgency,
        factor=each,
        long=long,
        short=long / SHORT,
        weighted=weighted,
        significance=significance,
    )
