"""The client of Airflow's REST API, against a server that answers as it is told; tests/e2e has a real one."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.bridge.airflow_api import airflow_rest, rest_of
from airflow_dataops.bridge.governor import RestGovernor
from airflow_dataops.bridge.past_runs import past_runs
from airflow_dataops.bridge.rest import AirflowRest
from airflow_dataops.core.slo.run import Outcome
from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "s3cret"  # noqa: S105 - it opens nothing
SINCE, UNTIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC)


@contextmanager
def served(context: ssl.SSLContext | None = None) -> Iterator[SimpleNamespace]:
    """Answer on a port of this machine by what `answers` holds: (status, JSON or text) in turn."""
    world = SimpleNamespace(
        asked=[], answers=[], signed=[], tokens=["one", "two", "three"], headers=[], url=""
    )

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            if self.path == "/base/auth/token":
                world.signed.append(body)
                token = world.tokens.pop(0)
                status, said = (201, {"access_token": token}) if token else (401, {"detail": SECRET})
            else:
                world.asked.append((self.command, self.path, self.headers.get("Authorization"), body))
                status, said = world.answers.pop(0)
            self.send_response(status)
            for header in world.headers:
                self.send_header(*header)
            self.end_headers()
            self.wfile.write(said.encode() if isinstance(said, str) else json.dumps(said).encode())

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - as http.server has it

        def log_message(self, *_) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    world.port = server.server_port
    world.url = f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}/base/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def world() -> Iterator[SimpleNamespace]:
    """A server that speaks http."""
    with served() as found:
        yield found


@pytest.fixture
def rest(world) -> AirflowRest:
    """Its client."""
    return AirflowRest(world.url, conn_id="air", login="me", password=SECRET)


def test_a_client_signs_in_once(world, rest) -> None:
    """And again when its token has run out."""
    world.answers = [(200, {"a": 1}), (200, {"a": 2}), (401, {}), (200, {"a": 3})]

    assert [{"a": 1}, {"a": 2}, {"a": 3}] == [rest.get("dags/x") for _ in range(3)]

    assert [{"username": "me", "password": SECRET}] * 2 == world.signed
    assert ["Bearer one"] * 3 + ["Bearer two"] == [token for *_, token, _ in world.asked]


def test_a_token_is_taken_as_it_is(world) -> None:
    """Nobody signs in, and nobody can where it has run out."""
    world.answers = [(200, {}), (401, {})]
    rest = AirflowRest(world.url, conn_id="air", token="t")

    rest.get("dags/x")
    with pytest.raises(SettingsError, match="doesn't accept the login or the token"):
        rest.get("dags/x")

    assert ([], ["Bearer t"] * 2) == (world.signed, [token for *_, token, _ in world.asked])


REFUSED = {
    401: (SettingsError, r"^connection `air`, GET /api/v2/dags/x: Airflow doesn't accept the login"),
    403: (SettingsError, "the user of the connection may not do that"),
    404: (SettingsError, "there is no such thing"),
    422: (SettingsError, "Airflow doesn't take the request"),
    409: (SettingsError, r"Airflow refuses the request \(409\)"),
    429: (BrokenWorldError, r"Airflow answers with an error \(429\)"),
    503: (BrokenWorldError, r"Airflow answers with an error \(503\)"),
}


@pytest.mark.parametrize("status", REFUSED)
def test_an_answer_that_is_an_error_is_named(world, rest, status) -> None:
    """With its place, and without what it says: it may quote what was sent."""
    kind, said = REFUSED[status]
    world.answers = [(status, {"detail": SECRET})] * 2

    with pytest.raises(kind, match=said) as caught:
        rest.get("dags/x", secret=SECRET)

    assert SECRET not in str(caught.value)
    assert None is caught.value.__cause__


def test_a_login_that_is_refused_is_named(world, rest) -> None:
    """No password is in the message."""
    world.tokens = [None]

    with pytest.raises(SettingsError, match="POST /auth/token: Airflow doesn't accept the login") as caught:
        rest.get("dags/x")

    assert SECRET not in str(caught.value)


def test_a_server_that_is_not_there_is_a_broken_world(world) -> None:
    """It may be there again."""
    url = world.url
    with served() as gone:
        url = gone.url

    with pytest.raises(BrokenWorldError, match=r"connection `air`: Airflow's API server can't be reached"):
        AirflowRest(url, conn_id="air", token="t").get("dags/x")


@pytest.mark.parametrize("answer", [(200, "<html>hello</html>"), (200, "")])
def test_another_server_is_told_from_airflow(world, rest, answer) -> None:
    """Such as a proxy's page."""
    world.answers = [answer]
    if answer[1]:
        with pytest.raises(SettingsError, match="is not the API server of Airflow"):
            rest.get("dags/x")
    else:
        assert None is rest.get("dags/x")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("fixed", [True, False])
