"""What receivers heard of a product, by what reached them at each evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.slo.objective import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from airflow_dataops.testing.http_receiver import Received


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One word that reached a receiver.

    Args:
        look: At which evaluation, from 1.
        event: What it was.
        urgency: What it asked for.
    """

    look: int
    event: Event
    urgency: Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One evaluation, and what came of it.

    Args:
        number: Its place, from 1.
        began: When it was started, aware.
        ended: When it had ended, aware.
        ours: What our own webhook was told meanwhile.
        theirs: What Alertmanager told its webhook meanwhile.
    """

    number: int
    began: datetime
    ended: datetime
    ours: tuple[Received, ...] = ()
    theirs: tuple[Received, ...] = ()


def heard_by_us(looks: Iterable[Look], product: str) -> tuple[Heard, ...]:
    """Return what our own webhook was told of a product, in its order."""
    return tuple(
        Heard(look=look.number, event=Event(said["event"]), urgency=Urgency(said["urgency"]))
        for look in looks
        for said in (one.json for one in look.ours)
        if product in {incident["product"] for incident in said["incidents"]}
    )


def heard_by_them(looks: Iterable[Look], product: str) -> tuple[Heard, ...]:
    """Return what Alertmanager told of a product, in its order."""
    return tuple(_theirs(looks, product))


def first_after(looks: Sequence[Look], instant: datetime) -> frozenset[int]:
    """Return which evaluation is the first that could know of what was so at an instant.

    There are two where it fell into one that went on.
    """
    known = [look.number for look in looks if look.ended > instant]
    certain = [look.number for look in looks if look.began >= instant]
    return frozenset(number for number in known if number <= (certain or known)[0])


def _theirs(looks: Iterable[Look], product: str) -> Iterator[Heard]:
    for look in looks:
        for said in (one.json for one in look.theirs):
            for alert in said["alerts"]:
                labels = alert["labels"]
                if labels.get("product") == product:
                    event = Event.RESOLVE if alert["status"] == "resolved" else Event.TRIGGER
                    yield Heard(look=look.number, event=event, urgency=Urgency(labels["severity"]))
