"""The step that finds out who is told of each incident."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.round import Group
from airflow_dataops.core.alerts.route import matching

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.labels import Labelled
    from airflow_dataops.core.alerts.round import Round
    from airflow_dataops.core.alerts.route import Found


def route(given: Round) -> Round:
    """Return a round with a group of one for each open incident that isn't quiet, and each who is told of it.

    Its key is that of the route alone. What is quiet or over stays with those who were told of it: `group`
    knows them from what they were told last.
    """
    groups: dict[tuple[str, str, str], Group] = {}
    for incident in given.incidents:
        if not incident.open or incident.key in given.quiet:
            continue
        one = given.labelled(incident)
        for node in matching(given.rules.route, one.labels):
            receiver = _receiver(given, one, node)
            found = Group(key=node.key, route=node.route, receiver=receiver, members=(one,))
            groups.setdefault((incident.key, node.key, receiver), found)
    return replace(given, groups=tuple(groups.values()))


def _receiver(given: Round, one: Labelled, node: Found) -> str:
    """Return who is told: where nothing but the root matches, the first support channel that is a receiver.

    A channel is one of the product's contract (`support`); it is a receiver where one has its name.
    """
    if node.root:
        declared = given.declared.get((one.incident.where.team, one.incident.where.product))
        names = {receiver.name for receiver in given.rules.receivers if receiver.transports}
        for channel in declared.channels if declared else ():
            if channel in names:
                return channel
    return given.rules.heard(node.route.receiver)
