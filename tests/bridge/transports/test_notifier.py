"""Notifiers of Airflow by import path: of mail to a real server, of Slack to a local one, and others."""

from __future__ import annotations

import email
import email.policy
import json
import socket
from dataclasses import replace

import pytest

from airflow_dataops.bridge.channels import channel
from airflow_dataops.bridge.transports.arguments import values_of
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.alerts.runbook import Runbook
from airflow_dataops.core.alerts.transport import TOLD, NotifierTransport
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.errors import BrokenWorldError, SettingsError, TryLaterError
from airflow_dataops.render.alerts.slack import blocks
from airflow_dataops.render.alerts.text import subject, text
from airflow_dataops.testing.http_receiver import Answer
from airflow_dataops.wiring.clocks import clock
from tests.bridge.transports.messages import message_of, notification_of

HERE = "tests.bridge.transports.notifiers"
SMTP = "airflow.providers.smtp.notifications.smtp.SmtpNotifier"
SLACK = "airflow.providers.slack.notifications.slack_webhook.SlackWebhookNotifier"

PAGE = notification_of(message_of(urgency=Urgency.PAGE))


def notifier(path: str, **kwargs: object):
    """The channel of a notifier."""
    return channel(NotifierTransport(path=path, kwargs=json.dumps(kwargs)), clock=clock())


@pytest.fixture
def sent() -> list[tuple[str, object]]:
    """What the notifiers of the tests have sent."""
    from tests.bridge.transports.notifiers import SENT

    SENT.clear()
    return SENT


def test_a_notifier_is_made_with_its_kwargs_filled_in(sent) -> None:
    """A text that is one value stands for the value itself, also within lists and objects."""
    given = {"b": ["{{ blocks }}", {"n": "{{ number }}"}], "n": 3, "t": "{{ product }}/{{ partition }}"}
    notifier(f"{HERE}.Remembers", text="{{ severity|upper }} {{ title }}", blocks=given).tell(PAGE)

    expected = {"b": [blocks(PAGE), {"n": 7}], "n": 3, "t": "orders/2026-03-03"}
    assert [("PAGE orders 2026-03-03 is late", expected)] == sent


def test_what_things_are_called_is_no_template(sent) -> None:
    """Neither ours nor Airflow's, which a notifier's fields would be once more."""
    hostile = message_of(title="{{ 7 * 7 }} {% raise %}")
    notifier(f"{HERE}.Remembers", text="{{ title }}").tell(notification_of(hostile))

    assert [("{{ 7 * 7 }} {% raise %}", None)] == sent


def test_a_notifier_that_is_only_async_is_told(sent) -> None:
    """It is run to its end."""
    notifier(f"{HERE}.OnlyAsync").tell(PAGE)
    notifier(f"{HERE}.OnlyAsync").keep_alive([PAGE])

    assert [("async", {})] == sent


def test_templates_know_these_values() -> None:
    """The how-to names the same, and lint takes no other."""
    known = values_of(notification_of(message_of(), message_of("2026-03-04"), event=Event.UPDATE))

    assert set(TOLD) == set(known)
    assert ("ticket", "update", "oncall", [7, 7]) == tuple(
        known[name] for name in ("severity", "event", "receiver", "numbers")
    )
    assert "https://example.com/runbooks/orders" == known["runbook_url"]
    assert "" == values_of(notification_of(message_of(runbook=Runbook(at="r.md", text="x"))))["runbook_url"]


REFUSED = {
    "nowhere.Notifier": ("can't be imported (ModuleNotFoundError)", {}),
    f"{HERE}.Missing": ("can't be imported (AttributeError)", {}),
    "Notifier": ("can't be imported (ValueError)", {}),
    f"{HERE}.function": ("that is no notifier", {}),
    "json.JSONEncoder": ("that is no notifier", {}),
    f"{HERE}.Nothing": ("it has no `notify`", {}),
    f"{HERE}.Remembers": ("doesn't take these kwargs: missing a required argument", {"txt": "x"}),
    f"{HERE}.FailsToBeMade": ("can't be made with these kwargs (RuntimeError)", {}),
}


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_no_notifier_is_refused(path) -> None:
    """By name, and for good."""
    said, kwargs = REFUSED[path]
    with pytest.raises(SettingsError) as caught:
        notifier(path, **kwargs).tell(PAGE)

    assert str(caught.value).startswith(path)
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ nothing }}", "UndefinedError"),
        ("{{ text", "TemplateSyntaxError"),
        ("{{ text.__class__.__mro__ }}", "SecurityError"),
        ("{{ numbers.append(1) }}", "SecurityError"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
    ],
)
def test_a_template_that_fails_is_named(template, said) -> None:
    """With its place in the kwargs, and what it may say."""
    with pytest.raises(SettingsError, match=rf"kwargs\.text: .*\({said}\)\. It knows began, ") as caught:
        notifier(f"{HERE}.Remembers", text=template).tell(PAGE)

    assert None is caught.value.__cause__


@pytest.mark.parametrize("kwargs", ["[1]", "{", "3"])
def test_kwargs_that_are_no_object_are_refused(kwargs) -> None:
    """Before anything is made."""
    with pytest.raises(SettingsError, match="are no JSON object"):
        channel(NotifierTransport(path=f"{HERE}.Remembers", kwargs=kwargs), clock=clock()).tell(PAGE)


