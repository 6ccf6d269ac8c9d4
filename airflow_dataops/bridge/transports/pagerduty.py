"""PagerDuty's Events API v2: an incident for each group, known by its key.

PagerDuty appends what comes for a key that it knows to the open incident, and wakes nobody for it. So the
page of a group and its ticket have keys of their own: a ticket that becomes a page is a new incident there,
and the ticket ends.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.http_address import http_address
from airflow_dataops.bridge.settings import dag_page
from airflow_dataops.bridge.transports.http import sent
from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.errors import SettingsError
from airflow_dataops.render.alerts.text import subject, text
from airflow_dataops.usecases.ports.alerts import Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.bridge.http_address import HttpAddress
    from airflow_dataops.core.alerts.message import Message
    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.core.alerts.transport import PagerDutyTransport

NAME = "PagerDuty"
ORIGIN = "https://events.pagerduty.com"
ENQUEUE = "/v2/enqueue"

KEYS = {Urgency.PAGE: "", Urgency.TICKET: "-ticket"}
"""Urgency -> what its key ends in."""

SEVERITIES = {Urgency.PAGE: "critical", Urgency.TICKET: "warning"}
"""Urgency -> severity. A service with dynamic notifications takes them for high and low urgency."""

LONGEST_KEY = 255
LONGEST_SUMMARY = 1024
MOST_BYTES = 512_000
"""The limits of the Events API v2."""

MOST_INCIDENTS, MOST_LINES = 50, 10
"""What stands in the details besides the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDutyChannel:
    """Speaks to one service of PagerDuty.

    Args:
        transport: Which.
    """

    transport: PagerDutyTransport

    def tell(self, notification: Notification) -> Told:
        """Trigger, update, acknowledge or resolve the incident of a group.

        Raises:
            BrokenWorldError: If PagerDuty can't be reached, has an error, or asks for patience.
            SettingsError: If there is no such connection, it has no key, or PagerDuty refuses the event.
        """
        address = http_address(self.transport.conn_id, of=NAME, default=ORIGIN)
        if not address.password:
            raise SettingsError(
                "the connection has no integration key",
                where=address.where,
                hint="Give it the integration key of a service (Events API v2) as its password.",
            )
        events = [*events_of(notification)]
        for event in events:
            self._send(address, event)
        return Told(note=str(events[0]["dedup_key"]))

    def keep_alive(self, firing: Iterable[Notification]) -> None:
        """Say nothing: PagerDuty forgets nothing."""

    def _send(self, address: HttpAddress, event: dict[str, Any]) -> None:
        body = json.dumps({"routing_key": address.password, **event}).encode()
        sent(address, ENQUEUE, body, to=NAME)


def events_of(notification: Notification) -> Iterator[dict[str, Any]]:
    """Yield the events of a notification, without the integration key.

    What is triggered comes first: whatever happens between two of them, somebody knows.
    """
    others = [urgency for urgency in KEYS if urgency is not notification.urgency]
    if notification.event is Event.RESOLVE:
        yield _ended(notification, notification.urgency)
    else:
        yield _triggered(replace(notification, attempts=0))
        phases = {message.phase for message in notification.messages} - {Phase.RESOLVED}
        if phases == {Phase.ACKNOWLEDGED}:
            yield _ended(notification, notification.urgency, action="acknowledge")
    if notification.event is not Event.TRIGGER:
        yield from (_ended(notification, urgency) for urgency in others)


def key_of(notification: Notification, urgency: Urgency) -> str:
    """Return what PagerDuty knows a group's page, or its ticket, by."""
    ending = KEYS[urgency]
    return notification.key[: LONGEST_KEY - len(ending)] + ending


def _ended(notification: Notification, urgency: Urgency, *, action: str = "resolve") -> dict[str, Any]:
    return {"event_action": action, "dedup_key": key_of(notification, urgency)}


def _triggered(notification: Notification) -> dict[str, Any]:
    """Return the event that says all there is, or as much as PagerDuty takes."""
    first = notification.messages[0]
    page = dag_page(first.where.product)
    event = {
        "event_action": "trigger",
        "dedup_key": key_of(notification, notification.urgency),
        "client": "airflow-dataops",
        **({"client_url": page} if page else {}),
        "links": [*_links(notification)],
    }
    payload = {
        "summary": subject(notification)[:LONGEST_SUMMARY],
        "source": f"{first.where.team}/{first.where.product}",
        "severity": SEVERITIES[notification.urgency],
        "timestamp": notification.decided.isoformat(),
        "component": first.dataset or first.where.product,
        "group": first.where.product,
        "class": ", ".join(sorted({message.phase.value for message in notification.messages})),
    }
    found: dict[str, Any] = event
    for details in _details(notification):
        found = {**event, "payload": {**payload, "custom_details": details}}
        if len(json.dumps(found)) < MOST_BYTES - LONGEST_SUMMARY:
            break
    return found


def _details(notification: Notification) -> Iterator[dict[str, Any]]:
    """Yield what is said besides, and less of it, where what was left out is named: the text always fits."""
    said = text(notification)
    shown, more = notification.messages[:MOST_INCIDENTS], len(notification.messages) - MOST_INCIDENTS
    left_out = {"left_out": f"{more} more incidents"} if more > 0 else {}
    yield {"text": said, "incidents": [_detail(message) for message in shown], **left_out}
    yield {"text": said, "left_out": "incidents"}


def _detail(message: Message) -> dict[str, Any]:
    return {
        "number": message.number,
        "title": message.title[:LONGEST_SUMMARY],
        "what": [line[:LONGEST_SUMMARY] for line in message.what[:MOST_LINES]],
        "began": message.began.isoformat(),
        "suspected": [line[:LONGEST_SUMMARY] for line in message.causes[:MOST_LINES]],
        "commands": [command for command in message.commands if command],
    }


def _links(notification: Notification) -> Iterator[dict[str, str]]:
    """Yield the runbooks that have an address, each once."""
    runbooks = [message.runbook.at for message in notification.messages if message.runbook]
    for at in dict.fromkeys(each for each in runbooks if each.startswith(("http://", "https://"))):
        yield {"href": at, "text": "Runbook"}
