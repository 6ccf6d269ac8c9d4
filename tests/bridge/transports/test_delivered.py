"""From what is wrong to who hears of it: decided, kept, delivered to Alertmanager, PagerDuty, a webhook."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.bridge.channels import channel
from airflow_dataops.core.alerts.pipeline import decided
from airflow_dataops.core.alerts.round import Round
from airflow_dataops.core.alerts.route import Receiver, Route
from airflow_dataops.core.alerts.rules import Rules
from airflow_dataops.core.alerts.signal import Kind, Signal, Where
from airflow_dataops.core.alerts.told import numbered, told
from airflow_dataops.core.alerts.transport import (
    AlertmanagerTransport,
    NotifierTransport,
    PagerDutyTransport,
    WebhookTransport,
)
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.testing.http_receiver import Answer, HttpReceiver
from airflow_dataops.usecases.alerts.deliver_alerts import deliver_alerts
from airflow_dataops.usecases.alerts.delivery import Delivery
from airflow_dataops.usecases.alerts.route_alerts import bare
from airflow_dataops.usecases.ports.alerts import Decided
from airflow_dataops.wiring.clocks import clock
from tests.bridge.transports.test_alertmanager import QUIET, grown
from tests.bridge.transports.test_pagerduty import incidents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.usecases.alerts.deliver_alerts import Delivered

MINUTES = timedelta(minutes=10)
RULES = Rules(
    route=Route(receiver="all"),
    receivers=(
        Receiver(
            name="all",
            transports=(
                AlertmanagerTransport(conn_id="am"),
                PagerDutyTransport(conn_id="pd"),
                WebhookTransport(conn_id="hook"),
            ),
        ),
    ),
)
WHERE = Where("shop", "orders", "2026-03-03")


@dataclass
class World:
    """A store, receivers, and a clock that goes on by ten minutes a round."""

    url: str
    pagerduty: HttpReceiver
    hook: HttpReceiver
    rules: Rules = RULES
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(datetime.now(UTC)))
    lines: list[str] = field(default_factory=list)

    def round(self, *signals: Signal) -> Delivered:
        """Evaluate, by a process that remembers nothing, and deliver."""
        alerts, now = SqlAlerts(self.url), self.clock.advance(MINUTES)
        with alerts.deciding() as deciding:
            given = decided(
                Round(
                    now=now,
                    signals=signals,
                    incidents=deciding.incidents(),
                    rules=self.rules,
                    logged=deciding.logged(),
                )
            )
            given = numbered(given, deciding.number(given.incidents))
            telling, known = told(given), {one.number: one for one in given.incidents}
            letters = tuple(
                replace(one, messages=tuple(bare(known[number], given) for number in one.incidents))
                for one in telling.notifications
            )
            deciding.keep(
                Decided(
                    incidents=given.incidents,
                    steps=(*given.steps, *telling.steps),
                    logged=telling.logged,
                    notifications=letters,
                )
            )
        return self.deliver()

    def deliver(self) -> Delivered:
        """Deliver what is due."""
        return deliver_alerts(
            Delivery(
                letters=SqlAlerts(self.url),
                rules=self.rules,
                channel=lambda transport: channel(transport, clock=clock()),
                clock=self.clock,
                loud=self.lines.append,
            )
        )


@pytest.fixture
def world(store_url, new_store, connect) -> Iterator[World]:
    """All of it, but Alertmanager."""
    new_store(store_url)
    with HttpReceiver() as pagerduty, HttpReceiver() as hook:
        connect("pd", host=pagerduty.url, password="key")
        connect("hook", host=hook.url, password="key")
        yield World(url=store_url, pagerduty=pagerduty, hook=hook)


def signal(kind: Kind, text: str = "") -> Signal:
    """One thing that is wrong since an hour."""
    return Signal(where=WHERE, kind=kind, since=datetime.now(UTC) - timedelta(hours=1), text=text or kind)


def statuses(received) -> list[list[tuple[str, str]]]:
    """Each notification of Alertmanager."""
    return [
        sorted((alert["labels"]["severity"], alert["status"]) for alert in each.json["alerts"])
        for each in received
    ]


def test_one_incident_is_one_page_everywhere(world, alertmanager, receiver) -> None:
    """Late, then bad as well, then lost: a ticket that becomes a page, and is over once; in both stores."""
    late, bad, lost = signal(Kind.LATE), signal(Kind.BAD), signal(Kind.LOST)
    world.round(late)
    receiver.wait(grown(1))
    for _ in range(3):
        world.round(late, bad)
    world.round(late, bad, lost)
    receiver.wait(grown(2))
    (there,) = alertmanager.ask("/alerts")
    for _ in range(2):  # it is well, and has been for as long as that has to last
        world.round()
    receiver.wait(grown(3))
    world.round()

    assert [
        [("ticket", "firing")],
        [("page", "firing"), ("ticket", "resolved")],
        [("page", "resolved")],
    ] == statuses(receiver.received)
    assert "lost" in there["annotations"]["description"]
    assert ["resolved", "resolved"] == [
        state for state, _ in incidents(each.json for each in world.pagerduty.received).values()
    ]
    told_of = [(each.json["event"], each.json["urgency"]) for each in world.hook.received]
    assert [("trigger", "ticket"), ("update", "ticket"), ("update", "page"), ("resolve", "page")] == told_of
    assert [1, 1, 1, 1] == [each.json["incidents"][0]["number"] for each in world.hook.received]
    assert [] == world.lines


def test_what_could_not_be_delivered_is_delivered_in_order(world, alertmanager, receiver) -> None:
    """Alertmanager and PagerDuty are down while an incident begins and rises: the webhook hears at once."""
    alertmanager.stop()
    world.pagerduty.answers = [Answer(status=503)] * 2
    late, lost = signal(Kind.LATE), signal(Kind.LOST)
    assert 2 == world.round(late).failed
    assert ["trigger"] == [each.json["event"] for each in world.hook.received]
    world.round(late, lost)
    alertmanager.start()
    for _ in range(3):
        world.clock.advance(timedelta(minutes=30))
        done = world.deliver()
    receiver.wait(lambda received: any(("page", "firing") in each for each in statuses(received)))
    time.sleep(QUIET)

    assert 0 == done.waiting
    assert 1 == sum(("page", "firing") in each for each in statuses(receiver.received))
    assert {"key": ("triggered", "critical")} | {"key-ticket": ("resolved", "warning")} == {
        "key-ticket" if key.endswith("-ticket") else "key": state
        for key, state in incidents(
            each.json for each in world.pagerduty.received if each.answered == 200
        ).items()
    }
    assert all("key" not in line.split() and "http://" not in line for line in world.lines)


def test_a_receiver_that_can_not_be_told_is_heard_of_elsewhere(world) -> None:
    """A notifier that doesn't import, a connection that isn't there: the root's receiver is told instead."""
    broken = Receiver(
        name="broken",
        transports=(NotifierTransport(path="nowhere.Notifier"), WebhookTransport(conn_id="away")),
    )
    root = Receiver(name="all", transports=(WebhookTransport(conn_id="hook"),))
    world.rules = Rules(
        route=Route(receiver="all", routes=(Route(receiver="broken"),)), receivers=(root, broken)
    )
    world.round(signal(Kind.LOST))

    (asked,) = world.hook.received
    assert ("trigger", "page") == (asked.json["event"], asked.json["urgency"])
    assert "told to you because `broken` can't be told" in asked.json["incidents"][0]["what"]
    assert any("nowhere.Notifier" in line for line in world.lines)
    assert any("there is no connection `away`" in line for line in world.lines)
