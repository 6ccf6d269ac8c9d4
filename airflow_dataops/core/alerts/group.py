"""The step that brings incidents together that a receiver is told of as one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.round import Group
from airflow_dataops.core.alerts.route import Route, group_key, group_labels, nodes
from airflow_dataops.core.alerts.transport import AlertmanagerTransport
from airflow_dataops.core.slo.objective import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.alerts.labels import Labelled
    from airflow_dataops.core.alerts.round import Round

DIRECT = "alertmanager:"
"""What the keys of groups begin with that are one incident, for receivers that group themselves."""

ANOTHER_ROUTE = "another route"


def group(given: Round) -> Round:
    """Return a round whose groups are what receivers are told of as one.

    An incident stays in the group in which a receiver was told of it, as long as its route leads there. Who
    was told that it began stays with it until it is over, even when it is quiet or its route is another now:
    whatever was opened is closed.
    """
    gathered: dict[tuple[str, str], _Gathered] = {}
    stays = {
        (logged.receiver, number, logged.group.startswith(DIRECT)): logged.group
        for logged in given.logged
        for number in logged.firing
    }
    for routed in given.groups:
        (one,) = routed.members
        for key, direct in _keys(given, routed, one):
            before = stays.get((routed.receiver, one.incident.number, direct), "")
            own = before if before.startswith(f"{routed.key}:") else key
            place = gathered.setdefault((own, routed.receiver), _Gathered(routed.route, direct))
            place.members[one.incident.key] = one
    _keep(given, gathered)
    ordered = sorted(gathered.items(), key=lambda item: item[0])
    return replace(given, groups=tuple(_group(*place, its) for place, its in ordered if its.members))


@dataclass(slots=True)
class _Gathered:
    route: Route
    direct: bool
    members: dict[str, Labelled] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)


def _keys(given: Round, routed: Group, one: Labelled) -> Iterator[tuple[str, bool]]:
    receiver = given.rules.receiver(routed.receiver)
    transports = receiver.transports if receiver else ()
    direct = [isinstance(transport, AlertmanagerTransport) for transport in transports]
    if any(direct):
        yield f"{DIRECT}{one.incident.key}", True
    if not all(direct):
        yield group_key(routed.key, group_labels(routed.route, one.labels)), False


def _keep(given: Round, gathered: dict[tuple[str, str], _Gathered]) -> None:
    """Add what receivers were told of and that isn't routed to them now: it is over, quiet or elsewhere."""
    known = {incident.number: incident for incident in given.incidents if incident.number}
    routes = {node.key: node.route for node in nodes(given.rules.route)}
    for logged in given.logged:
        for number in sorted(logged.firing & known.keys()):
            incident = known[number]
            way = logged.group.rpartition(":{")[0]
            usual = _Gathered(
                routes.get(way, Route(receiver=logged.receiver)), logged.group.startswith(DIRECT)
            )
            place = gathered.setdefault((logged.group, logged.receiver), usual)
            if incident.key not in place.members:
                place.members[incident.key] = given.labelled(incident)
                if incident.open:
                    place.held[incident.key] = given.quiet.get(incident.key, ANOTHER_ROUTE)


def _group(key: str, receiver: str, its: _Gathered) -> Group:
    members = sorted(its.members.values(), key=_order)
    return Group(
        key=key,
        route=its.route,
        receiver=receiver,
        members=tuple(members),
        held=its.held,
        direct=its.direct,
    )


def _order(one: Labelled) -> tuple[bool, bool, object, object]:
    """Return what members are sorted by: what is open first, the most urgent, then the oldest."""
    incident = one.incident
    return not incident.open, incident.urgency is not Urgency.PAGE, incident.began, incident.where
