"""A receiver that never answers holds up no other one."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from contextlib import suppress
from contextvars import ContextVar

import pytest

from airflow_dataops.bridge.channels import channel
from airflow_dataops.bridge.transports.bounded import SECONDS, BoundedChannel
from airflow_dataops.core.alerts.transport import LogTransport, NotifierTransport, WebhookTransport
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.usecases.alerts.deliver_alerts import LEASE
from airflow_dataops.usecases.ports.alerts import Told
from airflow_dataops.wiring.clocks import clock
from tests.bridge.transports.messages import notification_of

ASKED: ContextVar[str] = ContextVar("ASKED", default="")


class Speaking:
    """A channel that does as it is told."""

    def __init__(self, does) -> None:
        self.does = does

    def tell(self, notification) -> Told:
        """Do it."""
        return Told(note=self.does(notification))

    def keep_alive(self, firing) -> None:
        """Do it."""
        self.does(firing)


def test_what_answers_is_passed_on() -> None:
    """With what the caller's context has, such as the log of its task."""
    ASKED.set("asked")
    bounded = BoundedChannel(channel=Speaking(lambda _: ASKED.get()), where="it")

    assert Told(note="asked") == bounded.tell(notification_of())
    bounded.keep_alive([])


def test_an_error_is_passed_on_as_it_is() -> None:
    """Also one that nobody expects."""
    error = KeyError("x")

    def fail(_) -> str:
        raise error

    with pytest.raises(KeyError) as caught:
        BoundedChannel(channel=Speaking(fail), where="it").tell(notification_of())

    assert error is caught.value


@pytest.mark.parametrize("error", [SystemExit(0), asyncio.CancelledError()])
def test_what_would_end_the_process_is_an_error_like_others(error) -> None:
    """A notifier that calls `sys.exit`, or is cancelled, ends itself: others are still to be told."""

    def leave(_) -> str:
        raise error

    with pytest.raises(BrokenWorldError, match=f"^it: it gives up by {type(error).__name__}"):
        BoundedChannel(channel=Speaking(leave), where="it").tell(notification_of())


def test_what_never_answers_is_given_up() -> None:
    """Its thread is left alone, and nothing waits for it."""
    free = threading.Event()
    bounded = BoundedChannel(channel=Speaking(lambda _: free.wait(30) and ""), where="it", seconds=0.05)

    for speak in (lambda: bounded.tell(notification_of()), lambda: bounded.keep_alive([])):
        with pytest.raises(BrokenWorldError, match=r"^it: there is no answer after 0\.05 s"):
            speak()

    assert all(each.daemon for each in threading.enumerate() if each.name == "dataops-channel")
    free.set()


def test_a_server_that_answers_a_letter_at_a_time_is_given_up(connect) -> None:
    """Though each letter comes in time."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        connect("slow", host=f"http://127.0.0.1:{server.getsockname()[1]}", password="k")

        def drip() -> None:
            taken, _ = server.accept()
            with taken, suppress(OSError):
                for letter in b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 100:
                    taken.sendall(bytes([letter]))
                    time.sleep(0.02)
            over.set()

        threading.Thread(target=drip, daemon=True).start()
        inner = channel(WebhookTransport(conn_id="slow"), clock=clock()).channel
        with pytest.raises(BrokenWorldError, match=r"connection `slow`: there is no answer after 0\.3 s"):
            BoundedChannel(channel=inner, where="connection `slow`", seconds=0.3).tell(notification_of())

    assert not over.is_set()


def test_every_channel_gives_up_before_another_tries() -> None:
    """But the log, which waits for nobody."""
    webhook, notifier = (
        channel(each, clock=clock())
        for each in (WebhookTransport(conn_id="x"), NotifierTransport(path="a.B"))
    )

    assert ["connection `x`", "a.B"] == [webhook.where, notifier.where]
    assert LEASE.total_seconds() > webhook.seconds == SECONDS
    assert not isinstance(channel(LogTransport(), clock=clock()), BoundedChannel)
