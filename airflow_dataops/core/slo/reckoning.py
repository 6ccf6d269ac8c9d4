"""How an objective stands at an instant, from what its expected events came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.slo.budget import NONE, allowed, count, counted, slice_length
from airflow_dataops.core.slo.burnrate import burns, within
from airflow_dataops.core.slo.spread import spread
from airflow_dataops.core.slo.standing import Standing, State
from airflow_dataops.core.slo.usual_alerts import ENOUGH, many, spacing, usual_alerts
from airflow_dataops.core.slo.window import Calendar
from airflow_dataops.core.slo.windows import Span, after, before, in_utc, last, span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from fractions import Fraction

    from airflow_dataops.core.slo.budget import Count
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.ledger import Entry
    from airflow_dataops.core.slo.objective import BurnAlert, Objective
    from airflow_dataops.core.slo.standing import Burn


def standing(
    objective: Objective,
    declaration: Declaration,
    entries: Sequence[Entry],
    *,
    now: datetime,
    coming: int | None = None,
    since: datetime | None = None,
    notes: tuple[str, ...] = (),
) -> Standing:
    """Return how an objective stands.

    Args:
        objective: The objective.
        declaration: What declares it.
        entries: What its expected events came to, oldest first, their instants in UTC; as far back as `reach`
            says. What is older than its window counts for alerts alone: they look over the start of a period.
        now: The instant, aware. Entries after it don't count yet.
        coming: How many events of a calendar's period have no entry yet, as `awaited` counts them; None where
            that can't be known, as of rows, and of a rolling window.
        since: Since when something is expected at all, aware; None for as long as its window reaches back.
        notes: What else there is to be said.

    Raises:
        ValueError: If the instant is naive.
    """
    now = in_utc(now)
    window = span(objective.window, now)
    events = counted(entries, objective)
    begun = _until(events, now)
    recent = within(begun, Span(since=reach(objective, now), until=now))
    inside = within(begun, window)
    seen = count(inside)
    # A slice that has entries and hasn't ended is one that is still to come.
    open_slices = within(events[len(begun) :], window) if slice_length(objective) else ()
    expected = seen.total + (coming or 0) + len(open_slices)
    may_be_bad = allowed(objective, expected)
    alerts = alerts_of(objective, recent)
    over = spread(
        window,
        inside,
        recent,
        now=now,
        longest=max((alert.long for alert in alerts), default=NONE),
        foreseen=coming is not None,
        since=since,
    )
    rates = burns(
        alerts,
        recent,
        target=objective.target,
        budget=may_be_bad,
        over=over,
        now=now,
    )
    return Standing(
        team=declaration.team,
        product=declaration.product,
        slo=objective.name,
        at=now,
        since=window.since,
        until=window.until,
        good=seen.good,
        total=seen.total,
        expected=expected,
        allowed=may_be_bad,
        burns=rates,
        state=_state(seen, may_be_bad, rates, anything=bool(inside) or not expected),
        notes=notes,
    )


def reach(objective: Objective, now: datetime) -> datetime:
    """Return after which instant entries are needed to tell how an objective stands.

    Args:
        objective: The objective.
        now: The instant, aware.
    """
    now = in_utc(now)
    lengths = [alert.long for alert in objective.alerts]
    if isinstance(objective.window, Calendar):
        lengths.append(objective.window.length.seconds)
    since = min([span(objective.window, now).since, *(before(now, length) for length in lengths)])
    return before(since, slice_length(objective) or NONE)


def alerts_of(objective: Objective, recent: Sequence[Entry]) -> tuple[BurnAlert, ...]:
    """Return the alerts of an objective: its own, or the usual ones.

    So few events that they would be few in any window aren't many because they lie close together: those of a
    DAG that was first heard of today, and ran three times in a minute.

    Args:
        objective: The objective.
        recent: The entries within reach, oldest first, as `counted` returns them.
    """
    if objective.alerts:
        return objective.alerts
    apart = spacing(recent)
    if apart and len(recent) <= ENOUGH and many(objective.window.length.seconds, apart):
        apart = None
    return usual_alerts(objective, apart)


def changes_at(
    objective: Objective,
    entries: Sequence[Entry],
    *,
    now: datetime,
    alerts: Sequence[BurnAlert] | None = None,
) -> datetime | None:
    """Return when the standing changes though nothing is seen and nothing is due; None where it never does.

    That is when the oldest entry leaves its window, or that of an alert; when a slice ends; or when a period
    of the calendar ends.

    Args:
        objective: The objective.
        entries: As for `standing`.
        now: The instant, aware.
        alerts: Its alerts, where they are known already.
    """
    now = in_utc(now)
    window = span(objective.window, now)
    events = counted(entries, objective)
    begun = _until(events, now)
    if alerts is None:
        alerts = alerts_of(objective, within(begun, Span(since=reach(objective, now), until=now)))
    lengths = {length for alert in alerts for length in _lengths(alert)}
    found = [event.at for event in events[len(begun) : len(begun) + 1]]
    if not window.rolling:
        found.append(window.until)
    for length in {*lengths, objective.window.length.seconds}:
        oldest = within(begun, last(now, length))[:1]
        found += [after(event.at, length) for event in oldest]
    return min(found, default=None)


def _lengths(alert: BurnAlert) -> tuple[Fraction, ...]:
    return (alert.long, alert.short) if alert.short else (alert.long,)


def _until(events: tuple[Entry, ...], now: datetime) -> tuple[Entry, ...]:
    """Return those that count by now."""
    if not events or events[-1].at <= now:
        return events
    return tuple(event for event in events if event.at <= now)


def _state(seen: Count, may_be_bad: Fraction, rates: tuple[Burn, ...], *, anything: bool) -> State:
    """Return the worst of what there is to be said. Nothing due yet is ok; nothing that counts is unknown."""
    if not seen.total and anything:
        return State.UNKNOWN
    if seen.bad and seen.bad >= may_be_bad:
        return State.EXHAUSTED
    return State.BURNING if any(each.firing for each in rates) else State.OK
