"""What a notification says, in words: each format sets the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.render.alerts.legible import legible, short
from airflow_dataops.render.alerts.sections import LINE, name, sections
from airflow_dataops.render.quantity import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from airflow_dataops.core.alerts.message import Message
    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.render.alerts.sections import Section

MINUTE = 60

ZONE = 40
"""Characters of the name of a time zone."""

FULL = 3
"""Incidents of a group that are told in full."""

BRIEF = 15
"""Incidents that are told in one line each, after those."""

AGAIN = "This may have reached you before: it was sent again since it wasn't known whether it had arrived."

FAILED = "This is attempt {}: the one before it failed, as far as could be told."


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of one incident. All texts are legible, and none is too long.

    Args:
        mark: `PAGE`, `TICKET` or `RESOLVED`.
        title: It in one line.
        lead: Which incident it is, whose, since when.
        sections: What there is to be said, the most urgent first.
        times: Instants in the lead, as it says them -> when they are.
        foot: Who answers for it; or empty.
        over: Whether it is over.
        page: Whether it is to wake a person.
    """

    mark: str
    title: str
    lead: str
    times: Mapping[str, datetime]
    sections: tuple[Section, ...]
    foot: tuple[str, ...]
    over: bool
    page: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a notification says.

    Args:
        subject: It in one line.
        full: Incidents that are told in full.
        brief: Those that are told in one line each.
        more: How many there are besides, and where they are listed; or empty.
        note: What is to be known of the notification itself; or empty.
    """

    subject: str
    full: tuple[Said, ...]
    brief: tuple[str, ...]
    more: str
    note: str


def told(notification: Notification) -> Told:
    """Return what a notification says, in words."""
    messages, at = notification.messages, notification.decided
    full, rest = list(messages[:1]), list(messages[:0])
    for message in messages[1:]:
        (full if len(full) < FULL and not _in_hand(message) else rest).append(message)
    return Told(
        subject=subject(notification),
        full=tuple(said(message, at=at) for message in full),
        brief=tuple(_brief(message, at=at) for message in rest[:BRIEF]),
        more=_more(len(rest) - BRIEF),
        note=_note(notification),
    )


def _more(left: int) -> str:
    if left <= 0:
        return ""
    incidents = "incident" if left == 1 else "incidents"
    return f"… and {left:,} more {incidents}: `airflow dataops alert list` has those that are open"


def _note(notification: Notification) -> str:
    """Return that it is sent again; an attempt that failed has left its error, one that was cut off none."""
    if not notification.again:
        return ""
    return FAILED.format(notification.attempts) if notification.error else AGAIN


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
    """Say how many more there are, and of an update how many are over or in hand: that is the news."""
    rest = notification.messages[1:]
    if not rest:
        return ""
    counts = {"over": sum(each.phase is Phase.RESOLVED for each in rest), "in hand": sum(map(_in_hand, rest))}
    stand = {words: count for words, count in counts.items() if count}
    if notification.event is Event.RESOLVE or not stand:
        return f", and {len(rest)} more incident{'s' if len(rest) > 1 else ''}"
    said = " and ".join(
        f"{'' if count == len(rest) else f'{count} '}{'is' if count == 1 else 'are'} {words}"
        for words, count in stand.items()
    )
    if len(rest) in stand.values():
        return f", and {len(rest)} more that {said}"
    return f", and {len(rest)} more incidents, of which {said}"


def _in_hand(message: Message) -> bool:
    return message.phase is Phase.ACKNOWLEDGED


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
        times={_when(one, message): one for one in (message.began, message.resolved) if one is not None},
        sections=sections(message),
        foot=tuple(_foot(message)),
        over=over,
        page=message.urgency is Urgency.PAGE and not over,
    )


def _brief(message: Message, *, at: datetime) -> str:
    """Return one incident in one line: what is wrong, its number, and since when or how long it was."""
    number = f"incident {message.number}" if message.number else "a new incident"
    if message.resolved is not None:
        lasted = duration((message.resolved - message.began).total_seconds())
        return f"RESOLVED {short(message.title, LINE)} ({number}, it lasted {lasted})"
    taken = ", in hand" if _in_hand(message) else ""
    since = f"for {duration((at - message.began).total_seconds())}"
    return f"{message.urgency.value.upper()} {short(message.title, LINE)} ({number}, {since}{taken})"


def _lead(message: Message, *, at: datetime) -> str:
    number = f"Incident {message.number}" if message.number else "A new incident"
    whose = f" of team {name(message.where.team)}" if message.where.team else ""
    if message.resolved is not None:
        lasted = duration((message.resolved - message.began).total_seconds())
        return (
            f"{number}{whose}: it lasted {lasted}, from {_when(message.began, message)}"
            f" to {_when(message.resolved, message)}."
        )
    seconds = (at - message.began).total_seconds()
    since = f", for {duration(seconds)} now" if seconds >= MINUTE else ""
    taken = " Somebody has it in hand." if _in_hand(message) else ""
    return f"{number}{whose}: wrong since {_when(message.began, message)}{since}.{taken}"


def _foot(message: Message) -> Iterator[str]:
    if message.owner:
        yield f"Answers for it: {name(message.owner)}"
    if message.contract:
        yield f"Contract: {name(message.contract)}"


def _when(at: datetime, of: Message) -> str:
    """Return an instant in UTC, by which commands go, and by the clock of the product's zone."""
    utc = at.astimezone(UTC)
    said = f"{utc:%F %H:%M} UTC"
    try:
        there = at.astimezone(ZoneInfo(of.timezone or "UTC"))
    except (LookupError, ValueError, OSError):
        return said  # a zone that isn't known here keeps nobody from being told
    if there.replace(tzinfo=None) == utc.replace(tzinfo=None):
        return said
    day = "" if there.date() == utc.date() else f"{there:%F} "
    return f"{said} ({day}{there:%H:%M} in {short(of.timezone, ZONE)})"
