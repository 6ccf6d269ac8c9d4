"""A route as it is written: what it doesn't say is its parent's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.route import Route

if TYPE_CHECKING:
    from datetime import timedelta

    from airflow_dataops.core.alerts.matcher import Matcher


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidRoute:
    """One node of the tree as a file has it; None for what it doesn't say.

    Args:
        receiver: As in `Route`.
        matchers: As in `Route`.
        group_by: As in `Route`.
        group_wait: As in `Route`.
        group_interval: As in `Route`.
        repeat_interval: As in `Route`.
        mute: As in `Route`; never its parent's.
        active: As in `Route`; never its parent's.
        go_on: As in `Route`; never its parent's.
        routes: Below it, in their order.
        place: file:line:column.
    """

    receiver: str | None = None
    matchers: tuple[Matcher, ...] = ()
    group_by: tuple[str, ...] | None = None
    group_wait: timedelta | None = None
    group_interval: timedelta | None = None
    repeat_interval: timedelta | None = None
    mute: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    go_on: bool = False
    routes: tuple[SaidRoute, ...] = ()
    place: str = ""


def resolved(said: SaidRoute, parent: Route) -> Route:
    """Return a route, and those below it, with what they have of their parents (dispatch/route.go).

    Receiver, grouping and times are a parent's; when people are told, and `continue`, never are.

    Args:
        said: The route.
        parent: The one above it; `rules.ALL_TO_THE_LOG` above the root.
    """
    own = Route(
        receiver=parent.receiver if said.receiver is None else said.receiver,
        matchers=said.matchers,
        group_by=parent.group_by if said.group_by is None else said.group_by,
        group_wait=parent.group_wait if said.group_wait is None else said.group_wait,
        group_interval=parent.group_interval if said.group_interval is None else said.group_interval,
        repeat_interval=parent.repeat_interval if said.repeat_interval is None else said.repeat_interval,
        mute=said.mute,
        active=said.active,
        go_on=said.go_on,
        place=said.place,
    )
    return replace(own, routes=tuple(resolved(child, own) for child in said.routes))
