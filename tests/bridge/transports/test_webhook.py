"""What a webhook gets: JSON as its schema says, signed so that nobody forges, changes or repeats it."""

from __future__ import annotations

import json
import time
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from airflow_dataops.bridge.channels import channel
from airflow_dataops.bridge.transports.webhook import body_of, signature
from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.message import Left, Message
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.alerts.transport import WebhookTransport
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.testing.http_receiver import Answer
from airflow_dataops.wiring.clocks import clock
from tests.bridge.transports.messages import NOW, message_of, notification_of

DOCS = Path(__file__).parents[3] / "docs"
SCHEMA = json.loads((DOCS / "reference" / "alert-webhook.schema.json").read_text())

FULL = message_of(urgency=Urgency.PAGE)
BARE = message_of(
    left=(Left(slo="fresh", remaining=None),), runbook=None, commands=("", ""), downstream=(), causes=()
)
OVER = replace(FULL, phase=Phase.RESOLVED, resolved=NOW)


@pytest.fixture
def example():
    """The receiver that the how-to shows."""
    spec = spec_from_file_location("alert_webhook", DOCS / "howto" / "alert_webhook.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def hook(receiver, connect, example):
    """What is tested, with a connection that leads to the receiver."""
    connect("hook", host=f"{receiver.url}/alerts/in", password=example.KEY)
    return channel(WebhookTransport(conn_id="hook"), clock=clock())


def headers_of(asked) -> dict[str, str]:
    """The headers as a web framework has them."""
    return {name.title(): value for name, value in asked.headers.items()}


@pytest.mark.parametrize(
    "notification",
    [
        notification_of(FULL),
        notification_of(FULL, BARE, event=Event.UPDATE, attempts=3),
        notification_of(BARE, number=0, attempts=0),
        notification_of(OVER),
    ],
)
def test_the_body_is_as_its_schema_says(hook, receiver, notification) -> None:
    """All that there is to tell stands in it."""
    hook.tell(notification)

    (asked,) = receiver.received
    body = asked.json
    assert ("POST", "/alerts/in") == (asked.method, asked.path)
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(body)
    assert set(SCHEMA["properties"]) == set(body)
    for incident in body["incidents"]:
        assert set(SCHEMA["$defs"]["incident"]["properties"]) == set(incident)
        assert {"slo", "remaining", "burn"} == set(incident["budgets"][0])
        assert {"rule", "failing", "checked"} == set(incident["rules"][0])
        assert all({"team", "product", "minutes", "waits", "wrong"} == set(e) for e in incident["downstream"])


def test_nothing_of_a_message_is_left_out() -> None:
    """Each of its fields stands in the body: one that is new has a key there, or this test says so."""
    renamed = {"where": "partition", "left": "budgets", "broken": "rules", "more_broken": "more_rules"}
    (incident,) = json.loads(body_of(notification_of(FULL)))["incidents"]

    assert set() == {renamed.get(each.name, each.name) for each in fields(Message)} - set(incident)


def test_values_are_plain() -> None:
    """Shares are numbers, instants are texts with their offset."""
    body = json.loads(body_of(notification_of(FULL)))
    (incident,) = body["incidents"]

    assert {"slo": "fresh", "remaining": 0.25, "burn": 2.0} == incident["budgets"][0]
    assert NOW == datetime.fromisoformat(body["decided"])
    assert ("page", "trigger", 1, 12) == tuple(
        body[key] for key in ("urgency", "event", "attempt", "delivery")
    )
    assert (
        1 / 3
        == json.loads(
            body_of(notification_of(replace(FULL, left=(Left(slo="x", remaining=Fraction(1, 3)),))))
        )["incidents"][0]["budgets"][0]["remaining"]
    )


def test_the_receiver_of_the_how_to_takes_each_once(hook, receiver, example) -> None:
    """What comes again is signed anew, has the same number, and is taken by nobody."""
    hook.tell(notification_of(FULL))
    hook.tell(notification_of(FULL, attempts=2))
    first, again = receiver.received

    status, alert = example.take(headers_of(first), first.body)
    assert (200, "dataops-2026-03-03") == (status, alert["key"])
    assert (200, None) == example.take(headers_of(again), again.body)
    assert "may have reached you before" in " ".join(again.json["text"].split())


def test_the_receiver_of_the_how_to_refuses_all_else(hook, receiver, example) -> None:
    """What was changed, what somebody else signed, what is old, and what has no signature."""
    hook.tell(notification_of(FULL))
    (asked,) = receiver.received
    headers = headers_of(asked)
    old = int(time.time()) - 3600
    later = str(int(headers["X-Dataops-Timestamp"]) + 1)
    resigned = signature("another key", int(headers["X-Dataops-Timestamp"]), asked.body)
    stale = {
        "X-Dataops-Timestamp": str(old),
        "X-Dataops-Signature": signature(example.KEY, old, asked.body),
    }

    refused = [
        example.take(headers, asked.body + b" "),
        example.take({**headers, "X-Dataops-Timestamp": later}, asked.body),
        example.take({**headers, "X-Dataops-Signature": resigned}, asked.body),
        example.take({**headers, "X-Dataops-Signature": "sha256=\N{SNOWMAN}"}, asked.body),
        example.take(stale, asked.body),
        example.take({}, asked.body),
    ]
    assert [(401, None)] * 4 + [(400, None)] * 2 == refused
    assert 200 == example.take(headers, asked.body)[0]


def test_the_time_of_sending_is_signed(receiver, connect) -> None:
    """Not that of the decision: it may be hours old when the receiver was down."""
    now = datetime(2026, 3, 3, 6, tzinfo=UTC) + timedelta(milliseconds=900)
    connect("hook", host=receiver.url, password="k")
    channel(WebhookTransport(conn_id="hook"), clock=FrozenClock(now)).tell(notification_of(FULL))

    (asked,) = receiver.received
    at = int(now.timestamp())
    assert (str(at), signature("k", at, asked.body), "12") == tuple(
        asked.headers[f"x-dataops-{name}"] for name in ("timestamp", "signature", "delivery")
    )
    assert "authorization" not in asked.headers


def test_a_signature_is_known() -> None:
    """As OpenSSL makes it: printf '17.{}' | openssl dgst -sha256 -hmac k."""
    expected = "bd99635732284660511c87d0719be6865abfda44a64564cf7d2b74e0f48525a1"

    assert f"sha256={expected}" == signature("k", 17, b"{}")


def test_a_connection_without_a_key_is_refused(hook, receiver, connect) -> None:
    """Nothing is sent unsigned."""
    connect("hook", host=receiver.url)

    with pytest.raises(SettingsError, match="has no key to sign with"):
        hook.tell(notification_of(FULL))

    assert [] == receiver.received


@pytest.mark.parametrize(("status", "error"), [(204, None), (410, SettingsError), (502, BrokenWorldError)])
def test_any_success_acknowledges(hook, receiver, status, error) -> None:
    """And nothing else."""
    receiver.answers = [Answer(status=status, body=b"")]

    if error is None:
        assert "delivery 12" == hook.tell(notification_of(FULL)).note
    else:
        with pytest.raises(error, match=rf"^connection `hook`: the webhook .*\({status}\)"):
            hook.tell(notification_of(FULL))


def test_names_that_no_encoding_has_are_sent(hook, receiver) -> None:
    """A partition of a lone surrogate, as a file's name may have one."""
    hook.tell(notification_of(message_of("\udcff")))
    hook.keep_alive([notification_of(FULL)])

    (asked,) = receiver.received
    assert "\udcff" == asked.json["incidents"][0]["partition"]
