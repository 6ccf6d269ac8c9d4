"""The tree of routes, as Alertmanager has it: who is told of what, how it is grouped, how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.matcher import all_match, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.core.alerts.labels import Labels
    from airflow_dataops.core.alerts.matcher import Matcher
    from airflow_dataops.core.alerts.transport import Transport

ALL_LABELS = "..."
"""The word in `group_by` for every label there is."""

PRODUCT = ("team", "product", "dataset")
"""How incidents are grouped where nothing else is said: by pipeline and dataset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Who is told.

    Args:
        name: Its name.
        transports: How; each is told, and waits for no other.
        send_resolved: Whether it is told that an incident is over.
        place: file:line:column.
    """

    name: str
    transports: tuple[Transport, ...]
    send_resolved: bool = True
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One node of the tree; what it doesn't say is its parent's.

    Args:
        receiver: The name of who is told.
        matchers: All must match; the root has none.
        group_by: By which labels incidents are grouped.
        group_wait: How long a new group waits for more.
        group_interval: How long a group that was told of waits before what is new in it is told.
        repeat_interval: After how long what goes on is told again.
        mute: Names of intervals in which nobody is told.
        active: Names of intervals outside of which nobody is told; empty for always.
        go_on: Whether routes after it are asked too (`continue`).
        routes: Below it, in their order.
        place: file:line:column.
    """

    receiver: str
    matchers: tuple[Matcher, ...] = ()
    group_by: tuple[str, ...] = PRODUCT
    group_wait: timedelta = timedelta(0)
    group_interval: timedelta = timedelta(minutes=5)
    repeat_interval: timedelta = timedelta(hours=4)
    mute: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    go_on: bool = False
    routes: tuple[Route, ...] = field(default=())
    place: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A node of the tree.

    Args:
        route: It.
        key: The matchers on the way to it, as Alertmanager writes them.
        root: Whether it is the root, which takes what nothing else does.
    """

    route: Route
    key: str
    root: bool = False


def matching(root: Route, labels: Labels) -> tuple[Found, ...]:
    """Return the nodes that labels come to (dispatch/route.go): depth first, in their order.

    The first child that matches is the last one asked, unless it says `continue`; a node itself is meant
    where no child matches. So there is always one, at least the root.
    """
    return tuple(_matching(Found(root, key_of(root.matchers), root=True), labels)) or (
        Found(root, key_of(root.matchers), root=True),
    )


def nodes(root: Route) -> Iterator[Found]:
    """Yield each node of the tree, depth first."""
    left = [Found(root, key_of(root.matchers), root=True)]
    while left:
        node = left.pop()
        yield node
        left.extend(_below(node, child) for child in reversed(node.route.routes))


def key_of(matchers: Iterable[Matcher]) -> str:
    """Return matchers as they stand in a key: `{severity="page",team="shop"}`."""
    ordered = sorted(matchers, key=lambda matcher: matcher.order)
    return "{" + ",".join(str(matcher) for matcher in ordered) + "}"


def group_labels(route: Route, labels: Labels) -> dict[str, str]:
    """Return the labels that an incident is grouped by; those that it doesn't have are left out."""
    names = labels if ALL_LABELS in route.group_by else route.group_by
    return {name: labels[name] for name in sorted(set(names)) if labels.get(name)}


def group_key(route_key: str, labels: Labels) -> str:
    """Return the key of a group, as Alertmanager writes it: `{}/{team="shop"}:{product="orders"}`."""
    return f"{route_key}:{{{', '.join(f'{name}={quoted(labels[name])}' for name in sorted(labels))}}}"


def _matching(node: Found, labels: Labels) -> Iterator[Found]:
    if not all_match(node.route.matchers, labels):
        return
    any_child = False
    for child in node.route.routes:
        below = tuple(_matching(_below(node, child), labels))
        yield from below
        any_child = any_child or bool(below)
        if below and not child.go_on:
            return
    if not any_child:
        yield node


def _below(node: Found, child: Route) -> Found:
    return Found(child, f"{node.key}/{key_of(child.matchers)}")
