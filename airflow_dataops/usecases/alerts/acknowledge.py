"""Acknowledge an incident: somebody has it in hand, so nobody is told again that it goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.alerts.incident import Did, Phase, Step
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.alerts.subject import batch_of
from airflow_dataops.core.alerts.transport import PagerDutyTransport
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.errors import SettingsError
from airflow_dataops.usecases.alerts.known_incident import known_incident
from airflow_dataops.usecases.ports.alerts import Decided, Decisions, Incidents, Post

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.usecases.ports.clock import Clock

ACTION = "incident.acknowledge"


class Acknowledged(Decisions, Incidents, Post, Protocol):
    """Incidents, and what receivers were told of them."""


def acknowledge(
    number: int, *, who: str, why: str, alerts: Acknowledged, rules: Rules, clock: Clock
) -> Incident:
    """Return an incident that somebody has in hand; whoever had it before has it no longer.

    Receivers that can be told so are, by the next delivery: an incident there is acknowledged, too. The
    others stay quiet until something else is wrong with it, or it is over.

    Args:
        number: The incident.
        who: Who has it in hand.
        why: What they say, in one line; or empty.
        alerts: Incidents, and what receivers were told of them.
        rules: Who is told of what.
        clock: Tells the time.

    Raises:
        SettingsError: If there is no such incident, or it is over; or the store has no tables for it.
        BrokenWorldError: If the store can't be reached, or an evaluation decides for too long.
    """
    with alerts.deciding() as deciding:
        now = clock.now()
        known = known_incident(number, incidents=alerts)
        if not known.open:
            raise SettingsError(
                f"incident {number} is over since {known.resolved:%Y-%m-%d %H:%M %Z}",
                hint=f"`airflow dataops incident report {number}` says what there was.",
            )
        taken = replace(known, phase=Phase.ACKNOWLEDGED, acknowledged_by=who)
        before = known.acknowledged_by
        over = f"taken over from {before}" if before not in {"", who} else ""
        text = ": ".join(part for part in (over, why) if part)
        step = Step(number=number, at=now, did=Did.ACKNOWLEDGED, text=text, who=who)
        told = tuple(_told(taken, alerts, rules, now))
        subject = f"incident {number}, {now.isoformat()}"
        audit = AuditRecord(batch=batch_of(taken), action=ACTION, subject=subject, who=who, why=text, at=now)
        steps = ((taken.key, step),)
        deciding.keep(Decided(incidents=(taken,), steps=steps, audits=(audit,), notifications=told))
    return taken


def _told(taken: Incident, post: Post, rules: Rules, now: datetime) -> Iterator[Notification]:
    """Yield what is told to receivers that know of hands: what they know of the group, with this incident."""
    last: dict[tuple[str, int, str], Notification] = {}
    for one in (*post.firing(), *post.waiting()):
        last[one.receiver, one.transport, one.key] = one
    for one in last.values():
        receiver = rules.receiver(one.receiver)
        ways = receiver.transports[one.transport : one.transport + 1] if receiver else ()
        if (
            any(isinstance(way, PagerDutyTransport) for way in ways)
            and one.event is not Event.RESOLVE
            and taken.number in one.incidents
        ):
            messages = (
                replace(each, phase=taken.phase) if each.number == taken.number else each
                for each in one.messages
            )
            yield replace(
                one,
                number=0,
                event=Event.UPDATE,
                messages=tuple(messages),
                decided=now,
                attempts=0,
                delivered=None,
                error="",
                next_at=None,
            )