def test_a_redirect_is_named_and_takes_no_token_along(world, rest, status, fixed) -> None:
    """Not even back to where it comes from, again and again: who signs in says where."""
    with served() as elsewhere:
        elsewhere.answers = [(200, {"is_paused": True})] * 9
        world.headers = [("Location", f"{elsewhere.url}api/v2/dags/x")]
        world.answers = [(status, "")] * 9
        asked = AirflowRest(world.url, conn_id="air", token="t") if fixed else rest
        with pytest.raises(
            SettingsError, match=rf"leads elsewhere \({status}\).*Give the connection"
        ) as caught:
            RestGovernor(asked).pause("x", paused=True)
    assert 1 == len(str(caught.value).splitlines())
    assert [] == elsewhere.asked


def test_a_server_without_sign_in_is_no_airflow() -> None:
    """Its 404 speaks of no DAG."""
    with served() as other:
        url = other.url.replace("/base/", "/elsewhere/")
        other.answers = [(404, "<html>not here</html>")]
        with pytest.raises(SettingsError, match="is not the API server of Airflow"):
            AirflowRest(url, conn_id="air", login="me", password=SECRET).get("dags/x")


ODD = (None, [], 7, "text", {}, {"is_paused": None, "slots": "many", "dag_runs": 5, "task_instances": None})
"""JSON that Airflow doesn't answer with."""


@pytest.mark.parametrize("answer", [*ODD, {"dag_runs": [7]}, {"dag_runs": [{"state": "success"}]}])
def test_json_of_another_server_is_told_from_airflows(world, rest, answer) -> None:
    """A proxy, or the API of something else: one line, and nothing is done by it."""
    governor = RestGovernor(rest)
    world.answers = [(200, answer)] * 9
    calls = (
        lambda: governor.slots("p"),
        lambda: governor.resize("p", 2),
        lambda: list(past_runs(rest, "d", team="t", since=SINCE, until=UNTIL)),
    )
    for call in calls:
        with pytest.raises(SettingsError, match="is not the API server of Airflow") as caught:
            call()
        assert 1 == len(str(caught.value).splitlines())
    assert {"GET"} == {method for method, *_ in world.asked}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (b"", "can't be reached"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", r"is no HTTP \(BadStatusLine\)"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", r"broke off, or .*\(IncompleteRead\)"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 99_999 + b"\r\n\r\n", r"is no HTTP \(LineTooLong\)"),
    ],
)
def test_what_speaks_no_http_is_a_broken_world(said, message) -> None:
    """Or stops speaking it in the middle."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with server.accept()[0] as connected:
                connected.recv(65536)
                connected.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(BrokenWorldError, match=message) as caught:
            AirflowRest(url, conn_id="air", token="t").get("dags/x")
        thread.join()
    assert 1 == len(str(caught.value).splitlines())


@pytest.mark.parametrize("host", ["127.0.0.1:port", "[::1", "a b", "a\nb", "http://127.0.0.1:99999999"])
def test_an_address_that_is_none_is_named(world, host) -> None:
    """In one line, and without a secret."""
    with pytest.raises((SettingsError, BrokenWorldError)) as caught:
        rest_of(connection(world, host=host)).get("dags/x")

    assert re.search(
        r"^connection `air`: (the connection's host and port|Airflow's API server)", str(caught.value)
    )
    assert 1 == len(str(caught.value).splitlines())
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("token", ["a\nb", "ä", "a\x00b"])
def test_a_token_that_cant_be_sent_is_named_without_it(world, token) -> None:
    """Python would quote it."""
    with pytest.raises(SettingsError, match="the token has a character that none has") as caught:
        rest_of(connection(world, login=None, password=token))

    assert token not in str(caught.value)


def test_the_line_end_of_a_token_is_no_part_of_it(world) -> None:
    """Such as that of a file that it was read from."""
    world.answers = [(200, {})]

    rest_of(connection(world, login=None, password="t\n")).get("dags/x")

    assert "Bearer t" == world.asked[0][2]


@pytest.fixture
def secure(certificate) -> Iterator[SimpleNamespace]:
    """A server that speaks https."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "ca.pem", certificate / "key.pem")
    with served(context) as found:
        yield found


