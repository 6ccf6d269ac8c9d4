"""PagerDuty's events, as a server of this machine gets them, and how a service would take them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_dataops.bridge.channels import channel
from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.alerts.runbook import Runbook
from airflow_dataops.core.alerts.transport import PagerDutyTransport
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.errors import BrokenWorldError, SettingsError, TryLaterError
from airflow_dataops.testing.http_receiver import Answer
from airflow_dataops.wiring.clocks import clock
from tests.bridge.transports.messages import NOW, message_of, notification_of

KEY = "R0UT1NGK3Y"
TICKET = message_of()
PAGE = message_of(urgency=Urgency.PAGE)


@pytest.fixture
def pagerduty(receiver, connect):
    """What is tested, with a connection that leads to the receiver."""
    connect("pd", host=receiver.url, password=KEY)
    return channel(PagerDutyTransport(conn_id="pd"), clock=clock())


def incidents(events) -> dict[str, tuple[str, str]]:
    """What a service has after some events: key -> state, and the severity with which it began."""
    found: dict[str, tuple[str, str]] = {}
    for event in events:
        key, action = event["dedup_key"], event["event_action"]
        open_ = found.get(key, ("resolved", ""))[0] != "resolved"
        if action == "trigger" and not open_:
            found[key] = ("triggered", event["payload"]["severity"])
        elif action != "trigger" and open_:
            found[key] = ({"resolve": "resolved", "acknowledge": "acknowledged"}[action], found[key][1])
    return found


def test_a_trigger_has_all_that_a_person_needs(pagerduty, receiver) -> None:
    """In the fields that PagerDuty has for it."""
    told = pagerduty.tell(notification_of(PAGE))

    (asked,) = receiver.received
    assert ("POST", "/v2/enqueue", "dataops-2026-03-03") == (asked.method, asked.path, told.note)
    event = asked.json
    details = event["payload"].pop("custom_details")
    assert {
        "routing_key": KEY,
        "event_action": "trigger",
        "dedup_key": "dataops-2026-03-03",
        "client": "airflow-dataops",
        "links": [{"href": "https://example.com/runbooks/orders", "text": "Runbook"}],
        "payload": {
            "summary": "[PAGE] orders 2026-03-03 is late (incident 7)",
            "source": "shop/orders",
            "severity": "critical",
            "timestamp": NOW.isoformat(),
            "component": "orders",
            "group": "orders",
            "class": "open",
        },
    } == event
    assert "It was due at 06:00" in details["text"]
    assert ["airflow dataops slo show orders", "airflow dags trigger orders"] == details["incidents"][0][
        "commands"
    ]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((notification_of(TICKET),), {"k-ticket": ("triggered", "warning")}),
        ((notification_of(PAGE),) * 2, {"k": ("triggered", "critical")}),
        (
            (notification_of(TICKET), notification_of(PAGE, event=Event.UPDATE)),
            {"k": ("triggered", "critical"), "k-ticket": ("resolved", "warning")},
        ),
        (
            (notification_of(PAGE), notification_of(TICKET, event=Event.UPDATE)),
            {"k": ("resolved", "critical"), "k-ticket": ("triggered", "warning")},
        ),
        (
            (
                notification_of(TICKET),
                notification_of(PAGE, event=Event.UPDATE),
                notification_of(replace(PAGE, phase=Phase.RESOLVED)),
            ),
            {"k": ("resolved", "critical"), "k-ticket": ("resolved", "warning")},
        ),
        (
            (
                notification_of(PAGE),
                notification_of(replace(PAGE, phase=Phase.ACKNOWLEDGED), event=Event.UPDATE),
            ),
            {"k": ("acknowledged", "critical")},
        ),
        ((notification_of(replace(PAGE, phase=Phase.RESOLVED)),), {}),
    ],
)
def test_a_group_is_one_incident_of_the_right_severity(pagerduty, receiver, told, expected) -> None:
    """A ticket that becomes a page begins anew, or nobody would be woken; whatever comes twice is one."""
    for each in (*told, told[-1]):
        pagerduty.tell(replace(each, key="k"))

    assert expected == incidents(each.json for each in receiver.received)


def test_somebody_knows_before_the_ticket_ends(pagerduty, receiver) -> None:
    """Whatever happens between two events."""
    pagerduty.tell(notification_of(PAGE, event=Event.UPDATE))

    assert ["trigger", "resolve"] == [each.json["event_action"] for each in receiver.received]


def test_limits_are_kept(pagerduty, receiver) -> None:
    """Keys, summaries and events are cut; what was left out is named, and the text is there."""
    long = message_of(title="\N{BUG}" * 3000, what=("\N{BUG}" * 3000,) * 100)
    pagerduty.tell(notification_of(*[long] * 60, key="k" * 400))
    pagerduty.tell(notification_of(*[message_of()] * 60))

    asked, other = receiver.received
    details = asked.json["payload"]["custom_details"]
    assert "10 more incidents" == other.json["payload"]["custom_details"]["left_out"]
    assert 512_000 > len(asked.body)
    assert 255 == len(asked.json["dedup_key"])
    assert 1024 >= len(asked.json["payload"]["summary"]) > 100
    assert "incidents" == details["left_out"]
    assert 1000 < len(details["text"])


def test_only_addresses_are_links(pagerduty, receiver) -> None:
    """A runbook that is a file of the product is in the text."""
    pagerduty.tell(notification_of(message_of(runbook=Runbook(at="runbook.md", text="Do this."))))

    assert [] == receiver.received[0].json["links"]


@pytest.mark.parametrize(
    ("status", "error"), [(400, SettingsError), (429, BrokenWorldError), (500, BrokenWorldError)]
)
def test_what_is_refused_is_named_without_the_key(pagerduty, receiver, status, error) -> None:
    """And without what PagerDuty says of it, which may quote us."""
    receiver.answers = [Answer(status=status, body=KEY.encode(), headers={"Retry-After": "30"})]

    with pytest.raises(error, match=rf"^connection `pd`: PagerDuty .*\({status}\)") as caught:
        pagerduty.tell(notification_of(TICKET))

    assert KEY not in str(caught.value)
    assert (status != 400) is isinstance(caught.value, TryLaterError)


def test_a_connection_without_a_key_is_refused(receiver, connect, pagerduty) -> None:
    """Nothing is sent."""
    connect("pd", host=receiver.url)

    with pytest.raises(SettingsError, match="has no integration key"):
        pagerduty.tell(notification_of(TICKET))

    assert [] == receiver.received


def test_pagerduty_forgets_nothing(pagerduty, receiver) -> None:
    """So it isn't told again."""
    pagerduty.keep_alive([notification_of(TICKET)])

    assert [] == receiver.received
