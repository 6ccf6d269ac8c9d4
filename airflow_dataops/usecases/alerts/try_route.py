"""Try a route: who would be told of an incident with some labels, and who not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.mute import muted_by
from airflow_dataops.core.alerts.route import group_key, group_labels
from airflow_dataops.core.alerts.routed import receivers
from airflow_dataops.core.alerts.silence import silenced
from airflow_dataops.core.alerts.way import way

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from airflow_dataops.core.alerts.labels import Labels
    from airflow_dataops.core.alerts.route import Receiver, Route
    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.core.alerts.silence import Silence
    from airflow_dataops.core.alerts.way import Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where a way ends.

    Args:
        receiver: Who is told.
        route: The route that leads there.
        group: What it is told together with, as Alertmanager writes it: route and labels.
        muted: Names of the intervals by which nobody is told at that instant.
        support: Whether the product's contract names the receiver, in place of the root's.
    """

    receiver: Receiver
    route: Route
    group: str
    muted: tuple[str, ...] = ()
    support: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedRoute:
    """What became of labels.

    Args:
        at: The instant, aware.
        labels: The labels.
        stops: The routes that were asked, in their order.
        ends: Who is told.
        silence: The silence that holds at that instant; None where none does.
        filled: Names of the labels that nobody gave: the product declares them.
    """

    at: datetime
    labels: Labels
    stops: tuple[Stop, ...]
    ends: tuple[End, ...]
    silence: Silence | None = None
    filled: tuple[str, ...] = ()


def try_route(
    labels: Labels,
    *,
    rules: Rules,
    at: datetime,
    silences: Iterable[Silence] = (),
    channels: Sequence[str] = (),
    filled: Sequence[str] = (),
) -> TriedRoute:
    """Return who would be told of an incident with some labels at an instant.

    Args:
        labels: The labels.
        rules: Who is told of what.
        at: The instant, aware.
        silences: Those there are.
        channels: The product's channels, as its contract names them (`support`).
        filled: Names of the labels that nobody gave: the product declares them.
    """
    ends: list[End] = []
    for node, name in receivers(rules, labels, channels):
        receiver = rules.receiver(name)
        if receiver is None:
            raise AssertionError(name)
        ends.append(
            End(
                receiver=receiver,
                route=node.route,
                group=group_key(node.key, group_labels(node.route, labels)),
                muted=muted_by(node.route, rules.intervals, at),
                support=name != rules.heard(node.route.receiver),
            )
        )
    return TriedRoute(
        at=at,
        labels=labels,
        stops=way(rules.route, labels),
        ends=tuple(ends),
        silence=silenced(labels, silences, at),
        filled=tuple(filled),
    )