def connection(world, **changes):
    """Return a connection to a server."""
    from airflow.sdk import Connection

    given = {"host": world.url, "conn_type": "http", "login": "me", "password": SECRET} | changes
    extra = given.pop("extra", {})
    return Connection(conn_id="air", extra=json.dumps(extra), **given)


def test_a_certificate_that_nobody_trusts_is_named(secure, certificate) -> None:
    """And taken where the connection says so."""
    secure.answers = [(200, {"a": 1})]

    with pytest.raises(SettingsError, match="is not trusted: self-signed certificate"):
        rest_of(connection(secure)).get("dags/x")

    trusted = rest_of(connection(secure, extra={"ca": str(certificate / "ca.pem")}))
    assert {"a": 1} == trusted.get("dags/x")


def test_https_spoken_to_a_server_of_http_is_named(world) -> None:
    """The port or the schema is wrong."""
    with pytest.raises((SettingsError, BrokenWorldError), match="there is no TLS with Airflow's API server"):
        rest_of(connection(world, host=world.url.replace("http:", "https:"))).get("dags/x")


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({"host": "airflow.example"}, "http://airflow.example"),
        ({"host": "airflow.example", "schema": "https", "port": 8443}, "https://airflow.example:8443"),
        ({"host": "https://airflow.example/base/", "port": 8443}, "https://airflow.example:8443/base"),
        ({"host": "https://airflow.example:9/base", "port": 8443}, "https://airflow.example:9/base"),
        ({"host": "airflow.example/base", "schema": "https"}, "https://airflow.example/base"),
    ],
)
def test_a_connection_says_where_airflow_is(world, given, url) -> None:
    """In each of the ways in which connections of the type HTTP are written."""
    assert f"AirflowRest({url!r})" == repr(rest_of(connection(world, **given)))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"host": None}, "doesn't say where Airflow's API server is"),
        ({"host": "ftp://x"}, "doesn't say where"),
        ({"schema": "gopher", "host": "x"}, "doesn't say where"),
        ({"password": None}, "has neither login and password nor a token"),
        ({"extra": {"ca": "/nowhere/ca.pem"}}, "the file `ca` can't be read as certificates"),
    ],
)
def test_a_connection_that_says_too_little_is_refused(world, given, said) -> None:
    """In one line, without its secrets."""
    with pytest.raises(SettingsError, match=said) as caught:
        rest_of(connection(world, **given))

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("given", [{"login": None, "password": "t"}, {"extra": {"token": "t"}}])
def test_a_token_may_stand_in_two_places(world, given) -> None:
    """As the password without a login, or in the extra."""
    world.answers = [(200, {})]

    rest_of(connection(world, **given)).get("dags/x")

    assert "Bearer t" == world.asked[0][2]


