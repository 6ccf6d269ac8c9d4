"""What the tests of transports share: somebody to tell, and connections that lead there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.testing.http_receiver import HttpReceiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
