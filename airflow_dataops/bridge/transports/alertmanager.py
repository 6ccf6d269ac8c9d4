"""Alertmanager's API v2: an alert for each incident, which it groups, silences and routes.

An alert is known by its labels, so whatever is sent twice is one alert, and an incident whose labels change
would be two. So in the request that brings the new labels, what is there of the incident under others ends.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from airflow_dataops.bridge.http_address import http_address
from airflow_dataops.bridge.settings import dag_page
from airflow_dataops.bridge.transports.http import sent, signed_in
from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.labels import ALERTNAME
from airflow_dataops.errors import SettingsError
from airflow_dataops.render.alerts.text import subject, text
from airflow_dataops.usecases.ports.alerts import Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.bridge.http_address import HttpAddress
    from airflow_dataops.core.alerts.message import Message
    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.core.alerts.transport import AlertmanagerTransport
    from airflow_dataops.usecases.ports.clock import Clock

NAME = "Alertmanager"
ALERTS = "/api/v2/alerts"

IDENTITY = ("alertname", "environment", "team", "product", "partition")
"""The labels by which an incident is found again, whatever else of its labels has changed."""

PASSING = frozenset({"slo"})
"""Labels that may change while nothing new is to be told: they are annotations."""

LEAST_ALIVE = timedelta(hours=1)
"""How long an alert lasts at least without a word from us: as long as evaluations may be missing."""

EVALUATIONS = 4
"""How many evaluations may be missing where they are further apart."""

SKEW = timedelta(minutes=1)
"""How far its clock may be behind ours. An end that lies ahead of it doesn't resolve an alert that is to last
longer: Alertmanager merges the two and keeps the later end."""

LONGEST_LABEL = 512
LONGEST_TEXT = 16_000
"""Characters of a label's and of an annotation's value. It has no limits of its own; those behind it have."""

BATCH = 200
"""Alerts in one request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertmanagerChannel:
    """Speaks to one Alertmanager.

    Args:
        transport: Which.
        clock: Tells the time.
        every: Time between two evaluations.
    """

    transport: AlertmanagerTransport
    clock: Clock
    every: timedelta = timedelta(0)

    def tell(self, notification: Notification) -> Told:
        """Bring each incident of a notification up to date there.

        Raises:
            BrokenWorldError: If Alertmanager can't be reached or has an error.
            SettingsError: If there is no such connection, or Alertmanager refuses.
        """
        address = http_address(self.transport.conn_id, of=NAME)
        now = self.clock.now()
        alerts = [alert for each in told_apart(notification) for alert in self._changed(address, each, now)]
        self._post(address, alerts)
        count = len(notification.messages)
        return Told(note=f"Alertmanager has {count} alert{'' if count == 1 else 's'}")

    def keep_alive(self, firing: Iterable[Notification]) -> None:
        """Say again what is still firing: Alertmanager takes an alert for resolved when its end has come.

        Raises:
            BrokenWorldError: As `tell`.
            SettingsError: As `tell`.
        """
        alerts = [
            self._alert(each, self.clock.now())
            for notification in firing
            for each in told_apart(notification)
            if each.messages[0].phase is not Phase.RESOLVED
        ]
        if alerts:
            self._post(http_address(self.transport.conn_id, of=NAME), alerts)

    def _changed(self, address: HttpAddress, one: Notification, now: datetime) -> Iterator[dict[str, Any]]:
        """Yield the alert of an incident, after those that are there of it under other labels, ended."""
        alert = self._alert(one, now)
        wanted = [f'{name}="{_quoted(alert["labels"].get(name, ""))}"' for name in IDENTITY]
        answer = sent(
            address,
            f"{ALERTS}?{urlencode({'filter': wanted}, doseq=True, errors='replace')}",
            to=NAME,
            headers=signed_in(address),
        )
        for there in _alerts_in(answer, address):
            if there["labels"] != alert["labels"]:
                ends = max(datetime.fromisoformat(there["startsAt"]), now - SKEW)
                yield {**there, "endsAt": _instant(ends)}
        yield alert

    def _alert(self, one: Notification, now: datetime) -> dict[str, Any]:
        """Return an incident as an alert; what is over ends a little before now."""
        (message,) = one.messages
        if message.phase is Phase.RESOLVED:
            ends = min(message.resolved or now, now - SKEW)
        else:
            ends = now + max(LEAST_ALIVE, EVALUATIONS * self.every)
        page = dag_page(message.where.product)
        return {
            "labels": labels_of(message),
            "annotations": annotations_of(one),
            "startsAt": _instant(message.began),
            "endsAt": _instant(max(ends, message.began + timedelta(milliseconds=1))),
            **({"generatorURL": page} if page else {}),
        }

    def _post(self, address: HttpAddress, alerts: list[dict[str, Any]]) -> None:
        for first in range(0, len(alerts), BATCH):
            body = json.dumps(alerts[first : first + BATCH]).encode()
            sent(address, ALERTS, body, to=NAME, headers=signed_in(address))


def told_apart(notification: Notification) -> Iterator[Notification]:
    """Yield a notification of each incident alone, the first time: what comes twice is one alert there."""
    for message in notification.messages:
        yield replace(notification, messages=(message,), incidents=(message.number,), attempts=0)


def labels_of(message: Message) -> dict[str, str]:
    """Return the labels of an incident's alert; one that is too long ends in the digest of the whole."""
    labels = {"alertname": ALERTNAME, **dict(message.labels), "severity": message.urgency.value}
    return {name: _short(value) for name, value in labels.items() if value and name not in PASSING}


def annotations_of(one: Notification) -> dict[str, str]:
    """Return what is said of an incident besides."""
    (message,) = one.messages
    runbook = message.runbook
    said = {
        "summary": subject(one),
        "description": text(one),
        "runbook_url": runbook.at if runbook and runbook.at.startswith(("http://", "https://")) else "",
        "incident": str(message.number or ""),
        "slo": dict(message.labels).get("slo", ""),
    }
    return {name: _cut(value) for name, value in said.items() if value}


def _alerts_in(answer: bytes, address: HttpAddress) -> list[dict[str, Any]]:
    """Return what is there, as far as it is needed to end it."""
    kept = ("labels", "annotations", "startsAt")
    try:
        found = json.loads(answer)
        alerts = [{name: each[name] for name in kept} for each in found]
    except (ValueError, TypeError, KeyError):
        found = None
    if not isinstance(found, list):
        raise SettingsError(
            "what answers there is not Alertmanager",
            where=address.where,
            hint="Correct host, port and the path of the connection.",
        )
    return alerts


def _short(value: str) -> str:
    if len(value) <= LONGEST_LABEL:
        return value
    digest = hashlib.sha256(value.encode(errors="replace")).hexdigest()
    return f"{value[: LONGEST_LABEL - 18]}… {digest[:16]}"


def _cut(value: str) -> str:
    return value if len(value) <= LONGEST_TEXT else f"{value[: LONGEST_TEXT - 40]}\n… it was cut here."


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
