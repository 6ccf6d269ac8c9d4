"""The step that finds out who is told of each incident."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.round import Group
from airflow_dataops.core.alerts.route import matching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.core.alerts.labels import Labels
    from airflow_dataops.core.alerts.round import Round
    from airflow_dataops.core.alerts.route import Found
    from airflow_dataops.core.alerts.rules import Rules


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
        declared = given.declared.get((incident.where.team, incident.where.product))
        channels = declared.channels if declared else ()
        for node, receiver in receivers(given.rules, one.labels, channels):
            found = Group(key=node.key, route=node.route, receiver=receiver, members=(one,))
            groups.setdefault((incident.key, node.key, receiver), found)
    return replace(given, groups=tuple(groups.values()))


def receivers(rules: Rules, labels: Labels, channels: Sequence[str] = ()) -> tuple[tuple[Found, str], ...]:
    """Return the routes that labels come to, each with the name of who is told.

    Where nothing but the root matches, that is the first support channel that is a receiver. Where a route
    names nobody who is there, it is the root's receiver, or else the log.

    Args:
        rules: Who is told of what.
        labels: The labels.
        channels: The product's channels, as its contract names them (`support`).
    """
    names = {receiver.name for receiver in rules.receivers if receiver.transports}
    support = next((channel for channel in channels if channel in names), "")
    return tuple(
        (node, support if node.root and support else rules.heard(node.route.receiver))
        for node in matching(rules.route, labels)
    )
