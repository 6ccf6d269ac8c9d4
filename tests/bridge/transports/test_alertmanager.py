"""A real Alertmanager, and what arrives behind it: one page for one incident, whatever happens on the way."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.bridge.channels import channel
from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.alerts.transport import AlertmanagerTransport
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.wiring.clocks import clock
from tests.bridge.transports.messages import NOW, message_of, notification_of

if TYPE_CHECKING:
    from airflow_dataops.testing.http_receiver import Received
    from airflow_dataops.usecases.ports.alerts import Channel

QUIET = 2.5
"""Seconds after which Alertmanager would have said something: two of its intervals, and some more."""


@pytest.fixture
def tell() -> Channel:
    """What is tested."""
    return channel(AlertmanagerTransport(conn_id="am"), clock=clock())


def told(received: list[Received]) -> list[list[tuple[str, str, str]]]:
    """Each notification of Alertmanager: partition, severity and status of its alerts."""
    return [
        sorted(
            (alert["labels"]["partition"], alert["labels"]["severity"], alert["status"])
            for alert in each.json["alerts"]
        )
        for each in received
    ]


def grown(to: int):
    """Whether so many notifications came."""
    return lambda received: len(received) >= to


TICKET = message_of()
PAGE = message_of(urgency=Urgency.PAGE)
UPDATED = replace(TICKET, title="orders 2026-03-03 is late and failed", what=("It failed, too.",))
OVER = replace(TICKET, phase=Phase.RESOLVED, resolved=NOW)
PAGE_OVER = replace(PAGE, phase=Phase.RESOLVED, resolved=NOW)


def update_of(message) -> object:
    """What is told when something changed."""
    return notification_of(message, event=Event.UPDATE)


def test_an_incident_is_told_once_and_resolved_once(alertmanager, receiver, tell) -> None:
    """Whatever is added in between, and however often it is said; the text and the runbook go along."""
    tell.tell(notification_of(TICKET))
    (first,) = receiver.wait(grown(1))
    tell.tell(update_of(UPDATED))
    tell.keep_alive([update_of(UPDATED)])
    time.sleep(QUIET)
    (there,) = alertmanager.ask("/alerts")
    tell.tell(notification_of(OVER))
    receiver.wait(grown(2))
    tell.tell(notification_of(OVER))
    time.sleep(QUIET)

    assert [[("2026-03-03", "ticket", "firing")], [("2026-03-03", "ticket", "resolved")]] == told(
        receiver.received
    )
    assert "https://example.com/runbooks/orders" == first.json["commonAnnotations"]["runbook_url"]
    assert "orders 2026-03-03 is late" in first.json["commonAnnotations"]["description"]
    assert "It failed, too." in there["annotations"]["description"]
    assert ("fresh", "7") == (there["annotations"]["slo"], there["annotations"]["incident"])
    assert "slo" not in there["labels"]


def test_a_ticket_that_becomes_a_page_is_one_group(alertmanager, receiver, tell) -> None:
    """It is told at once that it is a page, and the ticket is over in the same word."""
    tell.tell(notification_of(TICKET))
    receiver.wait(grown(1))
    tell.tell(update_of(PAGE))
    receiver.wait(grown(2))
    (there,) = alertmanager.ask("/alerts")
    tell.tell(notification_of(PAGE_OVER))
    receiver.wait(grown(3))
    time.sleep(QUIET)

    assert [
        [("2026-03-03", "ticket", "firing")],
        [("2026-03-03", "page", "firing"), ("2026-03-03", "ticket", "resolved")],
        [("2026-03-03", "page", "resolved")],
    ] == told(receiver.received)
    assert "page" == there["labels"]["severity"]


def test_severities_that_are_grouped_apart_are_each_told_and_resolved_once(running, receiver, tell) -> None:
    """Where the team groups by severity, the group of tickets ends as that of pages begins."""
    with running(group_by=("team", "product", "partition", "severity")):
        tell.tell(notification_of(TICKET))
        receiver.wait(grown(1))
        tell.tell(update_of(PAGE))
        receiver.wait(grown(3))
        tell.tell(notification_of(PAGE_OVER))
        receiver.wait(grown(4))
        time.sleep(QUIET)

    first, *middle, last = told(receiver.received)
    assert [("2026-03-03", "ticket", "firing")] == first
    assert [[("2026-03-03", "page", "firing")], [("2026-03-03", "ticket", "resolved")]] == sorted(middle)
    assert [("2026-03-03", "page", "resolved")] == last


def test_two_incidents_of_a_group_of_ours_are_two_of_theirs(alertmanager, receiver, tell) -> None:
    """Grouping is Alertmanager's: each incident is an alert of its own, and ends by itself."""
    other = message_of("2026-03-04", urgency=Urgency.PAGE)
    tell.tell(notification_of(other, TICKET))
    receiver.wait(grown(2))
    tell.tell(update_of(OVER))
    receiver.wait(grown(3))

    begun, over = told(receiver.received)[:2], told(receiver.received)[2]
    assert [[("2026-03-03", "ticket", "firing")], [("2026-03-04", "page", "firing")]] == sorted(begun)
    assert [("2026-03-03", "ticket", "resolved")] == over
    assert ["2026-03-04"] == [each["labels"]["partition"] for each in alertmanager.ask("/alerts")]


