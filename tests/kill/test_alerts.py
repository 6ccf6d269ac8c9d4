"""Between a decision and its acknowledgement, killed at each point: one incident, told of once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from airflow_dataops.core.alerts.incident import Did, Phase
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.store.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
ALERTING = Path(__file__).with_name("alerting.py")
SECONDS = 600

POINTS = 40
"""Points there are at least: fewer would mean that they aren't counted."""


class Receivers(ThreadingHTTPServer):
    """Receivers that write down what they are told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def port(self) -> str:
        """Where they listen."""
        return str(self.server_address[1])

    def of(self, product: str, way: str) -> list[dict[str, Any]]:
        """Return what one was told of a product, in order."""
        return [said for path, said in self.told if path == f"/{way}" and said["product"] == product]


class _Handler(BaseHTTPRequestHandler):
    server: Receivers

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.told.append((self.path, body))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receivers() -> Iterator[Receivers]:
    """Receivers on this machine."""
    server = Receivers()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def url(store_url) -> str:
    """An empty store on each database."""
    migrate(store_url)
    return store_url


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start the program."""
    return subprocess.Popen(
        [sys.executable, str(ALERTING), *arguments],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str) -> str:
    """Have it done, and return what it says."""
    process = start(*arguments)
    said, errors = process.communicate(timeout=SECONDS)
    assert ("", 0) == (errors, process.returncode)
    return said


def at_once(many: int, url: str, port: str, minute: int) -> None:
    """Let several processes decide and deliver together."""
    processes = [start("once", url, port, str(minute)) for _ in range(many)]
    for process in processes:
        assert process.stdout is not None
        assert "ready\n" == process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ends = [(*process.communicate(timeout=SECONDS), process.returncode) for process in processes]
    assert [("", "", 0)] * many == ends


def incidents(said: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return what a receiver has that knows its incidents by their key: key -> what became of each."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in said:
        if one["event"] not in found[one["key"]]:
            found[one["key"]].append(one["event"])
    return found


def test_wherever_it_is_killed_there_is_one_incident_and_one_end(url, receivers) -> None:
    """Nobody is woken twice, nobody sleeps on, and a receiver without keys is told what may be a repeat."""
    points = int(run("kills", url, receivers.port))
    assert points >= POINTS

    alerts, repeats = SqlAlerts(url), 0
    for number in range(points + 1):
        product = f"orders{number}"
        (incident,) = alerts.incidents(product=product)
        assert Phase.RESOLVED is incident.phase
        assert {incident.key: ["trigger", "resolve"]} == incidents(receivers.of(product, "pager"))
        chat = receivers.of(product, "chat")
        assert ["trigger", "resolve"] == list(dict.fromkeys(one["event"] for one in chat))
        assert 2 == len({one["number"] for one in chat})
        firsts = {one["number"]: place for place, one in reversed(list(enumerate(chat)))}
        later = [one for place, one in enumerate(chat) if place != firsts[one["number"]]]
        assert all(one["again"] for one in later)
        repeats += len(later)
        steps = [step.did for step in alerts.timeline(incident.number)]
        assert (1, 1, 4) == tuple(steps.count(did) for did in (Did.OPENED, Did.RESOLVED, Did.DELIVERED))
    # It was killed between an answer and its acknowledgement, too.
    assert repeats
    assert () == alerts.waiting()


def test_those_that_decide_and_deliver_at_once_tell_once(url, receivers) -> None:
    """Two schedulers, or a task that is still alive beside its next try."""
    run("broken", url, "0")
    at_once(4, url, receivers.port, 1)
    run("mended", url, "10")
    at_once(4, url, receivers.port, 11)

    for way in ("pager", "chat"):
        told = [(one["event"], one["again"]) for one in receivers.of("orders", way)]
        assert [("trigger", False), ("resolve", False)] == told
    (incident,) = SqlAlerts(url).incidents()
    assert (1, Phase.RESOLVED) == (incident.number, incident.phase)
