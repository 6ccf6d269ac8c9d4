"""How fast budgets burn, and when that is too fast.

Sources: Google SRE workbook, chapter 5 (formulas, 14.4/6/3/1, two windows, short = long / 12); Yair Stark,
Error Budget Is All You Need, 2022 (bad events held against the whole budget).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.budget import NONE, ONE, count
from airflow_dataops.core.slo.significance import significant
from airflow_dataops.core.slo.standing import Burn
from airflow_dataops.core.slo.windows import last

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from fractions import Fraction

    from airflow_dataops.core.slo.budget import Count
    from airflow_dataops.core.slo.ledger import Entry
    from airflow_dataops.core.slo.objective import BurnAlert
    from airflow_dataops.core.slo.windows import Span

SHORT = 12
"""A short window is the twelfth part of its long one."""

AT = attrgetter("at")


def burn(bad: Fraction, total: Fraction, target: Fraction) -> Fraction | None:
    """Return how many times as fast as would just use up the budget: (bad / total) / (1 - target).

    None where there were no events.
    """
    if not bad:
        return NONE if total else None
    return bad / (total * (1 - target)) if total else None


def factor(share: Fraction, *, long: Fraction, period: Fraction) -> Fraction:
    """Return the burn rate that uses up a share of the period's budget in a window: share x period / long.

    Args:
        share: The share of the budget.
        long: The window, in the unit of the period.
        period: The time that the budget is for.
    """
    return share * period / long


def long_window(share: Fraction, *, factor: Fraction, period: Fraction) -> Fraction:
    """Return the window in which a burn rate uses up a share of the budget: share x period / factor."""
    return share * period / factor


def consumed(factor: Fraction, *, long: Fraction, period: Fraction) -> Fraction:
    """Return the share of the budget that is gone when an alert fires: factor x long / period."""
    return factor * long / period


def exhausted_after(rate: Fraction, *, period: Fraction) -> Fraction:
    """Return how long a budget lasts at a burn rate: period / rate."""
    return period / rate


def detected_after(
    failing: Fraction, *, target: Fraction, factor: Fraction, long: Fraction
) -> Fraction | None:
    """Return after how long an alert notices that a share of events fails; None where it never does.

    That is (1 - target) / failing x long x factor, where events are spread evenly.

    Args:
        failing: The share of events that fails from some instant on, above 0.
        target: The share of good events that is promised.
        factor: The burn rate above which the alert fires.
        long: Its long window.
    """
    after = (1 - target) / failing * long * factor
    return None if after > long else after


def burns(
    alerts: Sequence[BurnAlert],
    entries: Sequence[Entry],
    *,
    target: Fraction,
    budget: Fraction,
    over: Fraction,
    now: datetime,
) -> tuple[Burn, ...]:
    """Return how fast a budget burns, as each alert sees it.

    A window in which nothing counted says nothing, neither good nor bad: then the last events before it stand
    in for it, a twelfth of those of the long window, and one at least.

    Args:
        alerts: The alerts.
        entries: What there is up to now, oldest first, as `counted` returns it; of a window of the calendar
            also what came before it, since alerts look over its start.
        target: The share of good events that is promised.
        budget: How many events may be bad in the objective's window.
        over: Over how many seconds the events of that budget are spread, as `spread` has it: the length of
            the window, or less where less of it is known.
        now: The instant, in UTC.
    """
    events = tuple(entry for entry in entries if entry.total)
    return tuple(_burn(alert, events, target=target, budget=budget, over=over, now=now) for alert in alerts)


def within(entries: Sequence[Entry], span: Span) -> Sequence[Entry]:
    """Return those of some entries, oldest first, that lie in a stretch of time."""
    side = bisect_right if span.rolling else bisect_left
    first = side(entries, span.since, key=AT)
    return entries[first : side(entries, span.until, lo=first, key=AT)]


def _burn(
    alert: BurnAlert,
    events: tuple[Entry, ...],
    *,
    target: Fraction,
    budget: Fraction,
    over: Fraction,
    now: datetime,
) -> Burn:
    if not events:
        return Burn(alert=alert, long=None, short=None, firing=False)
    seen = within(events, last(now, alert.long))
    stand_in = events[-max(1, -(-len(seen) // SHORT)) :]
    long = count(seen or stand_in)
    short = count(within(events, last(now, alert.short)) or stand_in) if alert.short else None

    def rate(of: Count, length: Fraction) -> Fraction | None:
        if not alert.weighted:
            return burn(of.bad, of.total, target)
        share = budget * length / over
        return of.bad / share if share else None

    over_long, over_short = rate(long, alert.long), rate(short, alert.short) if short else None
    firing = _too_fast(over_long, alert) and (short is None or _too_fast(over_short, alert))
    return Burn(
        alert=alert, long=over_long, short=over_short, firing=firing and _certain(long, alert, target)
    )


def _too_fast(rate: Fraction | None, alert: BurnAlert) -> bool:
    if not rate:
        return False
    return rate > alert.factor or (rate == alert.factor and (alert.weighted or alert.inclusive))


def _certain(seen: Count, alert: BurnAlert, target: Fraction) -> bool:
    if alert.significance is None:
        return True
    chance = min(alert.factor * (1 - target), ONE)
    return significant(seen.bad, seen.total, chance=chance, level=alert.significance)
