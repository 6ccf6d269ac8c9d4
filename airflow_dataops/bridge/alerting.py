"""Routing alerts: the same for the operator and for `airflow dataops alert route`."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge import stats
from airflow_dataops.bridge.channels import channel
from airflow_dataops.bridge.settings import environment, settings
from airflow_dataops.bridge.traces import attributes, span
from airflow_dataops.render.alerts.runbook import fill
from airflow_dataops.usecases.alerts.compose_message import compose_message
from airflow_dataops.usecases.alerts.deliver_alerts import deliver_alerts
from airflow_dataops.usecases.alerts.delivery import Delivery
from airflow_dataops.usecases.alerts.route_alerts import route_alerts
from airflow_dataops.wiring import clocks, receivers, stores

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.errors import Problem
    from airflow_dataops.usecases.alerts.deliver_alerts import Delivered
    from airflow_dataops.usecases.alerts.route_alerts import Routed

log = logging.getLogger(__name__)

NAMED = 20
"""Incidents that a summary names, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerted:
    """What a round came to.

    Args:
        routed: What was decided.
        delivered: What was delivered.
        problems: What is wrong with the file that says who is told.
    """

    routed: Routed
    delivered: Delivered
    problems: tuple[Problem, ...] = field(default=())

    @property
    def summary(self) -> dict[str, Any]:
        """It in short, as plain JSON types: what a task hands on, however many incidents there are."""
        open_ones = [one for one in self.routed.incidents if one.open]
        return {
            "open": len(open_ones),
            "opened": _named(
                one for one in self.routed.changed if one.open and one.detected == self.routed.at
            ),
            "resolved": _named(self.routed.over),
            "decided": len(self.routed.notifications),
            "told": len(self.delivered.told),
            "failed": self.delivered.failed,
            "waiting": self.delivered.waiting,
        }


def alerted(*, every: timedelta) -> Alerted:
    """Find what is wrong, decide who is told, and tell them; then tell the deployment's metrics and traces.

    Who is told of what is read anew each time. Where that file is wrong, everything goes to the log, and it
    is said what is wrong with it.

    Args:
        every: Time between two rounds.

    Raises:
        SettingsError: If the deployment is set up in a way that can't work.
        BrokenWorldError: If the store can't be reached: then nothing was decided, or what was decided is
            delivered by the next round.
    """
    at, clock = settings(), clocks.clock()
    rules, problems = receivers.alert_rules(at)
    for problem in problems:
        log.error("Everything goes to the log: %s", problem)
    alerts, store, levels, timetable = (
        stores.alerts(at),
        stores.store(at),
        stores.service_levels(at),
        clocks.timetable(),
    )
    with span("dataops.route_alerts") as made:
        routed = route_alerts(
            levels=levels,
            faults=stores.faults(at),
            alerts=alerts,
            store=store,
            rules=rules,
            clock=clock,
            compose=partial(compose_message, levels=levels, store=store, timetable=timetable, fill=fill),
            environment=environment(),
        )
        delivered = deliver_alerts(
            Delivery(
                letters=alerts,
                rules=rules,
                channel=partial(channel, clock=clock, every=every),
                clock=clock,
                loud=log.error,
            )
        )
        came = Alerted(routed=routed, delivered=delivered, problems=problems)
        attributes(made, **{key: value for key, value in came.summary.items() if isinstance(value, int)})
    stats.of_alerts(routed.incidents, delivered)
    return came


def _named(incidents: Iterable[Incident]) -> list[str]:
    found = [f"{one.number} {one.where.product} {one.where.partition}".rstrip() for one in incidents]
    return found if len(found) <= NAMED else [*found[:NAMED], f"and {len(found) - NAMED} more"]
