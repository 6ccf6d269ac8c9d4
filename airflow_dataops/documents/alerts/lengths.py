"""How long the times of `alerts.yaml` may be: a page that is held back for a year is told to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.documents.alerts.keys import AlertsKeys, RouteKeys
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How long a time may be.

    Args:
        warned: Above it, it is warned of.
        refused: Above it, it is refused.
        words: That one, as people write it.
        effect: What so long a time does.
    """

    warned: timedelta
    refused: timedelta
    words: str
    effect: str


BOUNDS = {
    "group_wait": Bounds(
        warned=HOUR, refused=DAY, words="1d", effect="so long nobody hears of what is new, pages too"
    ),
    "group_interval": Bounds(
        warned=DAY,
        refused=7 * DAY,
        words="1w",
        effect="so long nobody hears what else is wrong, or that it is over",
    ),
    "repeat_interval": Bounds(
        warned=7 * DAY, refused=365 * DAY, words="1y", effect="so long nobody is reminded of what goes on"
    ),
    "keep_firing_for": Bounds(
        warned=HOUR, refused=DAY, words="1d", effect="so long nobody hears that something is over"
    ),
}
"""Key -> how long it may be. Our own: Alertmanager and Prometheus take any length."""


def check_lengths(keys: AlertsKeys, findings: Findings) -> None:
    """Refuse lengths by which nobody would hear of anything in time, and warn of those that are long."""
    _check("keep_firing_for", keys.keep_firing_for, keys.node, findings)
    _check_route(keys.route, findings)


def _check_route(keys: RouteKeys, findings: Findings) -> None:
    for name in ("group_wait", "group_interval", "repeat_interval"):
        _check(name, getattr(keys, name), keys.node, findings)
    for child in keys.routes:
        _check_route(child, findings)


def _check(name: str, value: timedelta | None, node: Node, findings: Findings) -> None:
    bounds = BOUNDS[name]
    if value is None or value <= bounds.warned:
        return
    place, written = node.at(name).place, f"`{name}` is {node.at(name).value}"
    if value > bounds.refused:
        what = f"{written}: {bounds.effect}"
        findings.error(place, what, f"Write {bounds.words} at most.")
    else:
        findings.warn(place, f"{written}: {bounds.effect}", "Write less, unless that is what you mean.")
