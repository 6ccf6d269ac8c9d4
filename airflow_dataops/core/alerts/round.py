"""One round of alerting: all that is known at an instant, and what is decided from it, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.labels import Labelled, labels_of
from airflow_dataops.core.alerts.rules import USUAL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident, Step
    from airflow_dataops.core.alerts.notification import Event, Logged
    from airflow_dataops.core.alerts.route import Route
    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.core.alerts.signal import Signal, Where
    from airflow_dataops.core.alerts.silence import Silence
    from airflow_dataops.core.slo.declaration import Declaration

Owner = tuple[str, str]
"""Team and product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Incidents that one receiver is told of together.

    Args:
        key: Route and labels, as Alertmanager writes it.
        route: The route that matched, with what it has of its parents.
        receiver: Name of who is told.
        members: Its incidents: those that are open and the most urgent first.
        held: Members of which nothing is told for now, by their key -> why: `silence 3`, what explains them,
            `another route`. What was told of them stands.
        muted: Why nobody is told of any of them: `interval evenings`; empty where they are.
        direct: Whether the receiver groups, silences and repeats itself: one incident a group.
        event: What they are told; None for nothing now.
        dedup_key: What the receiver knows it by.
    """

    key: str
    route: Route
    receiver: str
    members: tuple[Labelled, ...]
    held: Mapping[str, str] = field(default_factory=dict)
    muted: str = ""
    direct: bool = False
    event: Event | None = None
    dedup_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """All that is known at an instant, and what is decided from it. Each step returns another one.

    Args:
        now: The instant, aware.
        signals: What is wrong now.
        declared: Team and product -> what it declares now.
        upstreams: Team and product -> those that it reads, directly.
        incidents: Those that are open, and those that were resolved since what receivers were told last.
        over: Partition -> when its newest incident was resolved, of those that a budget's burning points to.
        unexpected: Partitions, each with an objective, of which nothing is expected now that was before.
        rules: Who is told of what.
        silences: Those there are.
        logged: What receivers were told last.
        environment: `[dataops] environment`.
        quiet: Incidents, by their key, that something else explains -> what.
        groups: Who is told of what.
        steps: What is to be written into timelines, by an incident's key.
    """

    now: datetime
    signals: tuple[Signal, ...] = ()
    declared: Mapping[Owner, Declaration] = field(default_factory=dict)
    upstreams: Mapping[Owner, tuple[Owner, ...]] = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()
    over: Mapping[Where, datetime] = field(default_factory=dict)
    unexpected: frozenset[tuple[Where, str]] = frozenset()
    rules: Rules = USUAL
    silences: tuple[Silence, ...] = ()
    logged: tuple[Logged, ...] = ()
    environment: str = ""
    quiet: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    steps: tuple[tuple[str, Step], ...] = ()

    def labelled(self, incident: Incident) -> Labelled:
        """Return an incident with its labels."""
        declared = self.declared.get((incident.where.team, incident.where.product))
        return Labelled(incident, labels_of(incident, declared, environment=self.environment))
