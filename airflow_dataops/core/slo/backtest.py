"""What an objective would have said of a time that is over: whom it had told, and of what it had not."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.budget import counted
from airflow_dataops.core.slo.burnrate import within
from airflow_dataops.core.slo.burnt import burnt
from airflow_dataops.core.slo.incident import incidents
from airflow_dataops.core.slo.objective import Budgeting
from airflow_dataops.core.slo.reckoning import alerts_of, reach, standing
from airflow_dataops.core.slo.usual_alerts import counts_rows
from airflow_dataops.core.slo.window import Calendar
from airflow_dataops.core.slo.windows import Span, after, in_utc, span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.incident import Incident
    from airflow_dataops.core.slo.ledger import Entry
    from airflow_dataops.core.slo.objective import BurnAlert, Objective, Urgency
    from airflow_dataops.core.slo.observation import Observation
    from airflow_dataops.core.slo.run import RunOutcome
    from airflow_dataops.core.slo.standing import Standing

AT = attrgetter("at")

FEW = 2_000
"""As many instants are looked at each; of more, those at which something bad came or went."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A time over which an alert would have fired.

    Args:
        alert: The alert.
        since: From when on, aware.
        until: Until when, aware; None where it would still fire.
    """

    alert: BurnAlert
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that is known to have gone wrong, whether the objective counts it or not.

    Args:
        partition: Of which partition.
        at: When, aware.
        what: What, in a few words.
    """

    partition: str
    at: datetime
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """What an objective would have said.

    Args:
        declaration: What declares it.
        objective: The objective.
        since: Where the time begins, aware.
        until: Where it ends, aware.
        points: Instants, and what was left of the budget from each of them on; None where there was none.
        alarms: When alerts would have fired, in order.
        incidents: What would have burnt, the worst first, with its share of the budget as it was in the end.
        missed: Those of which no alert would have told while they lasted.
        silent: Other trouble that is known, and of which no alert would have told.
        good: Good events of the time.
        total: All events of the time.
        standing: How it would stand at the end.
        notes: What else there is to be said, one line each.
    """

    declaration: Declaration
    objective: Objective
    since: datetime
    until: datetime
    points: tuple[tuple[datetime, Fraction | None], ...]
    alarms: tuple[Alarm, ...]
    incidents: tuple[Incident, ...]
    missed: tuple[Incident, ...]
    silent: tuple[Trouble, ...]
    good: Fraction
    total: Fraction
    standing: Standing
    notes: tuple[str, ...] = ()

    @property
    def least(self) -> Fraction | None:
        """The least that was left of the budget; None where there never was one."""
        return min((share for _, share in self.points if share is not None), default=None)


def backtest(
    objective: Objective,
    declaration: Declaration,
    entries: Sequence[Entry],
    *,
    since: datetime,
    until: datetime,
    begun: datetime | None = None,
    coming: int = 0,
    observations: Iterable[Observation] = (),
    runs: Iterable[RunOutcome] = (),
    troubles: Iterable[Trouble] = (),
    notes: tuple[str, ...] = (),
) -> Backtest:
    """Return what an objective would have said of a time.

    What was repaired counts as good from the start: when it was repaired, its entry doesn't say.

    Args:
        objective: The objective.
        declaration: What declares it.
        entries: What its expected events came to, oldest first, from one window before the time on.
        since: Where the time begins, aware.
        until: Where it ends, aware: the present.
        begun: Since when something is expected at all, aware; None for as long as windows reach back.
        coming: How many events of the calendar's period have no entry yet at its end.
        observations: What was seen of the product, for the reasons.
        runs: What became of the runs of its DAG, likewise.
        troubles: What is known to have gone wrong.
        notes: What else there is to be said.
    """
    since, until = in_utc(since), in_utc(until)
    events = counted([entry for entry in entries if entry.at <= until], objective)
    stood = [
        _stood(objective, declaration, events, at=at, coming=coming, end=until, begun=begun)
        for at in _instants(objective, events, since, until)
    ]
    own = [entry for entry in events if since <= entry.at <= until]
    told = burnt(own, objective, observations=observations, runs=runs)
    found = incidents(own, told, allowed=stood[-1].allowed)
    alarms = tuple(sorted(_alarms(stood), key=_order))
    return Backtest(
        declaration=declaration,
        objective=objective,
        since=since,
        until=until,
        points=tuple((each.at, each.remaining) for each in stood),
        alarms=alarms,
        incidents=found,
        missed=tuple(each for each in found if not _during(each, alarms)),
        silent=tuple(each for each in troubles if since <= each.at <= until and not _told(each, alarms)),
        good=sum((entry.good for entry in own), Fraction(0)),
        total=sum((entry.total for entry in own), Fraction(0)),
        standing=stood[-1],
        notes=notes,
    )


