"""Send a test: tell receivers something that is marked as a test, and hear what each says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.message import Message
from airflow_dataops.core.alerts.notification import Event, Notification
from airflow_dataops.core.alerts.signal import Where
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.errors import DataOpsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from airflow_dataops.core.alerts.transport import Transport
    from airflow_dataops.usecases.alerts.try_route import TriedRoute
    from airflow_dataops.usecases.ports.alerts import Channel
    from airflow_dataops.usecases.ports.clock import Clock

PARTITION = "TEST"
"""What the partition of a test begins with: no real incident has its labels, so none is touched by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one transport of a receiver said to a test.

    Args:
        receiver: Name of the receiver.
        transport: How it was told.
        note: What it said, where it has acknowledged.
        error: Why it could not be told; empty where it has acknowledged.
    """

    receiver: str
    transport: Transport
    note: str = ""
    error: str = ""


def send_test(
    tried: TriedRoute, *, who: str, mark: str, channel: Callable[[Transport], Channel], clock: Clock
) -> tuple[Heard, ...]:
    """Tell each transport of each receiver of a route; none waits for another, and nothing is remembered.

    Whatever silences and intervals hold: what is tested is whether receivers can be told.

    Args:
        tried: Who is told.
        who: Who tests.
        mark: What tells this test from others, a few letters.
        channel: Returns what speaks to a transport.
        clock: Tells the time.
    """
    receivers = {end.receiver.name: end.receiver for end in tried.ends}
    test = _test(tried, who=who, mark=mark, now=clock.now())
    return tuple(
        _heard(replace(test, receiver=name, transport=place), transport, channel)
        for name, receiver in receivers.items()
        for place, transport in enumerate(receiver.transports)
    )


def _heard(test: Notification, transport: Transport, channel: Callable[[Transport], Channel]) -> Heard:
    try:
        said = channel(transport).tell(test)
    except DataOpsError as error:
        return Heard(receiver=test.receiver, transport=transport, error=str(error))
    except Exception as error:  # noqa: BLE001 - whatever a notifier raises: the others are told
        why = f"{type(error).__name__}, which nobody expected"
        return Heard(receiver=test.receiver, transport=transport, error=why)
    return Heard(receiver=test.receiver, transport=transport, note=said.note)


def _test(tried: TriedRoute, *, who: str, mark: str, now: datetime) -> Notification:
    """Return what is told. Its number is the time: who takes each delivery once takes this one, too."""
    labels = tried.labels
    urgency = Urgency(labels.get("severity", Urgency.TICKET))
    partition = f"{PARTITION}-{mark}"
    product = labels.get("product", "alerts")
    message = Message(
        number=0,
        key=f"dataops-{partition}",
        where=Where(labels.get("team", ""), product, partition),
        dataset=labels.get("dataset", ""),
        title=f"TEST of who is told of {product}: nothing is wrong",
        what=tuple(_lines(who)),
        urgency=urgency,
        phase=Phase.OPEN,
        began=now,
        detected=now,
        labels=tuple(sorted({**labels, "partition": partition}.items())),
    )
    return Notification(
        number=int(now.timestamp()),
        receiver="",
        group=tried.ends[0].group,
        key=message.key,
        event=Event.TRIGGER,
        urgency=urgency,
        incidents=(0,),
        messages=(message,),
        decided=now,
        attempts=1,
    )


def _lines(who: str) -> Iterator[str]:
    yield f"This is a TEST, sent by {who}. Nothing is wrong, and nothing is to be done."
