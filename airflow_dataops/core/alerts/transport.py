"""How receivers are told: values; what speaks to them is an adapter."""

from __future__ import annotations

from dataclasses import dataclass

TOLD = (
    *("text", "subject", "html", "blocks"),
    *("severity", "event", "key", "receiver", "number", "numbers"),
    *("team", "product", "partition", "dataset", "owner", "title", "began", "runbook_url", "commands"),
)
"""What the templates in a notifier's arguments know; of several incidents, the most urgent one's values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifierTransport:
    """Any notifier of Airflow. It has no key by which repeats are known: at least once.

    Args:
        path: Import path of its class.
        kwargs: What it is made with, as JSON; `{{ text }}`, `{{ subject }}`, `{{ html }}`, `{{ blocks }}` and
            the incident's own values stand in its templates.
    """

    path: str
    kwargs: str = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertmanagerTransport:
    """Alertmanager's API v2: it groups, silences and routes itself. Exactly once, by labels.

    Args:
        conn_id: An Airflow connection of type http.
    """

    conn_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDutyTransport:
    """PagerDuty's Events API v2. Exactly once, by `dedup_key`.

    Args:
        conn_id: An Airflow connection whose password is the integration key; its host, where another than
            PagerDuty's own is meant.
    """

    conn_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTransport:
    """A POST of JSON, signed with HMAC-SHA256. At least once: the key is in it, for who wants to know.

    Args:
        conn_id: An Airflow connection of type http, whose password is the key of the signature.
    """

    conn_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTransport:
    """The log of the task that routes alerts: where nothing else is set up, nothing is silent."""


Transport = NotifierTransport | AlertmanagerTransport | PagerDutyTransport | WebhookTransport | LogTransport
