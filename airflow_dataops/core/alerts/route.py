"""The tree of routes, as Alertmanager has it: who is told of what, how it is grouped, how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
