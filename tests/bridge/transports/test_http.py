"""Requests to receivers: what is an error of theirs, what is one of ours, and nothing else in the message."""

from __future__ import annotations

import ssl

import pytest

from airflow_dataops.bridge.http_address import HttpAddress, http_address
from airflow_dataops.bridge.transports.http import LONGEST_WAIT, sent, signed_in
from airflow_dataops.errors import BrokenWorldError, SettingsError, TryLaterError
from airflow_dataops.testing.http_receiver import Answer, HttpReceiver
from tests.bridge.test_rest import served

SECRET = "s3cret"  # noqa: S105 - it opens nothing


def post(url: str, **more) -> bytes:
    """Send something."""
    return sent(
        HttpAddress(conn_id="it", url=url, password=SECRET, **more), f"/p?{SECRET}", b"{}", to="The receiver"
    )


STATUSES = {
    301: (SettingsError, r"sends us elsewhere \(301\), which is not followed"),
    307: (SettingsError, r"sends us elsewhere \(307\), which is not followed"),
    400: (SettingsError, r"refuses what it is sent \(400\)"),
    401: (SettingsError, r"\(401\)\. Correct the login, the password or the key"),
    404: (SettingsError, r"\(404\)\. Look whether host, port and path"),
    408: (BrokenWorldError, r"answers with an error \(408\)$"),
    429: (BrokenWorldError, r"answers with an error \(429\)$"),
    500: (BrokenWorldError, r"answers with an error \(500\)$"),
    503: (BrokenWorldError, r"answers with an error \(503\)$"),
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_named(receiver, status) -> None:
    """No redirect is followed; and neither the answer nor what was sent is quoted."""
    kind, said = STATUSES[status]
    with HttpReceiver() as elsewhere:
        headers = {"Location": elsewhere.url} if status < 400 else {}
        receiver.answers = [Answer(status=status, body=SECRET.encode(), headers=headers)]

        with pytest.raises(kind, match=rf"^connection `it`: The receiver .*{said}") as caught:
            post(receiver.url)

    assert [] == elsewhere.received
    assert (False, None) == (SECRET in str(caught.value), caught.value.__cause__)


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("0", 0),
        ("17", 17),
        (" 17 ", 17),
        ("9" * 5000, LONGEST_WAIT),
        ("Fri, 01 Jan 2100 00:00:00 GMT", LONGEST_WAIT),
        ("Sat, 01 Jan 2000 00:00:00 GMT", 0),
    ],
)
def test_patience_that_is_asked_for_is_passed_on(receiver, said, after) -> None:
    """In seconds, or until a date; an hour at most."""
    receiver.answers = [Answer(status=429, headers={"Retry-After": said})]

    with pytest.raises(TryLaterError, match=rf"\(429\), and asks for {after} s of patience$") as caught:
        post(receiver.url)

    assert after == caught.value.after


@pytest.mark.parametrize("said", ["soon", "-1", "Thu, 99 Foo 2026", ""])
def test_patience_that_is_none_is_passed_over(receiver, said) -> None:
    """It is an error as any other."""
    receiver.answers = [Answer(status=503, headers={"Retry-After": said})]

    with pytest.raises(BrokenWorldError) as caught:
        post(receiver.url)

    assert not isinstance(caught.value, TryLaterError)


def test_nobody_there_is_a_broken_world() -> None:
    """It may be there again."""
    with HttpReceiver() as gone:
        url = gone.url

    with pytest.raises(BrokenWorldError, match=r"^connection `it`: The receiver can't be reached"):
        post(url)


@pytest.mark.parametrize(
    "url", [f"http://u:{SECRET}@h", "http://[", "http://a b/", "http://\N{SNOWMAN}.example:x"]
)
def test_an_address_that_is_none_is_named(url) -> None:
    """Without the password that somebody wrote into it."""
    with pytest.raises(SettingsError, match="the address of The receiver is none") as caught:
        post(url)

    assert SECRET not in str(caught.value)


def test_certificates_are_verified(certificate) -> None:
    """Unless they are trusted, nothing is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "ca.pem", certificate / "key.pem")
    with served(context) as world:
        with pytest.raises(SettingsError, match="the certificate of The receiver is not trusted"):
            post(world.url.replace("/base/", ""))
        assert [] == world.asked

        world.answers = [(200, {})]
        trusting = ssl.create_default_context(cafile=str(certificate / "ca.pem"))
        post(world.url.replace("/base/", ""), context=trusting)
        assert 1 == len(world.asked)


def test_plain_http_is_no_tls(receiver) -> None:
    """Where the schema says https."""
    with pytest.raises(SettingsError, match="there is no TLS with The receiver"):
        post(receiver.url.replace("http", "https"))


@pytest.mark.parametrize(
    ("login", "password", "expected"),
    [("me", "sesame", "Basic bWU6c2VzYW1l"), ("", "token", "Bearer token"), ("", "", None)],
)
def test_who_we_are_is_said_in_a_header(login, password, expected) -> None:
    """A login and its password, or a token."""
    address = HttpAddress(conn_id="it", url="http://h", login=login, password=password)

    assert expected == signed_in(address).get("Authorization")
    assert not password or password not in repr(address)


def test_a_connection_that_is_not_there_is_named() -> None:
    """With what to do."""
    with pytest.raises(SettingsError, match=r"no connection `nowhere`\. Make it: airflow connections add"):
        http_address("nowhere", of="the webhook")


@pytest.mark.parametrize("fields", [{}, {"host": "h", "schema": "ftp"}, {"host": "gopher://h"}])
def test_a_connection_that_leads_nowhere_is_named(connect, fields) -> None:
    """It has a host, and a scheme that is http or https."""
    connect("it", **fields)

    with pytest.raises(SettingsError, match=r"^connection `it`: .* doesn't say where the webhook is"):
        http_address("it", of="the webhook")


def test_a_default_stands_in_for_a_host(connect) -> None:
    """PagerDuty's address is known."""
    connect("it", password=SECRET)

    assert "https://x.example" == http_address("it", of="x", default="https://x.example").url
