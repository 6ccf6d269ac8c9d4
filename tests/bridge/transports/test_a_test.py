"""A test message, at receivers that know what they are told by its key: it touches no incident there."""

from __future__ import annotations

from functools import partial

from airflow_dataops.bridge.channels import channel
from airflow_dataops.core.alerts.route import Receiver, Route
from airflow_dataops.core.alerts.rules import LOG, Rules
from airflow_dataops.core.alerts.transport import AlertmanagerTransport, PagerDutyTransport
from airflow_dataops.usecases.alerts.send_test import send_test
from airflow_dataops.usecases.alerts.try_route import try_route
from airflow_dataops.wiring.clocks import clock
from tests.bridge.transports.messages import message_of, notification_of


def sent(*transports, **labels: str):
    """Send a test to a receiver of these transports."""
    rules = Rules(route=Route(receiver="them"), receivers=(Receiver(name="them", transports=transports), LOG))
    labels = {"alertname": "DataIncident", "team": "shop", "product": "orders", **labels}
    tried = try_route(labels, rules=rules, at=clock().now())
    return send_test(tried, who="ann", mark="1a2b", channel=partial(channel, clock=clock()), clock=clock())


def test_alertmanager_has_it_beside_an_incident_of_the_same_labels(alertmanager, receiver) -> None:
    """Though the test was tried with the labels of that incident; whoever is behind it is told of both."""
    transport = AlertmanagerTransport(conn_id="am")
    incident = message_of()
    channel(transport, clock=clock()).tell(notification_of(incident))
    receiver.wait(lambda received: len(received) >= 1)
    (heard,) = sent(transport, **dict(incident.labels))

    assert "" == heard.error
    alerts = {one["labels"]["partition"]: one for one in alertmanager.ask("/alerts")}
    assert {"2026-03-03", "TEST-1a2b"} == set(alerts)
    assert {"active"} == {one["status"]["state"] for one in alerts.values()}
    assert "TEST" in alerts["TEST-1a2b"]["annotations"]["summary"]


def test_pagerduty_has_it_by_a_key_of_its_own(receiver, connect) -> None:
    """A page where a page was tried."""
    connect("pd", host=receiver.url, password="key")
    (heard,) = sent(PagerDutyTransport(conn_id="pd"), severity="page")

    assert ("", "dataops-TEST-1a2b") == (heard.error, heard.note)
    trigger = receiver.received[0].json
    assert ("trigger", "dataops-TEST-1a2b", "critical") == (
        trigger["event_action"],
        trigger["dedup_key"],
        trigger["payload"]["severity"],
    )
    assert trigger["payload"]["summary"].startswith("[PAGE] TEST")


def test_none_waits_for_another(receiver, connect) -> None:
    """One whose connection isn't there, one that is there: each says what it says."""
    connect("pd", host=receiver.url, password="key")
    absent, there = sent(AlertmanagerTransport(conn_id="absent"), PagerDutyTransport(conn_id="pd"))

    assert "absent" in absent.error
    assert (1, "") == (len(absent.error.splitlines()), there.error)
