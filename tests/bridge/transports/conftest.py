"""What the tests of transports share: somebody to tell, and connections that lead there."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.testing.alertmanager import Alertmanager, alertmanager_program
from airflow_dataops.testing.http_receiver import HttpReceiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    """Somebody who listens on this machine."""
    with HttpReceiver() as found:
        yield found


@pytest.fixture
def connect(monkeypatch) -> Callable[..., None]:
    """Make a connection of Airflow, as an environment variable."""

    def make(conn_id: str, **fields: object) -> None:
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps({"conn_type": "http", **fields}))

    return make


@pytest.fixture
def running(receiver, tmp_path, connect) -> Callable[..., AbstractContextManager[Alertmanager]]:
    """Run one that sends to the receiver, with a connection that leads to it.

    The program is in Debian's package `prometheus-alertmanager`: `make alertmanager` brings it.
    """
    if alertmanager_program() is None:
        reason = "there is no Alertmanager: say make alertmanager"
        if os.environ.get("DATAOPS_REQUIRE_ALERTMANAGER") == "1":
            pytest.fail(f"{reason}; DATAOPS_REQUIRE_ALERTMANAGER=1 asks for it")
        pytest.skip(reason)

    @contextmanager
    def run(**ways: tuple[str, ...]) -> Iterator[Alertmanager]:
        with Alertmanager(tmp_path / "alertmanager", webhook=f"{receiver.url}/hook", **ways) as found:
            connect("am", host="127.0.0.1", port=found.port)
            yield found

    return run


@pytest.fixture
def alertmanager(running) -> Iterator[Alertmanager]:
    """One that groups by incident."""
    with running() as found:
        yield found