def test_environments_end_nothing_of_each_other(alertmanager, tell) -> None:
    """What tests on the same partition is another incident."""
    labels = tuple(sorted({**dict(TICKET.labels), "environment": "test"}.items()))
    tell.tell(notification_of(TICKET))
    tell.tell(notification_of(replace(PAGE, labels=labels)))

    severities = {each["labels"].get("environment"): each for each in alertmanager.ask("/alerts")}
    assert {None, "test"} == set(severities)
    assert "ticket" == severities[None]["labels"]["severity"]


def test_silences_there_are_respected(alertmanager, receiver, tell) -> None:
    """They are Alertmanager's affair, and our alert stands there as suppressed."""
    now = datetime.now(UTC)
    matcher = {"name": "product", "value": "orders", "isRegex": False, "isEqual": True}
    alertmanager.ask(
        "/silences",
        {
            "matchers": [matcher],
            "startsAt": now.isoformat(),
            "endsAt": (now + timedelta(hours=1)).isoformat(),
            "createdBy": "somebody",
            "comment": "maintenance",
        },
    )
    tell.tell(notification_of(TICKET))
    time.sleep(QUIET)

    assert [] == receiver.received
    (there,) = alertmanager.ask("/alerts")
    assert "suppressed" == there["status"]["state"]


def test_what_is_sent_again_after_a_restart_of_either_side_is_no_second_page(
    alertmanager, receiver, tell
) -> None:
    """Ours remembers nothing; Alertmanager remembers what it told, and gets the alerts from us again."""
    tell.tell(notification_of(TICKET))
    receiver.wait(grown(1))
    channel(AlertmanagerTransport(conn_id="am"), clock=clock()).tell(notification_of(TICKET, attempts=2))
    alertmanager.stop()
    alertmanager.start()
    tell.keep_alive([notification_of(TICKET)])
    time.sleep(QUIET)
    tell.tell(notification_of(OVER))
    receiver.wait(grown(2))

    assert ["firing", "resolved"] == [one[2] for (one,) in told(receiver.received)]


def test_while_it_is_down_the_world_is_broken_and_it_is_told_later(alertmanager, receiver, tell) -> None:
    """The message says which connection, and no address."""
    alertmanager.stop()
    with pytest.raises(BrokenWorldError, match=r"^connection `am`: Alertmanager can't be reached"):
        tell.tell(notification_of(TICKET))
    with pytest.raises(BrokenWorldError, match=r"^connection `am`: Alertmanager can't be reached"):
        tell.keep_alive([notification_of(TICKET)])
    alertmanager.start()
    tell.tell(notification_of(TICKET, attempts=2))

    receiver.wait(grown(1))
    assert [[("2026-03-03", "ticket", "firing")]] == told(receiver.received)
    assert "reached you before" not in receiver.received[0].json["commonAnnotations"]["description"]


@pytest.mark.usefixtures("alertmanager")
def test_a_clock_that_is_ahead_of_its_resolves_what_is_over(receiver) -> None:
    """An end in its future would be taken for none: it keeps the later of two."""
    fast = FrozenClock(datetime.now(UTC) + timedelta(seconds=50))
    ahead = channel(AlertmanagerTransport(conn_id="am"), clock=fast)
    ahead.tell(notification_of(TICKET))
    receiver.wait(grown(1))
    ahead.tell(notification_of(replace(OVER, resolved=fast.now())))

    receiver.wait(grown(2))
    assert [("2026-03-03", "ticket", "resolved")] == told(receiver.received)[1]


def test_hostile_names_are_one_alert(alertmanager, tell) -> None:
    """Quotes, backslashes, line feeds, names of a thousand letters: raised, they are one incident still."""
    name = 'a"b\\c\n{{ 1 }} é' + "x" * 1000
    tell.tell(notification_of(message_of(name)))
    tell.tell(update_of(message_of(name, urgency=Urgency.PAGE)))

    (there,) = alertmanager.ask("/alerts")
    assert "page" == there["labels"]["severity"]
    assert there["labels"]["partition"].startswith(name[:400])
    assert 512 >= len(there["labels"]["partition"])


@pytest.mark.parametrize(
    ("every", "ahead"),
    [(timedelta(minutes=5), timedelta(hours=1)), (timedelta(hours=6), timedelta(hours=24))],
)
def test_an_alert_lasts_four_evaluations_and_an_hour_at_least(alertmanager, every, ahead) -> None:
    """So that one which is missed doesn't resolve it; saying it again makes it last as long from then."""
    now = datetime.now(UTC)
    lasting = channel(AlertmanagerTransport(conn_id="am"), clock=FrozenClock(now), every=every)
    lasting.tell(notification_of(TICKET))
    (there,) = alertmanager.ask("/alerts")
    later = FrozenClock(now + timedelta(minutes=9))
    channel(AlertmanagerTransport(conn_id="am"), clock=later, every=every).keep_alive(
        [notification_of(TICKET), notification_of(OVER)]
    )
    (kept,) = alertmanager.ask("/alerts")

    ends = [datetime.fromisoformat(each["endsAt"]) for each in (there, kept)]
    assert [timedelta(0), timedelta(minutes=9)] == [
        timedelta(seconds=round((end - now - ahead).total_seconds())) for end in ends
    ]


def test_another_server_is_told_from_it(receiver, connect, tell) -> None:
    """Nothing is posted there."""
    connect("am", host=receiver.url)

    with pytest.raises(SettingsError, match="what answers there is not Alertmanager"):
        tell.tell(notification_of(TICKET))

    assert ["GET"] == [each.method for each in receiver.received]
