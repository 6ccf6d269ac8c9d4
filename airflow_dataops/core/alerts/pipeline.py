"""From what is wrong to who is told: the steps, in their order.

The order is Alertmanager's: what is inhibited is not told, whatever route it would take; what is muted is
held back after it was grouped, so that its group is told when the time is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.correlate import correlate
from airflow_dataops.core.alerts.dedupe import dedupe
from airflow_dataops.core.alerts.group import group
from airflow_dataops.core.alerts.inhibit import inhibit
from airflow_dataops.core.alerts.mute import mute
from airflow_dataops.core.alerts.repeat import repeat
from airflow_dataops.core.alerts.routed import route

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.alerts.round import Round

STEPS: tuple[Callable[[Round], Round], ...] = (
    dedupe,
    correlate,
    inhibit,
    route,
    group,
    mute,
    repeat,
)


def decided(given: Round) -> Round:
    """Return a round with all that is decided."""
    for step in STEPS:
        given = step(given)
    return given
