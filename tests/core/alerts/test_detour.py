from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from airflow_dataops.core.alerts.detour import instead
from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.message import Message
from airflow_dataops.core.alerts.notification import Event, Notification
from airflow_dataops.core.alerts.route import Receiver, Route
from airflow_dataops.core.alerts.rules import Rules
from airflow_dataops.core.alerts.signal import Where
from airflow_dataops.core.alerts.transport import LogTransport, WebhookTransport
from airflow_dataops.core.slo.objective import Urgency

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
MESSAGE = Message(
    number=1,
    key="k",
    where=Where("shop", "orders", "2026-03-03"),
    title="orders 2026-03-03 is late",
    what=("late",),
    urgency=Urgency.PAGE,
    phase=Phase.OPEN,
    began=NOON,
    detected=NOON,
)
TOLD = Notification(
    number=7,
    receiver="pager",
    transport=1,
    group="g",
    key="k",
    event=Event.TRIGGER,
    urgency=Urgency.PAGE,
    incidents=(1,),
    messages=(MESSAGE,),
    decided=NOON,
    attempts=3,
    error="refused",
    next_at=NOON,
)
ROOT = Receiver(name="root", transports=(WebhookTransport(conn_id="a"), WebhookTransport(conn_id="b")))
RULES = Rules(route=Route(receiver="root"), receivers=(ROOT,))


def test_each_transport_of_the_roots_receiver_is_told_instead_and_reads_why() -> None:
    """As if it were new; but nobody may take it for what is usually sent there."""
    first, second = instead(TOLD, RULES)

    assert (0, "root", 0, 0, "", None) == (
        first.number,
        first.receiver,
        first.transport,
        first.attempts,
        first.error,
        first.next_at,
    )
    assert ("late", "told to you because `pager` can't be told") == first.messages[0].what
    assert ("pager", "k", NOON) == (first.instead_of, first.key, first.decided)
    assert replace(first, transport=1) == second


def test_where_the_root_has_no_receiver_the_log_is_told() -> None:
    """Never nobody."""
    (found,) = instead(TOLD, Rules(route=Route(receiver="gone"), receivers=()))

    assert "log" == found.receiver
    assert (LogTransport(),) == Rules().receiver("log").transports


@pytest.mark.parametrize("told", [replace(TOLD, receiver="root"), replace(TOLD, instead_of="other")])
def test_there_is_nobody_else_where_the_roots_receiver_cant_be_told(told) -> None:
    """Else two that are dead would tell each other for ever."""
    assert () == instead(told, RULES)
