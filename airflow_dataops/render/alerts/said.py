"""What a notification says, in words: each format sets the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.render.alerts.legible import legible, short
from airflow_dataops.render.alerts.sections import LINE, name, sections
from airflow_dataops.render.quantity import duration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from airflow_dataops.core.alerts.message import Message
    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.render.alerts.sections import Section

MINUTE = 60

FULL = 3
"""Incidents of a group that are told in full."""

BRIEF = 15
"""Incidents that are told in one line each, after those."""

AGAIN = "This may have reached you before: it was sent again since it wasn't known whether it had arrived."


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of one incident. All texts are legible, and none is too long.

    Args:
        mark: `PAGE`, `TICKET` or `RESOLVED`.
        title: It in one line.
        lead: Which incident it is, whose, since when.
        sections: What there is to be said, the most urgent first.
        foot: Who answers for it, and how to take it; or empty.
        over: Whether it is over.
        page: Whether it is to wake a person.
    """

    mark: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    foot: tuple[str, ...]
    over: bool
    page: bool

    @property
    def brief(self) -> str:
        """It in one line."""
        return f"{self.mark} {self.title}. {self.lead}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a notification says.

    Args:
        subject: It in one line.
        full: Incidents that are told in full.
        brief: Those that are told in one line each.
        more: How many there are besides.
        note: What is to be known of the notification itself; or empty.
    """

    subject: str
    full: tuple[Said, ...]
    brief: tuple[str, ...]
    more: int
    note: str


def told(notification: Notification) -> Told:
    """Return what a notification says, in words."""
    messages, at = notification.messages, notification.decided
    rest = messages[FULL : FULL + BRIEF]
    return Told(
        subject=subject(notification),
        full=tuple(said(message, at=at) for message in messages[:FULL]),
        brief=tuple(said(message, at=at).brief for message in rest),
        more=max(len(messages) - FULL - BRIEF, 0),
        note=AGAIN if notification.again else "",
    )


def subject(notification: Notification) -> str:
    """Return a notification in one line, such as `[PAGE] orders 2026-03-03 is late (incident 12)`."""
    words = {Event.RESOLVE: "RESOLVED"}.get(notification.event, notification.urgency.value.upper())
    update = ", update" if notification.event is Event.UPDATE else ""
    if not notification.messages:
        return f"[{words}{update}] {legible(notification.key)}"
    first = notification.messages[0]
    environment = dict(first.labels).get("environment", "")
    where = f" {short(environment, 30)}" if environment else ""
    number = f" (incident {first.number})" if first.number else ""
    return f"[{words}{update}{where}] {short(first.title, 150)}{number}{_besides(notification)}"


def _besides(notification: Notification) -> str:
    """Say how many more there are, and of an update how many are over: that is the news."""
    rest = notification.messages[1:]
    over = sum(each.phase is Phase.RESOLVED for each in rest)
    if not rest or notification.event is Event.RESOLVE or not over:
        return f", and {len(rest)} more incident{'s' if len(rest) > 1 else ''}" if rest else ""
    if over == len(rest):
        return f", and {over} more that {'is' if over == 1 else 'are'} over"
    return f", and {len(rest)} more incidents, of which {over} {'is' if over == 1 else 'are'} over"


def said(message: Message, *, at: datetime) -> Said:
    """Return what is said of one incident.

    Args:
        message: What there is to be said.
        at: The instant, by which it is told how long it has been, aware.
    """
    over = message.phase is Phase.RESOLVED
    return Said(
        mark="RESOLVED" if over else message.urgency.value.upper(),
        title=short(message.title, LINE),
        lead=_lead(message, at=at),
        sections=sections(message),
        foot=tuple(_foot(message)),
        over=over,
        page=message.urgency is Urgency.PAGE and not over,
    )


def _lead(message: Message, *, at: datetime) -> str:
    number = f"Incident {message.number}" if message.number else "A new incident"
    whose = f" of team {name(message.where.team)}" if message.where.team else ""
    if message.resolved is not None:
        lasted = duration((message.resolved - message.began).total_seconds())
        return (
            f"{number}{whose}: it lasted {lasted}, from {_when(message.began)} to {_when(message.resolved)}."
        )
    seconds = (at - message.began).total_seconds()
    since = f", for {duration(seconds)} now" if seconds >= MINUTE else ""
    taken = "" if message.phase is Phase.OPEN else f" It is {message.phase.value}."
    return f"{number}{whose}: wrong since {_when(message.began)}{since}.{taken}"


def _foot(message: Message) -> Iterator[str]:
    if message.owner:
        yield f"Answers for it: {name(message.owner)}"
    if message.contract:
        yield f"Contract: {name(message.contract)}"
    if message.phase is Phase.OPEN and message.number:
        yield f"To take it: airflow dataops alert ack {message.number}"


def _when(at: datetime) -> str:
    return f"{at:%F %H:%M %Z}"