@pytest.mark.usefixtures("deployment")
def test_the_connection_is_that_of_the_settings(world, monkeypatch) -> None:
    """By default it is `dataops_airflow`; without one the message says how to make it."""
    with pytest.raises(SettingsError, match=r"there is no connection `dataops_airflow`.*connections add"):
        airflow_rest()

    monkeypatch.setenv("AIRFLOW__DATAOPS__AIRFLOW_CONN_ID", "other")
    monkeypatch.setenv(
        "AIRFLOW_CONN_OTHER", json.dumps({"conn_type": "http", "host": world.url, "password": "t"})
    )
    world.answers = [(200, {"is_paused": True})]

    assert RestGovernor(airflow_rest()).paused("orders")


def test_a_governor_pauses_and_resizes(world, rest) -> None:
    """Names of DAGs and pools are quoted."""
    governor = RestGovernor(rest)
    pool = {"name": "etl pool", "slots": 7, "description": "d", "include_deferred": True}
    world.answers = [(200, {"is_paused": False}), (200, {}), (200, pool), (200, pool), (200, {})]

    assert not governor.paused("a/b")
    governor.pause("a/b", paused=True)
    assert 7 == governor.slots("etl pool")
    governor.resize("etl pool", 2)

    assert [
        ("GET", "/base/api/v2/dags/a%2Fb", None),
        ("PATCH", "/base/api/v2/dags/a%2Fb?update_mask=is_paused", {"is_paused": True}),
        ("GET", "/base/api/v2/pools/etl%20pool", None),
        ("GET", "/base/api/v2/pools/etl%20pool", None),
        (
            "PATCH",
            "/base/api/v2/pools/etl%20pool?update_mask=slots",
            {"pool": "etl pool", "slots": 2, "description": "d", "include_deferred": True},
        ),
    ] == [(method, path, body) for method, path, _, body in world.asked]


def run(name: str, state: str, **changes):
    """Return a run as Airflow describes it."""
    return {
        "dag_id": "orders",
        "dag_run_id": name,
        "state": state,
        "run_type": "scheduled",
        "data_interval_start": "2026-03-01T00:00:00Z",
        "data_interval_end": None,
        "start_date": "2026-03-02T00:00:01Z",
        "end_date": "2026-03-02T00:10:00Z",
        "partition_key": None,
    } | changes


def test_past_runs_are_read_page_by_page(world, rest) -> None:
    """A run that hasn't ended is left out; without tries the first attempt is what the run came to."""
    world.answers = [
        (200, {"dag_runs": [run("a", "success"), run("b", "running")], "total_entries": 3}),
        (200, {"dag_runs": [run("c", "failed", partition_key="2026-03-01")], "total_entries": 3}),
    ]

    found = list(past_runs(rest, "orders", team="shop", since=SINCE, until=UNTIL))

    assert [
        ("a", Outcome.SUCCESS, Outcome.SUCCESS, ""),
        ("c", Outcome.FAILED, Outcome.FAILED, "2026-03-01"),
    ] == [(one.run_id, one.first, one.final, one.partition) for one in found]
    assert (SINCE, None) == (found[0].start, found[0].end)
    query = "end_date_gte=2026-03-01T00%3A00%3A00%2B00%3A00&end_date_lte=2026-03-08T00%3A00%3A00%2B00%3A00"
    assert [0, 2] == [int(path.rpartition("=")[2]) for _, path, *_ in world.asked]
    assert all(f"dagRuns?{query}&order_by=end_date&limit=100" in path for _, path, *_ in world.asked)


def test_tries_are_asked_for_run_by_run(world, rest) -> None:
    """A task that was tried again makes the first attempt a failed one."""
    tasks = [{"try_number": 1}, {"try_number": 3}, {"try_number": None}]
    world.answers = [
        (200, {"dag_runs": [run("manual__2026-03-01T00:00:00+00:00", "success")], "total_entries": 1}),
        (200, {"task_instances": tasks, "total_entries": 3}),
    ]

    (one,) = past_runs(rest, "orders", team="shop", since=SINCE, until=UNTIL, tries=True)

    assert (Outcome.FAILED, Outcome.SUCCESS, 3) == (one.first, one.final, one.tries)
    assert "/dagRuns/manual__2026-03-01T00%3A00%3A00%2B00%3A00/taskInstances?" in world.asked[1][1]
