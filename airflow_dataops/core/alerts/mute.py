"""The step that holds back what a time interval or a silence covers, until that is over."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.group import ANOTHER_ROUTE
from airflow_dataops.core.alerts.incident import Did, Step
from airflow_dataops.core.alerts.interval import holds
from airflow_dataops.core.alerts.silence import silenced

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.interval import NamedInterval
    from airflow_dataops.core.alerts.round import Group, Round
    from airflow_dataops.core.alerts.route import Route


def mute(given: Round) -> Round:
    """Return a round that knows of which groups, and which members of them, nobody is told now.

    What is over is held back too. Receivers that silence themselves are told whatever holds here.
    """
    groups = tuple(one if one.direct else _muted(one, given) for one in given.groups)
    holding = _holding(groups)
    incidents: list[Incident] = []
    steps: list[tuple[str, Step]] = []
    for incident in given.incidents:
        why = holding.get(incident.key, "") if incident.open else ""
        if why and why != incident.held_by:
            step = Step(number=incident.number, at=given.now, did=Did.SILENCED, text=f"held back by {why}")
            steps.append((incident.key, step))
        incidents.append(replace(incident, held_by=why))
    return replace(given, groups=groups, incidents=tuple(incidents), steps=(*given.steps, *steps))


def muted_by(route: Route, intervals: Iterable[NamedInterval], now: datetime) -> tuple[str, ...]:
    """Return the names of the intervals by which nobody is told: those to mute, or else those to be active.

    A name that no interval has mutes nothing.

    Args:
        route: The route.
        intervals: Named intervals.
        now: The instant, aware.
    """
    named = {interval.name: interval for interval in intervals}
    muting = tuple(name for name in route.mute if name in named and holds(named[name], now))
    if muting:
        return muting
    active = [name for name in route.active if name in named]
    known = len(active) == len(route.active)
    return tuple(active) if active and known and not any(holds(named[name], now) for name in active) else ()


def _muted(group: Group, given: Round) -> Group:
    by = muted_by(group.route, given.rules.intervals, given.now)
    held = dict(group.held)
    for one in group.members:
        silence = silenced(one.labels, given.silences, given.now)
        if silence is not None:
            held[one.incident.key] = f"silence {silence.number}"
    said = "interval" if set(by) <= set(group.route.mute) else "outside of interval"
    return replace(group, held=held, muted=f"{said} {', '.join(by)}" if by else "")


def _holding(groups: Iterable[Group]) -> dict[str, str]:
    """Return the incidents, by their key, of which nobody at all is told -> why."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for group in groups:
        for one in group.members:
            key = one.incident.key
            if group.held.get(key) != ANOTHER_ROUTE:
                reasons[key].append(group.held.get(key, "") or group.muted)
    return {key: whys[0] for key, whys in reasons.items() if all(whys)}