FAILURES = {
    "world": (BrokenWorldError, "the notifier failed (OSError)"),
    "connection": (SettingsError, "the notifier has no connection"),
    "nowhere": (SettingsError, "there is no connection `smtp_desk`. Make it: `airflow connections add`"),
    "unauthorised": (SettingsError, "the other side refuses what it is sent (403)"),
    "busy": (TryLaterError, "the other side answers with an error (429), and asks for 9 s"),
    "told": (SettingsError, "the other side refuses what it is sent (404)"),
    "untold": (BrokenWorldError, "the notifier failed (AirflowException)"),
    "down": (TryLaterError, "the other side answers with an error (500)"),
    "login": (SettingsError, "the mail server refuses (535)"),
    "greylisted": (BrokenWorldError, "the notifier failed (SMTPSenderRefused)"),
    "nobody": (SettingsError, "the mail server refuses (550)"),
    "some": (BrokenWorldError, "the notifier failed (SMTPRecipientsRefused)"),
}


@pytest.mark.parametrize("how", FAILURES)
def test_a_failure_is_named_without_what_it_says(how) -> None:
    """By whether another try may heal it."""
    kind, said = FAILURES[how]
    with pytest.raises(kind) as caught:
        notifier(f"{HERE}.Fails", how=how).tell(PAGE)

    assert said in str(caught.value)
    assert ("s3cret" in str(caught.value), caught.value.__cause__) == (False, None)
    assert kind is type(caught.value)


def test_what_failed_before_is_not_taken_for_it() -> None:
    """Who tells another receiver, since one couldn't be told, is handling that error."""
    try:
        notifier(f"{HERE}.Nothing").tell(PAGE)
    except SettingsError:
        with pytest.raises(BrokenWorldError, match=r"the notifier failed \(OSError\)"):
            notifier(f"{HERE}.Fails", how="world").tell(PAGE)


@pytest.fixture
def mails(connect):
    """A mail server of this machine, and the connection `mail` that leads to it."""
    from aiosmtpd.controller import Controller

    class Box:
        def __init__(self) -> None:
            self.mails: list[email.message.EmailMessage] = []

        async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - as it is called
            parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.mails.append(parsed)
            return "250 taken"

    box = Box()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        extra = {"disable_tls": True, "disable_ssl": True, "from_email": "dataops@example.com"}
        connect("mail", conn_type="smtp", host="127.0.0.1", port=port, extra=extra)
        yield box.mails
    finally:
        controller.stop()


MAIL = {
    "smtp_conn_id": "mail",
    "to": "oncall@example.com",
    "subject": "{{ subject }}",
    "html_content": "{{ html }}",
}


def test_a_mail_arrives_with_all_that_is_told(mails) -> None:
    """By Airflow's own notifier, at a real server, also where names have umlauts and brackets."""
    hostile = message_of(title="Bücher <b>&</b>\r\nBcc: all@example.com is late")
    notifier(SMTP, **MAIL).tell(PAGE)
    notifier(SMTP, **MAIL).tell(notification_of(hostile, attempts=2))

    first, second = mails
    assert (subject(PAGE), "oncall@example.com") == (first["subject"], first["to"])
    body = first.get_body(("html",)).get_content()
    assert "It was due at 06:00" in body
    assert "airflow dags trigger orders" in body
    assert "Bücher" in second["subject"]
    assert None is second["bcc"]
    html = second.get_body(("html",)).get_content()
    assert "<b>&</b>" not in html
    assert "may have reached you before" in html


def test_a_mail_server_that_is_not_there_is_a_broken_world(mails, connect) -> None:
    """It may be there again; a connection that isn't is one of ours."""
    connect("mail", conn_type="smtp", host="127.0.0.1", port=1, extra={"disable_ssl": True, "retry_limit": 1})

    with pytest.raises(BrokenWorldError, match=r"SmtpNotifier: the notifier failed"):
        notifier(SMTP, **MAIL).tell(PAGE)
    with pytest.raises(SettingsError, match=r"SmtpNotifier: there is no connection `nowhere`"):
        notifier(SMTP, **MAIL | {"smtp_conn_id": "nowhere"}).tell(PAGE)
    assert [] == mails


@pytest.fixture
def slack(receiver, connect):
    """What tells Slack, which is the receiver."""
    extra = {"timeout": 5}
    connect("slack", conn_type="slackwebhook", host=receiver.url, password="T0/B0/s3cret", extra=extra)
    return notifier(SLACK, slack_webhook_conn_id="slack", text="{{ subject }}", blocks="{{ blocks }}")


def test_slack_gets_its_blocks(slack, receiver) -> None:
    """By Airflow's own notifier, as Slack's API has them."""
    receiver.answers = [Answer(body=b"ok")]
    slack.tell(PAGE)

    (asked,) = receiver.received
    assert "/T0/B0/s3cret" == asked.path
    assert (subject(PAGE), blocks(PAGE)) == (asked.json["text"], asked.json["blocks"])


@pytest.mark.parametrize(("status", "error"), [(404, SettingsError), (503, BrokenWorldError)])
def test_slack_that_refuses_is_named(slack, receiver, status, error) -> None:
    """Without the address, which is a secret."""
    receiver.answers = [Answer(status=status, body=b"no_service s3cret")] * 9

    with pytest.raises(error) as caught:
        slack.tell(PAGE)

    assert str(caught.value).startswith(SLACK)
    assert "s3cret" not in str(caught.value)
    assert error is SettingsError or not isinstance(caught.value, SettingsError)


def test_what_comes_twice_says_so(sent) -> None:
    """A notifier has no key by which its receiver would know it."""
    notifier(f"{HERE}.Remembers", text="{{ text }}").tell(replace(PAGE, attempts=2))

    assert [(text(replace(PAGE, attempts=2)), None)] == sent
    assert "may have reached you before" in " ".join(sent[0][0].split())