def _instants(
    objective: Objective, events: Sequence[Entry], since: datetime, until: datetime
) -> list[datetime]:
    """Return when something changes: an event counts, or one leaves a window."""
    alerts = alerts_of(objective, within(events, Span(since=reach(objective, until), until=until)))
    lengths = {length for alert in alerts for length in (alert.long, alert.short) if length}
    found = {since, until}
    if isinstance(objective.window, Calendar):
        begin = span(objective.window, since).until
        while begin <= until:
            found.add(begin)
            begin = span(objective.window, begin).until
    else:
        lengths.add(objective.window.length.seconds)
    few = len(events) <= FEW
    for before, entry in zip((None, *events), events, strict=False):
        if few or entry.bad or (before is not None and before.bad):
            found.add(entry.at)
        if entry.bad:
            found |= {after(entry.at, length) for length in lengths}
    return sorted(at for at in found if since <= at <= until)


def _stood(
    objective: Objective,
    declaration: Declaration,
    events: Sequence[Entry],
    *,
    at: datetime,
    coming: int,
    end: datetime,
    begun: datetime | None,
) -> Standing:
    """Return how an objective stood at an instant, by what was known then."""
    known = bisect_right(events, at, key=AT)
    first = bisect_left(events, reach(objective, at), key=AT)
    later: int | None = None
    if _foreseen(objective, declaration):
        period = span(objective.window, at)
        whole = bisect_left(events, period.until, key=AT)
        later = sum(1 for entry in events[known:whole] if entry.total)
        later += coming if period.holds(end) else 0
    recent = within(events[first:known], Span(since=reach(objective, at), until=at))
    alerts = alerts_of(objective, recent)
    # Counted events need not be counted again, which changes nothing and takes its time.
    as_counted = replace(objective, method=Budgeting.OCCURRENCES, alerts=alerts) if alerts else objective
    return standing(as_counted, declaration, events[first:known], now=at, coming=later, since=begun)


def _foreseen(objective: Objective, declaration: Declaration) -> bool:
    """Return whether it is known what is still to come in a period of the calendar."""
    its = isinstance(objective.window, Calendar) and not counts_rows(objective)
    return its and not declaration.expectation.runs


def _alarms(stood: Sequence[Standing]) -> Iterator[Alarm]:
    """Yield when each alert fired."""
    begun: dict[tuple[Urgency, Fraction], Alarm] = {}
    for each in stood:
        # The usual alerts look over windows that follow the pace of events: of one kind there is one.
        firing = {(burn.alert.urgency, burn.alert.factor): burn.alert for burn in each.burns if burn.firing}
        for kind in [kind for kind in begun if kind not in firing]:
            yield replace(begun.pop(kind), until=each.at)
        for kind, alert in firing.items():
            begun.setdefault(kind, Alarm(alert=alert, since=each.at))
    yield from begun.values()


def _order(alarm: Alarm) -> tuple[datetime, Urgency]:
    return alarm.since, alarm.alert.urgency


def _during(incident: Incident, alarms: Iterable[Alarm]) -> bool:
    """Return whether an alert fired while an incident lasted."""
    first, last = incident.burnt[0].entry.at, incident.burnt[-1].entry.at
    return any(alarm.since <= last and (alarm.until is None or alarm.until > first) for alarm in alarms)


def _told(trouble: Trouble, alarms: Iterable[Alarm]) -> bool:
    """Return whether an alert fired when something went wrong, or began to while it was in its window."""
    return any(
        alarm.since <= after(in_utc(trouble.at), alarm.alert.long)
        and (alarm.until is None or alarm.until > trouble.at)
        for alarm in alarms
    )
