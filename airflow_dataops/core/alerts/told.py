"""What is kept and sent of a round: what receivers are told, and that they were."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.incident import Did, Phase, Step
from airflow_dataops.core.alerts.notification import Event, Logged, Notification
from airflow_dataops.core.alerts.repeat import counted, digest
from airflow_dataops.core.alerts.transport import AlertmanagerTransport
from airflow_dataops.core.alerts.urgency import highest
from airflow_dataops.core.slo.objective import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.labels import Labelled
    from airflow_dataops.core.alerts.repeat import Counted
    from airflow_dataops.core.alerts.round import Group, Round
    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.core.alerts.transport import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a round comes to for receivers.

    Args:
        logged: What each is told of each group; it replaces what there was.
        notifications: What is sent, in this order; their messages are still to be written, one for each of
            `incidents`.
        steps: What is to be written into timelines, by an incident's key.
    """

    logged: tuple[Logged, ...] = ()
    notifications: tuple[Notification, ...] = ()
    steps: tuple[tuple[str, Step], ...] = ()


def numbered(given: Round, incidents: Iterable[Incident]) -> Round:
    """Return a round whose incidents, in groups too, are those that have numbers.

    Args:
        given: The round, with all decided.
        incidents: Its incidents, as the store has numbered them.
    """
    by_key = {incident.key: incident for incident in incidents}
    groups = (
        replace(
            group,
            members=tuple(
                replace(one, incident=by_key.get(one.incident.key, one.incident)) for one in group.members
            ),
        )
        for group in given.groups
    )
    steps = (
        (key, replace(step, number=by_key[key].number if key in by_key else step.number))
        for key, step in given.steps
    )
    return replace(
        given,
        incidents=tuple(by_key.get(each.key, each) for each in given.incidents),
        groups=tuple(groups),
        steps=tuple(steps),
    )


def told(given: Round) -> Telling:
    """Return what is kept and sent of a round.

    Raises:
        ValueError: If an incident that is told of has no number yet.
    """
    logs = {(logged.group, logged.receiver): logged for logged in given.logged}
    logged: list[Logged] = []
    sent: list[Notification] = []
    steps: list[tuple[str, Step]] = []
    for group in sorted(given.groups, key=_order):
        if group.event is None:
            continue
        before = logs.get((group.key, group.receiver))
        stands = counted(group, before)
        found = _logged(group, stands, before, given.now)
        notifications = _notifications(group, _ordered(group, stands, before), found, given.rules)
        logged.append(found)
        sent.extend(notifications)
        steps.extend(_steps(group, notifications, stands, given))
    return Telling(logged=tuple(logged), notifications=tuple(sent), steps=tuple(steps))


def _order(group: Group) -> tuple[bool, str, str]:
    return not any(one.incident.urgency is Urgency.PAGE for one in group.members), group.key, group.receiver


def _logged(group: Group, stands: Counted, before: Logged | None, now: datetime) -> Logged:
    if 0 in stands.firing:
        raise ValueError(f"an incident of the group {group.key} has no number yet")
    firing = [one.incident.urgency for one in group.members if one.incident.number in stands.firing]
    return Logged(
        group=group.key,
        receiver=group.receiver,
        key=group.dedup_key,
        firing=stands.firing,
        resolved=stands.resolved,
        urgency=before.urgency if before and not firing else highest(firing),
        digest=digest(group, stands.firing),
        at=now,
    )


def _ordered(group: Group, stands: Counted, before: Logged | None) -> tuple[Labelled, ...]:
    """Return what is told of: what somebody has in hand comes last, unless the news is of that."""
    untaken = any(incident.phase is Phase.OPEN for incident in stands.open)
    urgency = highest(incident.urgency for incident in stands.open)
    more = before is not None and digest(group, before.firing) != before.digest
    rises = before is not None and before.urgency is not urgency is Urgency.PAGE

    def last(one: Labelled) -> bool:
        if one.incident.phase is not Phase.ACKNOWLEDGED or (rises and one.incident.urgency is urgency):
            return False
        return untaken or not more

    return tuple(sorted(stands.told, key=last))


def _notifications(
    group: Group, spoken: tuple[Labelled, ...], logged: Logged, rules: Rules
) -> tuple[Notification, ...]:
    receiver = rules.receiver(group.receiver)
    closes = receiver is None or receiver.send_resolved or group.direct
    incidents = tuple(one.incident.number for one in spoken if closes or one.incident.open)
    if not incidents or group.event is None:
        return ()
    # Who isn't there any more can't be told, so that whoever delivers has another one told instead.
    ways = [group.direct] if receiver is None else [_direct(one) for one in receiver.transports]
    return tuple(
        Notification(
            receiver=group.receiver,
            transport=place,
            group=group.key,
            key=logged.key,
            event=group.event,
            urgency=logged.urgency,
            incidents=incidents,
            messages=(),
            decided=logged.at,
        )
        for place, direct in enumerate(ways)
        if direct is group.direct
    )


def _direct(transport: Transport) -> bool:
    return isinstance(transport, AlertmanagerTransport)


def _steps(
    group: Group, notifications: tuple[Notification, ...], stands: Counted, given: Round
) -> Iterable[tuple[str, Step]]:
    spoken = notifications[0].incidents if notifications else ()
    if group.event is None:
        return
    said = f"{group.receiver}, {group.event.news}"
    if given.rules.receiver(group.receiver) is None:
        said = f"{group.receiver}, which is no receiver any more, {group.event.news}"
    elif not notifications and group.event is Event.RESOLVE:
        return
    one: Labelled
    for one in stands.told:
        if one.incident.number in spoken or not notifications:
            yield (
                one.incident.key,
                Step(number=one.incident.number, at=given.now, did=Did.NOTIFIED, text=said),
            )
