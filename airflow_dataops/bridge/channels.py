"""From how a receiver is told, a value, to what tells it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.transports.alertmanager import AlertmanagerChannel
from airflow_dataops.bridge.transports.bounded import BoundedChannel
from airflow_dataops.bridge.transports.log import LogChannel
from airflow_dataops.bridge.transports.notifier import NotifierChannel
from airflow_dataops.bridge.transports.pagerduty import PagerDutyChannel
from airflow_dataops.bridge.transports.webhook import WebhookChannel
from airflow_dataops.core.alerts.transport import (
    AlertmanagerTransport,
    LogTransport,
    NotifierTransport,
    PagerDutyTransport,
    WebhookTransport,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.alerts.transport import Transport
    from airflow_dataops.usecases.ports.alerts import Channel
    from airflow_dataops.usecases.ports.clock import Clock

CHANNELS: dict[type[Transport], Callable[[Any, Clock, timedelta], Channel]] = {
    AlertmanagerTransport: lambda it, clock, every: AlertmanagerChannel(
        transport=it, clock=clock, every=every
    ),
    PagerDutyTransport: lambda it, _clock, _every: PagerDutyChannel(transport=it),
    WebhookTransport: lambda it, clock, _every: WebhookChannel(transport=it, clock=clock),
    NotifierTransport: lambda it, _clock, _every: NotifierChannel(transport=it),
    LogTransport: lambda it, _clock, _every: LogChannel(transport=it),
}
"""Transport -> what speaks to it. One more is a value in core/alerts/transport.py, a channel, a line here."""


def channel(transport: Transport, *, clock: Clock, every: timedelta = timedelta(0)) -> Channel:
    """Return what tells a receiver, and gives up after a minute; connections are looked up when it tells.

    Args:
        transport: How the receiver is told.
        clock: Tells the time.
        every: Time between two evaluations: what Alertmanager isn't told again for some of them is over.
    """
    found = CHANNELS[type(transport)](transport, clock, every)
    return (
        found
        if isinstance(transport, LogTransport)
        else BoundedChannel(channel=found, where=_named(transport))
    )


def _named(transport: Transport) -> str:
    """Return what messages call a receiver."""
    path, conn_id = getattr(transport, "path", ""), getattr(transport, "conn_id", "")
    return str(path or f"connection `{conn_id}`")
