"""Whatever there is to tell, every transport keeps its limits and its form."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from airflow_dataops.bridge.transports.alertmanager import (
    LONGEST_LABEL,
    LONGEST_TEXT,
    annotations_of,
    labels_of,
    told_apart,
)
from airflow_dataops.bridge.transports.arguments import filled, values_of
from airflow_dataops.bridge.transports.pagerduty import MOST_BYTES, events_of
from airflow_dataops.bridge.transports.webhook import body_of
from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.message import Downstream, Left, Message
from airflow_dataops.core.alerts.notification import Event, Notification
from airflow_dataops.core.alerts.runbook import Runbook
from airflow_dataops.core.alerts.signal import Broken, Where
from airflow_dataops.core.slo.objective import Urgency

DOCS = Path(__file__).parents[3] / "docs"
SCHEMA = Draft202012Validator(
    json.loads((DOCS / "reference" / "alert-webhook.schema.json").read_text()), format_checker=FormatChecker()
)

TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["{{ 7 * 7 }}", "<b>&", "\r\nBcc: x", "\x00\x1b[31m", "\udcff", "\N{BUG}" * 2000]),
)
LINES = st.lists(TEXTS, max_size=3).map(tuple)
INSTANTS = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - the zone is given beside it
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]),
)
SHARES = st.none() | st.fractions(min_value=-5, max_value=5)
MESSAGES = st.builds(
    Message,
    number=st.integers(min_value=0, max_value=10**9),
    key=st.just("dataops-1"),
    where=st.builds(Where, TEXTS, TEXTS, TEXTS),
    dataset=TEXTS,
    title=TEXTS,
    what=LINES,
    urgency=st.sampled_from(Urgency),
    phase=st.sampled_from(Phase),
    began=INSTANTS,
    detected=INSTANTS,
    resolved=st.none() | INSTANTS,
    left=st.lists(st.builds(Left, slo=TEXTS, remaining=SHARES, burn=SHARES), max_size=2).map(tuple),
    broken=st.lists(
        st.builds(Broken, rule=TEXTS, failing=st.integers(0), checked=st.integers(0)), max_size=2
    ).map(tuple),
    causes=LINES,
    downstream=st.lists(
        st.builds(Downstream, team=TEXTS, product=TEXTS, minutes=st.none() | st.integers()), max_size=2
    ).map(tuple),
    owner=TEXTS,
    contract=TEXTS,
    runbook=st.none() | st.builds(Runbook, at=TEXTS, text=TEXTS),
    commands=st.tuples(TEXTS, TEXTS),
    labels=st.dictionaries(st.sampled_from(["team", "slo", "partition", "severity"]), TEXTS).map(
        lambda found: tuple(sorted(found.items()))
    ),
)
NOTIFICATIONS = st.lists(MESSAGES, min_size=1, max_size=3).flatmap(
    lambda messages: st.builds(
        Notification,
        number=st.integers(min_value=1, max_value=10**9),
        receiver=TEXTS,
        group=TEXTS,
        key=st.sampled_from(["dataops-1", "k" * 255]),
        event=st.sampled_from(Event),
        urgency=st.sampled_from(Urgency),
        incidents=st.just(tuple(message.number for message in messages)),
        messages=st.just(tuple(messages)),
        decided=INSTANTS,
        attempts=st.integers(min_value=0, max_value=5),
    )
)


@given(NOTIFICATIONS)
def test_an_alert_of_alertmanager_has_labels_that_are_short(notification) -> None:
    """And it is the same alert, however often it is told and whatever is said of it."""
    for one in told_apart(notification):
        (message,) = one.messages
        labels, annotations = labels_of(message), annotations_of(one)

        assert {"alertname", "severity"} <= set(labels)
        assert LONGEST_LABEL >= max(map(len, labels.values()))
        assert LONGEST_TEXT >= max(map(len, annotations.values()))
        assert all((*labels.values(), *annotations.values()))
        assert labels == labels_of(replace(message, what=("else",), title="else", phase=Phase.ACKNOWLEDGED))
        assert json.dumps([labels, annotations]).encode()


@given(NOTIFICATIONS)
def test_an_event_of_pagerduty_is_one_that_it_takes(notification) -> None:
    """Each has a key, what begins has a summary, a source and a severity, and none is too big."""
    for event in events_of(notification):
        assert 1 <= len(event["dedup_key"]) <= 255
        assert MOST_BYTES > len(json.dumps({"routing_key": "k" * 32, **event}))
        assert event["event_action"] in {"trigger", "acknowledge", "resolve"}
        if event["event_action"] == "trigger":
            payload = event["payload"]
            assert 1 <= len(payload["summary"]) <= 1024
            assert payload["source"]
            assert payload["severity"] in {"critical", "warning"}
            assert datetime.fromisoformat(payload["timestamp"]) == notification.decided


@given(NOTIFICATIONS)
def test_the_body_of_a_webhook_is_as_its_schema_says_whatever_is_told(notification) -> None:
    """Every name comes out as it is."""
    body = json.loads(body_of(notification))

    SCHEMA.validate(body)
    assert [m.where.partition for m in notification.messages] == [
        incident["partition"] for incident in body["incidents"]
    ]


@given(NOTIFICATIONS)
def test_the_kwargs_of_a_notifier_are_filled_in_whatever_is_told(notification) -> None:
    """A subject is one line; what a thing is called stays what it is."""
    values = values_of(notification)
    made = filled('{"s": "{{ subject }}", "t": "is {{ title }}", "n": ["{{ blocks }}"]}', values, where="it")

    assert 1 == len(str(made["s"]).splitlines() or [""])
    assert f"is {notification.messages[0].title}" == made["t"]
    assert [values["blocks"]] == made["n"]
