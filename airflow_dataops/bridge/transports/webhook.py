"""A POST of JSON, signed: for whatever no other transport speaks to.

The signature is HMAC-SHA256 over the timestamp, a dot and the body, so that nobody can forge a notification,
change one, or send an old one again: a receiver refuses what is older than some minutes, and knows by
`delivery` what it has taken already.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.http_address import http_address
from airflow_dataops.bridge.transports.http import sent
from airflow_dataops.errors import SettingsError
from airflow_dataops.render.alerts.text import subject, text
from airflow_dataops.usecases.ports.alerts import Told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.alerts.message import Message
    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.core.alerts.transport import WebhookTransport
    from airflow_dataops.usecases.ports.clock import Clock

NAME = "the webhook"
VERSION = 1

SIGNATURE, TIMESTAMP, DELIVERY = "X-Dataops-Signature", "X-Dataops-Timestamp", "X-Dataops-Delivery"
"""The headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChannel:
    """Speaks to one webhook.

    Args:
        transport: Which.
        clock: Tells the time.
    """

    transport: WebhookTransport
    clock: Clock

    def tell(self, notification: Notification) -> Told:
        """Post a notification; any status from 200 to 299 acknowledges it.

        Raises:
            BrokenWorldError: If the webhook can't be reached, has an error, or asks for patience.
            SettingsError: If there is no such connection, it has no key, or the webhook refuses.
        """
        address = http_address(self.transport.conn_id, of=NAME)
        if not address.password:
            raise SettingsError(
                "the connection has no key to sign with",
                where=address.where,
                hint="Give it a long random text as its password, and the same to the receiver.",
            )
        body = body_of(notification)
        at = int(self.clock.now().timestamp())
        headers = {
            SIGNATURE: signature(address.password, at, body),
            TIMESTAMP: str(at),
            DELIVERY: str(notification.number),
        }
        sent(address, "", body, to=NAME, headers=headers)
        return Told(note=f"delivery {notification.number}")

    def keep_alive(self, firing: Iterable[Notification]) -> None:
        """Say nothing: a webhook is told of changes."""


def signature(key: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a body that is sent at a time.

    Args:
        key: The key, which sender and receiver have.
        timestamp: Seconds since 1970.
        body: The body, byte by byte as it is sent.
    """
    said = str(timestamp).encode() + b"." + body
    return f"sha256={hmac.new(key.encode(), said, hashlib.sha256).hexdigest()}"


def body_of(notification: Notification) -> bytes:
    """Return a notification as JSON: docs/reference/alert-webhook.schema.json says what is in it."""
    said = {
        "version": VERSION,
        "delivery": notification.number,
        "attempt": max(notification.attempts, 1),
        "receiver": notification.receiver,
        "instead_of": notification.instead_of,
        "key": notification.key,
        "event": notification.event,
        "urgency": notification.urgency,
        "decided": notification.decided,
        "subject": subject(notification),
        "text": text(notification),
        "incidents": [incident_of(message) for message in notification.messages],
    }
    return json.dumps(said, default=_plain).encode()


def incident_of(message: Message) -> dict[str, Any]:
    """Return what is said of one incident."""
    return {
        "number": message.number,
        "key": message.key,
        **message.where._asdict(),
        "dataset": message.dataset,
        "title": message.title,
        "what": message.what,
        "urgency": message.urgency,
        "phase": message.phase,
        "began": message.began,
        "detected": message.detected,
        "resolved": message.resolved,
        "budgets": [asdict(left) for left in message.left],
        "rules": [asdict(broken) for broken in message.broken],
        "more_rules": message.more_broken,
        "quarantine": message.quarantine,
        "causes": message.causes,
        "downstream": [asdict(each) for each in message.downstream],
        "more_downstream": message.more_downstream,
        "owner": message.owner,
        "contract": message.contract,
        "timezone": message.timezone,
        "runbook": {"at": message.runbook.at, "text": message.runbook.text} if message.runbook else None,
        "commands": [command for command in message.commands if command],
        "once": message.once,
        "labels": dict(message.labels),
    }


def _plain(value: object) -> object:
    """Return what JSON has no type for: an instant as a text, a share as a number."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Fraction):
        return float(value)
    raise TypeError(f"{type(value).__name__} is nothing that a webhook is told")
