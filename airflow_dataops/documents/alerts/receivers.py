"""`receivers` of `alerts.yaml` -> who is told, and how."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.route import Receiver
from airflow_dataops.core.alerts.rules import LOG
from airflow_dataops.core.alerts.transport import (
    AlertmanagerTransport,
    NotifierTransport,
    PagerDutyTransport,
    WebhookTransport,
)
from airflow_dataops.documents.yaml.node import shown

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.transport import Transport
    from airflow_dataops.documents.alerts.keys import NotifierKeys, ReceiverKeys
    from airflow_dataops.documents.yaml.findings import Findings

WAYS = ("notifiers", "alertmanager", "pagerduty", "webhook")
"""Keys of a receiver that say how it is told."""


def receiver(keys: ReceiverKeys, findings: Findings) -> Receiver:
    """Return who is told; one that nothing leads to goes to the findings, as one that is told twice does."""
    transports: tuple[Transport, ...] = (
        *(notifier(one, findings) for one in keys.notifiers),
        *(AlertmanagerTransport(conn_id=one.conn_id) for one in keys.alertmanager),
        *(PagerDutyTransport(conn_id=one.conn_id) for one in keys.pagerduty),
        *(WebhookTransport(conn_id=one.conn_id) for one in keys.webhook),
    )
    lists = [keys.node.at(way).value for way in WAYS if keys.node.has(way)]
    if not transports and not any(lists):
        hint = f"Give it one of {', '.join(WAYS)}; `{LOG.name}` is there without being listed."
        what = f"the receiver `{shown(keys.name)}` has nothing by which it could be told"
        findings.error(keys.node.place, what, hint)
    if len(set(transports)) < len(transports):
        what = f"the receiver `{shown(keys.name)}` would be told twice in the same way"
        findings.error(keys.node.place, what, "Leave one of them out.")
    return Receiver(
        name=keys.name,
        transports=transports,
        send_resolved=keys.send_resolved is not False,
        place=str(keys.node.place),
    )


def notifier(keys: NotifierKeys, findings: Findings) -> NotifierTransport:
    """Return a notifier, with its arguments as JSON; templates that can't be filled in go to the findings."""
    if keys.kwargs:
        # Many receivers have none, and Jinja takes as long to load as all the rest.
        from airflow_dataops.documents.alerts.kwargs import check_kwargs  # noqa: PLC0415

        check_kwargs(keys.node.at("kwargs"), findings)
    return NotifierTransport(
        path=keys.path, kwargs=json.dumps(keys.kwargs or {}, ensure_ascii=False, sort_keys=True)
    )
