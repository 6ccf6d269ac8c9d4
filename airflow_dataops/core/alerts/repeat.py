"""The step that decides what receivers are told now: what is new, what is over, what goes on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.early import enough
from airflow_dataops.core.alerts.group import ANOTHER_ROUTE
from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.alerts.urgency import highest
from airflow_dataops.core.slo.newest import to_come
from airflow_dataops.core.slo.objective import Urgency

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.labels import Labelled
    from airflow_dataops.core.alerts.notification import Logged
    from airflow_dataops.core.alerts.round import Group, Round

LONG_AGO = datetime.min.replace(tzinfo=UTC)

PATIENCE = timedelta(days=1)
"""How long what is over waits for a receiver that isn't there: its file may be broken for a while,
and who was told that something began must hear that it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How a group stands, as its receiver is to know it.

    Args:
        firing: Numbers of what is open; of what is held back, as it was told last.
        resolved: Numbers of what was open when it was told last, and is over.
        told: What is told of, as it is sorted in the group: nothing that is held back, and nothing that was
            well again before anybody was told.
    """

    firing: frozenset[int]
    resolved: frozenset[int]
    told: tuple[Labelled, ...]

    @property
    def open(self) -> tuple[Incident, ...]:
        """What is told of that is open."""
        return tuple(one.incident for one in self.told if one.incident.open)


def repeat(given: Round) -> Round:
    """Return a round whose groups know what is told now, and by which key the receiver knows them."""
    logs = {(logged.group, logged.receiver): logged for logged in given.logged}
    groups: list[Group] = []
    moved = _moved(given, logs)
    for group in given.groups:
        logged = logs.get((group.key, group.receiver))
        receiver = given.rules.receiver(group.receiver)
        event = None
        if receiver is not None or _long_over(group, given.now):
            event = event_of(
                group, logged, now=given.now, send_resolved=receiver is not None and receiver.send_resolved
            )
        if event is Event.TRIGGER and not group.direct and _in_hand(group, moved):
            event = None
        groups.append(replace(group, event=event, dedup_key=_key(group, logged) if event else ""))
    return replace(given, groups=tuple(groups))


def _moved(given: Round, logs: Mapping[tuple[str, str], Logged]) -> Mapping[str, Urgency]:
    """Return what was told to others before its route was another, by its key, and how urgent it was then."""
    found: dict[str, Urgency] = {}
    for group in given.groups:
        logged = logs.get((group.key, group.receiver))
        if logged is None:
            continue
        for one in group.members:
            key, number = one.incident.key, one.incident.number
            if group.held.get(key) == ANOTHER_ROUTE and number in logged.firing:
                found[key] = highest((logged.urgency, found.get(key, logged.urgency)))
    return found


def _in_hand(group: Group, moved: Mapping[str, Urgency]) -> bool:
    """Tell whether somebody has all of a new group in hand, who was told of it as urgently elsewhere."""
    return all(
        one.incident.phase is Phase.ACKNOWLEDGED
        and moved.get(one.incident.key) in {Urgency.PAGE, one.incident.urgency}
        for one in group.members
        if one.incident.open and one.incident.key not in group.held
    )


def _long_over(group: Group, now: datetime) -> bool:
    """Tell whether all of a group has been over for so long that nobody waits for its receiver any more."""
    ends = [one.incident.resolved for one in group.members]
    return all(end is not None and now - end >= PATIENCE for end in ends)


def counted(group: Group, logged: Logged | None) -> Counted:
    """Return how a group stands.

    Args:
        group: The group.
        logged: What its receiver was told last; None where it was told nothing.
    """
    before = logged.firing if logged else frozenset()
    held = [one.incident for one in group.members if group.muted or one.incident.key in group.held]
    free = [one for one in group.members if not group.muted and one.incident.key not in group.held]
    # Of what is well by now nobody hears who hasn't yet.
    told = tuple(one for one in free if one.incident.wrong or one.incident.number in before)
    return Counted(
        firing=frozenset(
            [one.incident.number for one in told if one.incident.open]
            + [incident.number for incident in held if incident.number in before]
        ),
        resolved=frozenset(one.incident.number for one in told if not one.incident.open),
        told=told,
    )


def needs_update(
    logged: Logged | None,
    *,
    firing: frozenset[int],
    resolved: frozenset[int],
    repeat_interval: timedelta | None,
    send_resolved: bool,
    now: datetime,
) -> bool:
    """Tell whether a receiver has to be told (notify/dedup_stage.go).

    Args:
        logged: What it was told last; None where it was told nothing.
        firing: Numbers of what is open.
        resolved: Numbers of what is over.
        repeat_interval: After how long what goes on is told again; None for never.
        send_resolved: Whether it is told that something is over.
        now: The instant, aware.
    """
    if logged is None:
        return bool(firing)
    if not firing <= logged.firing:
        return True
    if not firing:
        return bool(logged.firing)
    if send_resolved and not resolved <= logged.resolved:
        return True
    return repeat_interval is not None and now - logged.at > repeat_interval


def effective(repeat_interval: timedelta, group_interval: timedelta) -> timedelta:
    """Return after how long what goes on is really told again: groups are looked at once an interval."""
    if not group_interval:
        return repeat_interval
    return -(-repeat_interval // group_interval) * group_interval


def event_of(group: Group, logged: Logged | None, *, now: datetime, send_resolved: bool) -> Event | None:
    """Return what the receiver of a group is told now; None for nothing.

    A rise of urgency is told at once. A group isn't repeated whose open incidents somebody has in hand, or of
    which nothing is wrong right now; what comes back before it is over is no news. What was told at an
    instant that is still to come was told long ago, by a clock that was wrong.
    """
    if logged is not None and to_come(logged.at, now):
        logged = replace(logged, at=LONG_AGO)
    stands = counted(group, logged)
    if logged is None or not logged.firing:
        return Event.TRIGGER if stands.open and not _waits(group, stands, now) else None
    if stands.open and logged.urgency is Urgency.TICKET and _is_page(stands):
        return Event.UPDATE
    if not group.direct and now < _next(logged, group.route.group_interval):
        return None
    if not stands.firing:
        return Event.RESOLVE
    # The same incident with more wrong in it; what was told and is over counts as it was.
    more = digest(group, logged.firing) != logged.digest
    again = needs_update(
        logged,
        firing=stands.firing,
        resolved=stands.resolved,
        repeat_interval=_repeats(group, stands),
        send_resolved=send_resolved,
        now=now,
    )
    return Event.UPDATE if again or (more and stands.open) else None


def digest(group: Group, numbers: frozenset[int]) -> str:
    """Return what tells whether more is wrong in some members of a group than was told."""
    said = sorted(
        (one.incident.key, *sorted({*one.incident.had, *(signal.name for signal in one.incident.signals)}))
        for one in group.members
        if one.incident.number in numbers
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _next(logged: Logged, interval: timedelta) -> datetime:
    """Return when a group is looked at again."""
    return logged.at + enough(interval)


def _waits(group: Group, stands: Counted, now: datetime) -> bool:
    """Tell whether a new group still waits for more.

    It does from when its first incident was found, which is what Prometheus calls the start of an alert.
    """
    first = min(incident.detected for incident in stands.open)
    return not group.direct and now < first + group.route.group_wait


def _is_page(stands: Counted) -> bool:
    return highest(incident.urgency for incident in stands.open) is Urgency.PAGE


def _repeats(group: Group, stands: Counted) -> timedelta | None:
    waiting = any(incident.phase is Phase.OPEN and incident.wrong for incident in stands.open)
    if group.direct or not waiting:
        return None
    return effective(group.route.repeat_interval, group.route.group_interval)


def _key(group: Group, logged: Logged | None) -> str:
    """Return what the receiver knows the group by: the same until it is over, another when it comes again."""
    if logged is not None and logged.firing:
        return logged.key
    incidents = counted(group, logged).open
    first = min(incidents, key=lambda incident: (incident.began, incident.where))
    if len(incidents) == 1:
        return first.key
    return hashlib.sha256(f"{group.key}\0{first.key}".encode()).hexdigest()
