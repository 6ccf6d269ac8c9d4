"""All that is set up about alerts: what `alerts.yaml` says, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.route import Receiver, Route
from airflow_dataops.core.alerts.transport import LogTransport

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.inhibition import Inhibition
    from airflow_dataops.core.alerts.interval import NamedInterval

LOG = Receiver(name="log", transports=(LogTransport(),))
"""The receiver that there always is."""

KEEP_FIRING_FOR = timedelta(minutes=10)
"""How long nothing must be wrong until an incident is over: three evaluations that are five minutes apart."""

ALL_TO_THE_LOG = Route(receiver=LOG.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Who is told of what, and when.

    Args:
        route: The root of the tree of routes: what nothing else matches goes to its receiver.
        receivers: Who can be told.
        inhibitions: What keeps others quiet, beside upstream products, which always do.
        intervals: Named time intervals.
        keep_firing_for: How long nothing must be wrong until an incident is over (Prometheus calls it so):
            what comes back before is the same incident, and nobody is told of it again. 0 for at once.
    """

    route: Route = ALL_TO_THE_LOG
    receivers: tuple[Receiver, ...] = (LOG,)
    inhibitions: tuple[Inhibition, ...] = ()
    intervals: tuple[NamedInterval, ...] = ()
    keep_firing_for: timedelta = KEEP_FIRING_FOR

    def receiver(self, name: str) -> Receiver | None:
        """Return who is told by a name; None where nobody is."""
        # The log can always be named; who names a receiver of their own so means that one.
        named = (one for one in (*self.receivers, LOG) if one.name == name and one.transports)
        return next(named, None)

    def heard(self, name: str) -> str:
        """Return who is told instead where nobody has a name: the root's receiver, or else the log."""
        return next(one for one in (name, self.route.receiver, LOG.name) if self.receiver(one) is not None)


USUAL = Rules()
"""Where nobody has set up anything: all goes to the log of the task that routes alerts."""
