"""What one receiver is told of one group of incidents, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - what reads a notification back from JSON asks for it
from enum import StrEnum

from airflow_dataops.core.alerts.message import Message  # noqa: TC001 - as above
from airflow_dataops.core.slo.objective import Urgency  # noqa: TC001 - as above


class Event(StrEnum):
    """What a notification is, as PagerDuty's Events API v2 tells them apart, and updates besides."""

    TRIGGER = "trigger"
    UPDATE = "update"
    RESOLVE = "resolve"

    @property
    def news(self) -> str:
        """What somebody is told by it, in words, such as `that it began`."""
        return NEWS[self]


NEWS: dict[Event, str] = {
    Event.TRIGGER: "that it began",
    Event.UPDATE: "how it stands",
    Event.RESOLVE: "that it is over",
}
"""What a notification is -> what it tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What one transport of one receiver is told.

    Args:
        number: Its place in the order in which they were decided, from 1; 0 until the store has given it one.
        receiver: Name of the receiver.
        transport: Which of its transports, from 0.
        group: The group's key, as Alertmanager writes it: route and labels.
        key: What the receiver knows the group's incident by (`dedup_key`); the same until it is resolved.
        event: What it is.
        urgency: What it asks of a person.
        incidents: Numbers of the incidents of the group that are told of.
        messages: One for each of them, the most urgent first.
        decided: When it was decided, aware.
        attempts: How often delivery was begun.
        delivered: When it was acknowledged, aware; None as long as it wasn't.
        error: Why the last attempt failed; or empty.
        next_at: Not before then it is tried again, aware; None for at once.
        instead_of: The receiver that should have been told and can't be; or empty.
    """

    number: int = 0
    receiver: str
    transport: int = 0
    group: str
    key: str
    event: Event
    urgency: Urgency
    incidents: tuple[int, ...]
    messages: tuple[Message, ...]
    decided: datetime
    attempts: int = 0
    delivered: datetime | None = None
    error: str = ""
    next_at: datetime | None = None
    instead_of: str = ""

    @property
    def again(self) -> bool:
        """Whether it was sent before: where the receiver has no key to tell it by, that is said in it."""
        return self.attempts > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """What a receiver was told of a group last: Alertmanager's notification log.

    Args:
        group: The group's key.
        receiver: Name of the receiver.
        key: What the receiver knows the group's incident by.
        firing: Numbers of the incidents that were open.
        resolved: Numbers of those that were over.
        urgency: What was asked of a person: when it rises, they are told at once.
        digest: Of what was said: when it changes, that is an update.
        at: When, aware.
    """

    group: str
    receiver: str
    key: str
    firing: frozenset[int]
    resolved: frozenset[int] = frozenset()
    urgency: Urgency
    digest: str = ""
    at: datetime
