"""The way of labels through the tree of routes: what was asked, what did not match, and where it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.matcher import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.alerts.labels import Labels
    from airflow_dataops.core.alerts.matcher import Matcher
    from airflow_dataops.core.alerts.route import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A route that was asked.

    Args:
        route: It.
        depth: How many routes are above it; 0 for the root.
        missed: The first of its matchers that labels don't meet; None where they meet all.
        told: Whether its receiver is told: none below it matches.
    """

    route: Route
    depth: int
    missed: Matcher | None = None
    told: bool = False


def way(root: Route, labels: Labels) -> tuple[Stop, ...]:
    """Return the routes that labels are held against, in their order: those that `matching` asks.

    Args:
        root: The root of the tree.
        labels: The labels.
    """
    return tuple(_asked(root, labels, 0))


def _asked(route: Route, labels: Labels, depth: int) -> Iterator[Stop]:
    missed = next((one for one in route.matchers if not matches(one, labels)), None)
    if missed is not None:
        yield Stop(route=route, depth=depth, missed=missed)
        return
    below: list[Stop] = []
    taken = False
    for child in route.routes:
        stops = tuple(_asked(child, labels, depth + 1))
        below.extend(stops)
        if stops[0].missed is None:
            taken = True
            if not child.go_on:
                break
    yield Stop(route=route, depth=depth, told=not taken)
    yield from below
